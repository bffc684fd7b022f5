// The whole state of Suggest in the address behind the #, so that a link, a reload and the way back open the same view.
// What is looked at is written as bin:distance:8, box:scatter:x0:x1:y0:y1, rows:scatter:3:17 or list:entropy. The view by
// evidence adds its method, its settings and the id of its ranking.
import { byModel, codec, listed, readOnly, single } from "../lib/address-codec.js";
import { DATASETS, MODELS } from "../lib/address-names.js";

const part = encodeURIComponent;
const plain = raw => decodeURIComponent(raw);
const numbers = raws => {
  const values = raws.map(Number);
  if (!raws.length || raws.includes("") || !values.every(Number.isFinite)) throw new RangeError("not numbers");
  return values;
};

const READ_LOOK = {
  bin: ([plot, bin]) => ({ plot, bin: numbers([bin])[0] }),
  box: ([plot, ...ends]) => ({ plot, box: numbers(ends) }),
  rows: ([plot, ...rows]) => ({ plot, rows: numbers(rows) }),
  list: ([kind]) => ({ list: kind }),
};

function readLook(raw) {
  const [form, ...rest] = raw.split(":").map(plain);
  return READ_LOOK[form]?.(rest) ?? null;
}

function writeLook(look) {
  if (!look) return "";
  if (look.list) return `list:${part(look.list)}`;
  if (look.bin !== undefined) return `bin:${look.plot}:${look.bin}`;
  return look.box ? `box:${[look.plot, ...look.box].join(":")}` : `rows:${[look.plot, ...look.rows].join(":")}`;
}

/** scatter:60:100:0.5:2.5,distance:0.2:0.4 -> the part of each plot that is zoomed into; histograms have no height. */
function readViews(raw) {
  const views = {};
  for (const [plot, ...ends] of raw.split(",").map(view => view.split(":"))) {
    const view = numbers(ends);
    if (view[0] < view[1] && (view.length === 2 || (view.length === 4 && view[2] < view[3]))) views[plot] = view;
  }
  return views;
}

const writeViews = views => {
  const zoomed = Object.entries(views).filter(([, view]) => view);
  return zoomed.length ? zoomed.map(([plot, view]) => [plot, ...view].join(":")).join(",") : "";
};
const atLeast = least => ({
  read: raw => Math.max(least, Math.floor(numbers([raw])[0])),
  write: value => (value > least ? String(value) : ""),
});
const oneOf = (values, usual) => ({
  read: raw => {
    if (!values.includes(raw)) throw new RangeError("not known");
    return raw;
  },
  write: value => (value === usual ? "" : value),
});

/** As older addresses have the settings of a method: all of them as one piece of JSON. */
function readParams(raw) {
  const params = JSON.parse(plain(raw));
  if (typeof params !== "object" || params === null || Array.isArray(params)) throw new RangeError("not settings");
  return params;
}

const FIELDS = {
  dataset: ["dataset", single(DATASETS.idOf, DATASETS.nameOf)],
  models: ["models", listed(MODELS.idOf, MODELS.nameOf)],
  layers: ["layer", byModel(MODELS)],
  show: ["show", { ...listed(), emptyToo: true }],
  className: ["class", single()],
  group: ["group", single()],
  modelShown: ["of", single(MODELS.idOf, MODELS.nameOf)],
  neuron: ["neuron", atLeast(0)],
  rule: ["rule", single(String, String, "sturges")],
  views: ["view", { read: readViews, write: writeViews }],
  tables: ["table", listed()],
  look: ["look", { read: readLook, write: writeLook }],
  sort: ["sort", single()],
  order: ["order", { read: raw => (raw === "asc" ? "asc" : "desc"), write: String }],
  page: ["page", atLeast(1)],
  run: ["run", single()],
  by: ["by", oneOf(["evidence"], "scores")],
  analyzer: ["method", single()],
  params: ["params", readOnly(readParams)],
  measure: ["measure", oneOf(["iou"], "spearman")],
  scope: ["images", oneOf(["selection"], "all")],
  alike: ["answers", oneOf(["other", "all"], "same")],
  place: ["place", atLeast(1)],
  rank: ["rank", single()],
};
const OF_EVIDENCE = ["analyzer", "params", "measure", "scope", "alike", "place"];
const WITHOUT_EVIDENCE = Object.fromEntries(OF_EVIDENCE.map(field => [field, null]));

const ADDRESS = codec(FIELDS, "innv-suggest", "analyzer");

export const { kept: KEPT, read, remember, remembered } = ADDRESS;
export const write = state =>
  ADDRESS.write(state.by === "evidence" || state.rank ? state : { ...state, ...WITHOUT_EVIDENCE });
