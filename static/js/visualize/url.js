// The whole state of Visualize in the address behind the #: it never reaches the server's log, and a copied link opens
// the same view.
import { DATASETS, MODELS } from "../lib/address-names.js";
import { list, paramPairs, typed } from "../lib/links.js";
import { parsed } from "../lib/neuron-target.js";

const numbers = text => text.split(",").filter(Boolean).map(Number).filter(Number.isInteger);
const words = text => text.split(",").filter(Boolean).map(decodeURIComponent);
const number = text => (text !== "" && Number.isFinite(Number(text)) ? Number(text) : null);
const flag = text => text === "1";

/** field -> [name in the address, how it is read, how it is written]; a null or empty text is left out. */
const FIELDS = {
  models: ["models", text => words(text).map(MODELS.idOf), ids => list(ids.map(MODELS.nameOf))],
  dataset: ["dataset", DATASETS.idOf, DATASETS.nameOf],
  images: ["images", numbers, list],
  analyzer: ["method", String, String],
  target: ["class", String, value => (value === "predicted" ? null : String(value))],
  neurons: ["neurons", text => (parsed(text) ? text : null), value => value],
  layers: [
    "layer",
    text =>
      Object.fromEntries(
        text
          .split(",")
          .filter(Boolean)
          .map(pair => pair.split(":").map(decodeURIComponent))
          .map(([model, layer]) => [MODELS.idOf(model), layer]),
      ),
    layers =>
      Object.entries(layers)
        .filter(([, layer]) => layer)
        .map(([model, layer]) => [MODELS.nameOf(model), layer].map(encodeURIComponent).join(":"))
        .join(","),
  ],
  engine: ["engine", String, value => (value === "auto" ? null : value)],
  softmax: ["softmax", flag, value => (value ? "1" : null)],
  unchecked: ["unchecked", flag, value => (value ? "1" : null)],
  view: ["view", text => (["slide", "methods", "compare"].includes(text) ? text : "grid"), String],
  methods: ["methods", words, list],
  compared: ["compare", text => [...new Set(words(text))], list],
  image: ["image", number, String],
  opacity: ["opacity", number, value => (value === null ? null : String(value))],
  colormap: ["colours", String, value => value],
  clip: ["clip", number, value => (value === 100 ? null : String(value))],
  size: ["size", text => (number(text) === null ? null : Math.min(480, Math.max(80, number(text)))), value => (value === null ? null : String(value))],
  run: ["run", String, value => value],
};

const LISTS = ["models", "layers", "images", "methods", "compared"]; // encoded piece by piece
export const KEPT = [...Object.keys(FIELDS), "params", "dropped"];

export function read(hash = location.hash) {
  const state = {};
  const params = {};
  for (const pair of hash.replace(/^#/, "").split("&").filter(Boolean)) {
    const cut = pair.indexOf("=");
    const name = cut < 0 ? pair : pair.slice(0, cut);
    const raw = cut < 0 ? "" : pair.slice(cut + 1);
    const field = Object.keys(FIELDS).find(f => FIELDS[f][0] === name);
    try {
      if (name.startsWith("p.")) params[decodeURIComponent(name.slice(2))] = typed(decodeURIComponent(raw));
      else if (name === "go") state.go = true;
      else if (field)
        state[field] = LISTS.includes(field)
          ? FIELDS[field][1](raw)
          : FIELDS[field][1](decodeURIComponent(raw));
    } catch {
      /* a pair that was cut or mistyped is left out */
    }
  }
  if (state.analyzer) state.params = params;
  return state;
}

/** Images that were taken out of the selection are not part of the link. */
export function write(whole) {
  const state = { ...whole, images: whole.images.filter(index => !whole.dropped.includes(index)) };
  const pairs = [];
  for (const [field, [name, , text]] of Object.entries(FIELDS)) {
    const value = state[field] === null || state[field] === undefined ? null : text(state[field]);
    if (value !== null && value !== "")
      pairs.push(`${name}=${LISTS.includes(field) ? value : encodeURIComponent(value)}`);
    if (field === "analyzer") pairs.push(...paramPairs(state.params));
  }
  return `#${pairs.join("&")}`;
}
