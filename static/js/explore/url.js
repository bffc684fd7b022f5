// The whole state of Explore in the address behind the #. A map is written as of:method:perplexity:neighbours:seed, a cell
// of the confusion matrix as rows:columns:row:column.
import { byModel, codec, listed, single, whole } from "../lib/address-codec.js";
import { DATASETS, MODELS } from "../lib/address-names.js";

const part = encodeURIComponent;
const pieces = raw => raw.split(":").map(decodeURIComponent);
const METHODS = ["pca", "tsne", "umap"];
const KEPT_AS = new Set(["pixels", "label"]); // what is no model

const modelNamed = text => (KEPT_AS.has(text) ? text : MODELS.idOf(text));
const nameOfModel = id => (KEPT_AS.has(id) ? id : MODELS.nameOf(id));

function readMap(raw) {
  const [of, method, perplexity = "30", neighbours = "15", seed = "0"] = pieces(raw);
  if (!of || !METHODS.includes(method)) throw new RangeError("no map");
  return { of: modelNamed(of), method, perplexity: whole(perplexity), neighbours: whole(neighbours), seed: whole(seed) };
}

const writeMap = ({ of, method, perplexity, neighbours, seed }) =>
  [nameOfModel(of), method, perplexity, neighbours, seed].map(part).join(":");

/** left and right, each a map; a side without one keeps what it has. */
const maps = {
  read: raw => Object.fromEntries(raw.split(",").map((one, side) => [side ? "right" : "left", readMap(one)])),
  write: ({ left, right }) => (left && right ? [left, right].map(writeMap).join(",") : ""),
};

const cell = {
  read(raw) {
    const [rows, columns, row, column] = pieces(raw);
    if (column === undefined) throw new RangeError("no cell");
    return { rows: modelNamed(rows), columns: modelNamed(columns), row, column };
  },
  write: ({ rows, columns, row, column }) => [nameOfModel(rows), nameOfModel(columns), row, column].map(part).join(":"),
};

const oneOf = (values, usual) => ({
  read: raw => {
    if (!values.includes(raw)) throw new RangeError("not known");
    return raw;
  },
  write: value => (value === usual ? "" : value),
});

const flag = { read: raw => raw === "1", write: value => (value ? "1" : "") };
const row = {
  read: raw => {
    const value = whole(raw);
    if (value < 0) throw new RangeError("no row");
    return value;
  },
  write: String,
};

const FIELDS = {
  dataset: ["dataset", single(DATASETS.idOf, DATASETS.nameOf)],
  models: ["models", listed(MODELS.idOf, MODELS.nameOf)],
  layers: ["layer", byModel(MODELS)],
  view: ["view", oneOf(["confusion", "table"], "map")],
  maps: ["maps", maps],
  colour: ["colour", single(String, String, "label")],
  standout: ["standout", flag],
  hiddenClasses: ["hidden", listed()],
  query: ["query", single(String, String, "")],
  sort: ["sort", single()],
  order: ["order", oneOf(["asc", "desc"], null)],
  columns: ["columns", listed()],
  tray: ["tray", oneOf(["cards", "rows"], "closed")],
  cell: ["cell", cell],
  image: ["image", row],
  run: ["run", single()],
};

export const { kept: KEPT, read, remember, remembered, write } = codec(FIELDS, "innv-explore");
