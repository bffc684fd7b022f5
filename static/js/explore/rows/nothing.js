// No image meets the query: which condition to leave out, and how many images there are then.
import { h, replace } from "../../lib/dom.js";
import { group } from "../../lib/format.js";
import { without } from "./cells.js";
import { whenChanged } from "./changed.js";

const SHOWN = 3;

const wayOut = (terms, { text, n, k }, use) =>
  h(
    "button",
    { class: "btn", type: "button", onclick: () => use(without(terms, k)) },
    h("span", {}, "without ", h("span", { class: "mono" }, text)),
    h("span", { class: "quiet num" }, group(n)),
  );

/** use(query): what a press asks for. -> {element, draw(terms)} */
export function createNothing(use) {
  const element = h("div", { class: "nothing", hidden: true });

  const draw = whenChanged(terms => {
    const ways = terms
      .map((term, k) => ({ ...term, k }))
      .filter(({ n }) => n > 0 && terms.length > 1)
      .sort((a, b) => b.n - a.n)
      .slice(0, SHOWN);
    const words = ways.length
      ? "No image meets all conditions at once. Without one of them, some do:"
      : "Loosen the conditions, or clear the query.";
    replace(
      element,
      h("h2", {}, "No image matches"),
      h("p", {}, words),
      h(
        "div",
        { class: "row wrap" },
        ways.map(way => wayOut(terms, way, use)),
        h("button", { class: "btn plain", type: "button", onclick: () => use("") }, "Clear query"),
      ),
    );
  });

  return { element, draw: terms => draw(terms, terms) };
}
