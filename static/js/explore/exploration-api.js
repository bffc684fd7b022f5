// What the page asks of the server about an exploration: one function per route.
import { bytes, get, post } from "../lib/api.js";

const at = id => `/explorations/${encodeURIComponent(id)}`;

/** Only what is said: no empty query, no undefined. */
export const asked = wishes => {
  const said = Object.entries(wishes).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(said.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
};

export const explore = request => post("/explorations", request);
export const isKept = request => post("/explorations/kept", request);
export const methods = () => get("/explorations/methods");
export const exploration = (id, signal) => get(at(id), signal);

export const startMap = (id, wish) => post(`${at(id)}/maps`, wish);
export const map = (id, map, signal) => get(`${at(id)}/maps/${map}`, signal);
export const points = async (id, map, version, signal) =>
  new Float32Array(await bytes(`${at(id)}/maps/${map}/points${asked({ version })}`, signal));
export const mapTrust = async (id, map, version, signal) =>
  new Float32Array(await bytes(`${at(id)}/maps/${map}/trust${asked({ version })}`, signal));

const ARRAYS = { number: Float32Array, class: Int32Array, flag: Int8Array };

/** Values of a column (as `columns` describes it), one per row. */
export const column = async (id, { name, kind }, version, signal) =>
  new ARRAYS[kind](await bytes(`${at(id)}/columns/${encodeURIComponent(name)}${asked({ version })}`, signal));

export const select = (id, chosen) => post(`${at(id)}/selections`, chosen);
export const bits = async (id, sid) => new Uint8Array(await bytes(`${at(id)}/selections/${sid}`));
export const facts = (id, sid) => get(`${at(id)}/selections/${sid}/facts`);
export const indices = (id, sid) => get(`${at(id)}/selections/${sid}/indices`);

export const rows = (id, wishes, signal) => get(`${at(id)}/rows${asked(wishes)}`, signal);
export const query = (id, text, signal) => get(`${at(id)}/query${asked({ query: text })}`, signal);
export const exported = (id, ending, wishes) => `/api/v1${at(id)}/export.${ending}${asked(wishes)}`;

export const confusion = (id, wishes, signal) => get(`${at(id)}/confusion${asked(wishes)}`, signal);
export const order = (id, wishes, signal) => get(`${at(id)}/order${asked(wishes)}`, signal);
export const wall = (id, order, { start, size }, signal) => get(`${at(id)}/wall/${order}${asked({ start, size })}`, signal);
export const tile = (id, order, tile, side) => `/api/v1${at(id)}/wall/${order}/${tile}?side=${side}`;

export const image = (id, row, signal) => get(`${at(id)}/images/${row}`, signal);
export const neighbours = (id, wishes, signal) => get(`${at(id)}/neighbours${asked(wishes)}`, signal);
export const neighboursOf = (id, form) => post(`${at(id)}/neighbours`, form);
export const tag = (id, wish) => post(`${at(id)}/tags`, wish);
export const subset = (id, wish) => post(`${at(id)}/subsets`, wish);
