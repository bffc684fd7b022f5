// The whole state of Features in the address behind the #: a copied link opens the same view.
import { DATASETS, MODELS } from "../lib/address-names.js";
import { paramPairs, typed } from "../lib/links.js";

const REMEMBERED = "innv-features";
const numbers = text => text.split(",").filter(Boolean).map(Number).filter(Number.isInteger);
const number = text => (text !== "" && Number.isInteger(Number(text)) ? Number(text) : null);

/** field -> [name in the address, how it is read, how it is written]; null and empty are left out. */
const FIELDS = {
  model: ["model", MODELS.idOf, MODELS.nameOf],
  kind: ["kind", text => (["class", "neuron", "channel"].includes(text) ? text : "class"), String],
  index: ["index", numbers, values => values.join(",")],
  layer: ["layer", String, String],
  initial: ["start", String, String],
  source: ["from", DATASETS.idOf, DATASETS.nameOf],
  image: ["image", number, String],
  seed: ["seed", number, String],
  preset: ["preset", String, String],
  dataset: ["dataset", DATASETS.idOf, DATASETS.nameOf],
  shown: ["shown", number, String],
  contrast: ["contrast", text => (text === "generated" ? text : "stretched"), String],
  run: ["run", String, String],
};

export const KEPT = [...Object.keys(FIELDS), "params"];

export function read(hash = location.hash) {
  const state = {};
  const params = {};
  for (const pair of hash.replace(/^#/, "").split("&").filter(Boolean)) {
    const [name, raw = ""] = pair.split(/=(.*)/s);
    const field = Object.keys(FIELDS).find(known => FIELDS[known][0] === name);
    try {
      if (name.startsWith("p.")) params[decodeURIComponent(name.slice(2))] = typed(decodeURIComponent(raw));
      else if (field) state[field] = FIELDS[field][1](decodeURIComponent(raw));
    } catch {
      /* a pair that was cut or mistyped is left out */
    }
  }
  if (state.preset) state.params = params;
  return state;
}

export function write(state) {
  const pairs = Object.entries(FIELDS).flatMap(([field, [name, , text]]) => {
    const value = state[field] === null || state[field] === undefined ? "" : text(state[field]);
    return value === "" ? [] : [`${name}=${encodeURIComponent(value).replace(/%2C/g, ",")}`];
  });
  return `#${[...pairs, ...paramPairs(state.params)].join("&")}`;
}

/** The last view of this tab, so that coming back from another page finds it again. */
export const remember = hash => {
  try {
    sessionStorage.setItem(REMEMBERED, hash);
  } catch {
    /* not kept */
  }
};
export const remembered = () => {
  try {
    return sessionStorage.getItem(REMEMBERED) || "";
  } catch {
    return "";
  }
};
