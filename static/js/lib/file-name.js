// File names are cut in the middle: what distinguishes them is at the end.
import { h } from "./dom.js";

const END = 9; // characters that are never cut: a number and the ending

/** The whole name as text; where there is no room for it, its middle goes. */
export function fileLabel(shown, attributes = {}) {
  const cut = Math.max(0, shown.length - END);
  return h(
    "span",
    { ...attributes, class: `cut ${attributes.class ?? ""}` },
    h("span", { class: "clip" }, shown.slice(0, cut)),
    h("span", {}, shown.slice(cut)),
  );
}
