// The marks of a plot as places in its source: in which order arrows walk through them, what each of them means.
import { count, group } from "../lib/format.js";

const isDots = columns => columns.x !== undefined;
const isCells = columns => columns.row !== undefined;
export const sizeOf = columns => (columns.low ?? columns.x).length;

const rowOf = (columns, place) => (isCells(columns) ? columns.row[place] : Math.round(columns.y[place]));
const acrossOf = (columns, place) => (columns.x ?? columns.low)[place];

const walks = new WeakMap(); // columns -> row -> places from left to right

function rowsOf(columns) {
  if (!walks.has(columns)) {
    const rows = new Map();
    for (let place = 0; place < sizeOf(columns); place++) {
      const row = rowOf(columns, place);
      if (!rows.has(row)) rows.set(row, []);
      rows.get(row).push(place);
    }
    for (const places of rows.values()) places.sort((a, b) => acrossOf(columns, a) - acrossOf(columns, b));
    walks.set(columns, rows);
  }
  return walks.get(columns);
}

const within = (k, n) => Math.max(0, Math.min(n - 1, k));

function nearest(columns, places, place) {
  const x = acrossOf(columns, place);
  return places.reduce((best, other) =>
    Math.abs(acrossOf(columns, other) - x) < Math.abs(acrossOf(columns, best) - x) ? other : best,
  );
}

function inRows(columns, place, key) {
  const rows = rowsOf(columns);
  const heights = [...rows.keys()].sort((a, b) => a - b);
  if (place === null) return rows.get(heights.at(-1))[0];
  const row = rowOf(columns, place);
  const places = rows.get(row);
  const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
  if (key in steps) return places[within(places.indexOf(place) + steps[key], places.length)];
  const other = heights[within(heights.indexOf(row) + (key === "ArrowUp" ? 1 : -1), heights.length)];
  return other === row ? place : nearest(columns, rows.get(other), place);
}

/** The place that a key leads to: bins from left to right, dots and cells within their row and to the next. */
export function stepTo(columns, place, key) {
  const n = sizeOf(columns);
  if (!n) return null;
  if (isDots(columns) || isCells(columns)) return inRows(columns, place, key);
  const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, Home: -Infinity, End: Infinity };
  return place === null ? (key === "End" ? n - 1 : 0) : within(place + steps[key], n);
}

/** A cell's box ends just before the next one begins; the last one is closed. */
function boxOfCell({ low, high, row }, place) {
  const last = high[place] >= high.reduce((a, b) => Math.max(a, b));
  const end = last ? high[place] : high[place] - (high[place] - low[place]) * 1e-9;
  return [low[place], end, row[place] - 0.5, row[place] + 0.5];
}

/** What a press on these places asks for. */
export function lookAt(plot, columns, places) {
  if (!places.length) return null;
  if (isDots(columns)) return { plot, rows: places.map(place => columns.index[place]) };
  return isCells(columns) ? { plot, box: boxOfCell(columns, places[0]) } : { plot, bin: places[0] };
}

/** The places that `look` means, to be drawn as chosen. */
export function placesOf(plot, columns, look) {
  if (look?.plot !== plot) return [];
  if (look.bin !== undefined) return look.bin < sizeOf(columns) ? [look.bin] : [];
  const all = Array.from({ length: sizeOf(columns) }, (_, place) => place);
  if (look.rows) {
    const wanted = new Set(look.rows);
    return isDots(columns) ? all.filter(place => wanted.has(columns.index[place])) : [];
  }
  const [x0, x1, y0, y1] = look.box;
  const [x, y] = isDots(columns) ? [columns.x, columns.y] : [columns.low, columns.row];
  return all.filter(place => x[place] >= x0 && x[place] <= x1 && y[place] >= y0 && y[place] <= y1);
}

/** A bin or cell in words; null for a dot, which is an image and has a name. */
export function wordsOf(columns, place) {
  if (isDots(columns)) return null;
  if (!isCells(columns)) return columns.label?.[place] ?? `${group(columns.count[place])} images`;
  const span = `${columns.low[place].toFixed(1)}–${columns.high[place].toFixed(1)} %`;
  const classes = columns.row[place] === 1 ? "all agree" : `${columns.row[place]} classes`;
  return `${group(columns.count[place])} images · ${span} · ${classes}`;
}

/** Of how many images a plot shows nothing because their value is not known; empty without. */
export const leftOut = ({ n_left_out: n = 0 }) =>
  n ? `${count(n, "image has", "images have")} no value that could be drawn.` : "";
