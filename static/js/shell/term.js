// Words of the glossary on the pages: each is written with its meaning behind it, which hover, focus and a tap show.
import { h } from "../lib/dom.js";
import { get } from "../lib/api.js";

export const ENGINES = { native: "native-engine", innvestigate: "innvestigate" };
export const MEASURES = { spearman: "spearman", iou: "overlap" };
let glossary = null;

/** A word as a button without an act of its own; slug: its heading in docs/glossary.md. */
export const term = (slug, words, attributes = {}) =>
  h("button", { class: "term", type: "button", "data-term": slug, ...attributes }, words);

/** slug -> its meaning, asked for once; empty while the server is away. */
export function meaning(slug) {
  glossary ??= get("/glossary").then(({ terms }) => new Map(terms.map(one => [one.slug, one.words])));
  return glossary.then(
    words => words.get(slug) ?? "",
    () => {
      glossary = null;
      return "";
    },
  );
}
