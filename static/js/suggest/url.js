// The whole state of Suggest in the address behind the #, so that a link, a reload and the way back open the same view.
// What is looked at is written as bin:distance:8, box:scatter:x0:x1:y0:y1, rows:scatter:3:17 or list:entropy. The view by
// evidence adds its method, its settings and the id of its ranking.

import { DATASETS, MODELS } from "../lib/address-names.js";

const part = encodeURIComponent;
const text = value => (value === null || value === "" ? null : part(value));
const plain = raw => decodeURIComponent(raw);
const words = raw => raw.split(",").filter(Boolean).map(plain);
const list = values => (values.length ? values.map(part).join(",") : null);
const numbers = raws => {
  const values = raws.map(Number);
  if (!raws.length || raws.includes("") || !values.every(Number.isFinite)) throw new RangeError("not numbers");
  return values;
};

const readLayers = raw =>
  Object.fromEntries(raw.split(",").map(pair => pair.split(":").map(plain)).map(([model, layer]) => [MODELS.idOf(model), layer]));
const writeLayers = layers => {
  const chosen = Object.entries(layers).filter(([, layer]) => layer);
  return chosen.length ? chosen.map(([model, layer]) => [MODELS.nameOf(model), layer].map(part).join(":")).join(",") : null;
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
  if (!look) return null;
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
  return zoomed.length ? zoomed.map(([plot, view]) => [plot, ...view].join(":")).join(",") : null;
};
const oneOf =
  (...values) =>
  raw => {
    if (!values.includes(raw)) throw new RangeError("not known");
    return raw;
  };
const readParams = raw => {
  const params = JSON.parse(plain(raw));
  if (typeof params !== "object" || params === null || Array.isArray(params)) throw new RangeError("not settings");
  return params;
};
const writeParams = params => (Object.keys(params).length ? part(JSON.stringify(params)) : null);
const unless = usual => value => (value === usual ? null : text(value));
const whole = (raw, least) => Math.max(least, Math.floor(numbers([raw])[0]));

const openOf = ({ idOf, nameOf }) => [raw => idOf(plain(raw)), id => text(id === null ? null : nameOf(id))];

/** field -> [name in the address, how it is read, how it is written]; what is written as null is left out. */
const FIELDS = {
  dataset: ["dataset", ...openOf(DATASETS)],
  models: ["models", raw => words(raw).map(MODELS.idOf), ids => list(ids.map(MODELS.nameOf))],
  layers: ["layer", readLayers, writeLayers],
  show: ["show", words, values => values.map(part).join(",")],
  className: ["class", plain, text],
  group: ["group", plain, text],
  modelShown: ["of", ...openOf(MODELS)],
  neuron: ["neuron", raw => whole(raw, 0), value => (value ? String(value) : null)],
  rule: ["rule", plain, value => (value === "sturges" ? null : part(value))],
  views: ["view", readViews, writeViews],
  tables: ["table", words, list],
  look: ["look", readLook, writeLook],
  sort: ["sort", plain, text],
  order: ["order", raw => (raw === "asc" ? "asc" : "desc"), value => value],
  page: ["page", raw => whole(raw, 1), value => (value > 1 ? String(value) : null)],
  run: ["run", plain, text],
  by: ["by", oneOf("evidence"), unless("scores")],
  analyzer: ["method", plain, text],
  params: ["params", readParams, writeParams],
  measure: ["measure", oneOf("iou"), unless("spearman")],
  scope: ["images", oneOf("selection"), unless("all")],
  alike: ["answers", oneOf("other", "all"), unless("same")],
  place: ["place", raw => whole(raw, 1), value => (value > 1 ? String(value) : null)],
  rank: ["rank", plain, text],
};

export const KEPT = Object.keys(FIELDS);

export function read(hash = location.hash) {
  const state = {};
  for (const pair of hash.replace(/^#/, "").split("&").filter(Boolean)) {
    const cut = pair.indexOf("=");
    const [name, raw] = cut < 0 ? [pair, ""] : [pair.slice(0, cut), pair.slice(cut + 1)];
    const field = KEPT.find(other => FIELDS[other][0] === name);
    try {
      if (field) state[field] = FIELDS[field][1](raw);
    } catch {
      /* a pair that was cut or mistyped is left out */
    }
  }
  return state;
}

const OF_EVIDENCE = new Set(["analyzer", "params", "measure", "scope", "alike", "place"]);

export function write(state) {
  const evidence = state.by === "evidence" || state.rank;
  const shown = KEPT.filter(field => evidence || !OF_EVIDENCE.has(field));
  const pairs = shown.map(field => [FIELDS[field][0], FIELDS[field][2](state[field])]);
  return `#${pairs
    .filter(([, value]) => value !== null && value !== undefined)
    .map(pair => pair.join("="))
    .join("&")}`;
}
