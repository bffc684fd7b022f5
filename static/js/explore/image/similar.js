// The images most like one: the query first, then its nearest with picture, distance, label and the curve of features.
import { h, replace } from "../../lib/dom.js";
import { fileName, group } from "../../lib/format.js";
import { svg } from "../../lib/svg.js";
import { thumbnail } from "../../lib/thumbnail.js";
import { distanceText, lettered } from "../rows/values.js";
import { GROUND, HIGH, WIDE, extentOf, waveArea, wavePath } from "./wave.js";

const NUMBERS = [5, 10, 20, 50];
const TIP =
  "The distance is Euclidean, over the layer's features reduced to 50 numbers by PCA. The curve is the feature vector, smoothed (Savitzky–Golay, window 81, order 3). Grey: the query.";

/** One curve, over that of the query where `reference` is it. */
function curve(wave, reference, extent) {
  return svg(
    "svg",
    { class: "wave", viewBox: `0 0 ${WIDE} ${HIGH}`, "aria-hidden": "true" },
    reference ? svg("path", { class: "ref", d: waveArea(reference, extent) }) : null,
    svg("line", { x1: 0, x2: WIDE, y1: GROUND + 1, y2: GROUND + 1 }),
    svg("path", { class: "self", d: wavePath(wave, extent) }),
  );
}

const picture = ({ index, picture: given }, dataset) =>
  given ? h("img", { class: "px", src: given, alt: "" }) : thumbnail(dataset, index, 96);

const labelled = label => h("span", { class: "quiet" }, label === null || label === undefined ? "no label" : `label ${label}`);

function neighbourLine(one, { dataset, query, extent, here, open }) {
  const differs = one.same_label === false ? h("b", { class: "bad-text" }, " differs") : null;
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", id: `near-${one.row}`, "aria-current": one.row === here ? "true" : null, title: one.name, onclick: () => open(one.row) },
      picture(one, dataset),
      h(
        "span",
        { class: "clip" },
        h("span", { class: "d num" }, distanceText(one.distance)),
        h("span", { class: "sr" }, " away, "),
        h("br"),
        labelled(one.label),
        differs,
      ),
      curve(one.wave, query.wave, extent),
    ),
  );
}

function queryLine(query, { dataset, extent, open }) {
  const words = h("span", { class: "clip" }, h("b", {}, "Query"), h("br"), query.row === null ? h("span", { class: "quiet" }, fileName(query.name)) : labelled(query.label));
  const inside = [picture(query, dataset), words, curve(query.wave, null, extent)];
  return h(
    "li",
    { class: "asked" },
    query.row === null
      ? h("div", { class: "face" }, inside)
      : h("button", { type: "button", id: "near-query", onclick: () => open(query.row) }, inside),
  );
}

function listOf({ similar, exploration, image }, open) {
  const { query, neighbours } = similar;
  const extent = extentOf([query.wave, ...neighbours.map(({ wave }) => wave)]);
  const each = { dataset: exploration.dataset, query, extent, here: image, open };
  return h("ol", { "aria-label": "Most similar images" }, queryLine(query, each), neighbours.map(one => neighbourLine(one, each)));
}

const select = (label, id, options, value, onchange) =>
  h(
    "select",
    { class: "field low", id, "aria-label": label, onchange: event => onchange(event.target.value) },
    options.map(([each, words]) => h("option", { value: each, selected: String(each) === String(value) }, words)),
  );

/** By what is compared: the pixels, or the features of a model. */
const spaces = exploration => [
  ["pixels", "pixels"],
  ...lettered(exploration).map(({ id, letter }) => [id, `features of ${letter}`]),
];

function asking(acts) {
  const field = h("input", { class: "field low", id: "similar-ask", "aria-label": "Index or file name", placeholder: "index or file name", autocomplete: "off", spellcheck: "false" });
  const onsubmit = event => {
    event.preventDefault();
    if (field.value.trim()) acts.named(field.value.trim());
  };
  return h("form", { class: "row", onsubmit }, field, h("button", { class: "btn tiny" }, "Find"));
}

const dropField = acts =>
  h(
    "label",
    { class: "drop", id: "similar-drop" },
    h("span", {}, h("strong", { class: "small" }, "Drop an image"), " to search with it"),
    h("input", {
      type: "file",
      accept: "image/*",
      "aria-label": "Image to search with",
      onchange: event => event.target.files[0] && acts.file(event.target.files[0]),
    }),
  );

/** state.similar is the server's answer with the k that was asked for. acts: k(n), of(space), open(row), named(text), file(File). */
export function drawSimilar(root, state, acts) {
  const { similar, exploration } = state;
  root.hidden = !similar;
  if (!similar) return;
  replace(
    root,
    h(
      "header",
      {},
      h("h3", {}, "Most similar"),
      select("How many", "similar-k", NUMBERS.map(n => [n, group(n)]), similar.k, value => acts.k(Number(value))),
      select("Compared by", "similar-of", spaces(exploration), similar.of, acts.of),
      h("span", { class: "grow" }),
      h("button", { class: "tag", type: "button", "data-tip": TIP }, "curve"),
    ),
    listOf(state, acts.open),
    h("div", { class: "ask" }, asking(acts), dropField(acts)),
  );
}
