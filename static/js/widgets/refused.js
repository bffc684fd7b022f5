// Models and datasets that were asked for and refused: a line where each would have stood, with the way to what tells more.
import { $$, h, icon, replace } from "../lib/dom.js";
import { count } from "../lib/format.js";

const SHOWN = 3;
const PLACES = {
  models: { title: "Models", noun: "model", address: id => `/models#model=${encodeURIComponent(id)}` },
  datasets: { title: "Images", noun: "dataset", address: id => `/images#dataset=${encodeURIComponent(id)}` },
};

const line = (words, href, title) =>
  h("p", { class: "refused" }, icon("warn"), h("span", { class: "grow" }, words, " ", h("a", { href }, `See ${title} for details.`)));

/** The first ones each with its reason, the others counted. */
function linesOf(kind, records) {
  const { title, noun, address } = PLACES[kind];
  const refused = records.filter(({ refusal }) => refusal);
  const lines = refused.slice(0, SHOWN).map(({ id, refusal }) => line(refusal, address(id), title));
  const rest = refused.slice(SHOWN);
  const more = `${count(rest.length, `more ${noun} was`, `more ${noun}s were`)} refused.`;
  return rest.length ? [...lines, line(more, address(rest[0].id), title)] : lines;
}

/** Fills every [data-refused] of the page; its value says of what: "models", "datasets", or both. */
export function drawRefused({ catalog }) {
  for (const place of $$("[data-refused]"))
    replace(
      place,
      place.dataset.refused.split(" ").map(kind => linesOf(kind, catalog[kind])),
    );
}
