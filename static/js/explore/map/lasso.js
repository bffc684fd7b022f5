// Which points lie inside a polygon: the even-odd rule, held to a plain one in the tests.
import { bitsFor } from "../selection.js";

const BANDS = 256;

export const boxOf = ([x0, y0], [x1, y1]) => [
  [x0, y0],
  [x1, y0],
  [x1, y1],
  [x0, y1],
];

function edgesOf(polygon) {
  const edges = polygon.map(([x, y], place) => [x, y, ...polygon[(place + 1) % polygon.length]]);
  return edges.filter(([, y0, , y1]) => y0 !== y1);
}

/** Edges (x0, y0, x1, y1 one behind the other) by the band of y in which they lie, so that a point asks a few of them. */
function bandsOf(edges) {
  const low = edges.reduce((least, [, y0, , y1]) => Math.min(least, y0, y1), Infinity);
  const high = edges.reduce((most, [, y0, , y1]) => Math.max(most, y0, y1), -Infinity);
  const bandOf = y => Math.min(BANDS - 1, Math.floor(((y - low) / (high - low)) * BANDS));
  const bands = Array.from({ length: BANDS }, () => []);
  for (const edge of edges) {
    const [from, to] = [bandOf(Math.min(edge[1], edge[3])), bandOf(Math.max(edge[1], edge[3]))];
    for (let band = from; band <= to; band += 1) bands[band].push(...edge);
  }
  const flat = bands.map(band => Float64Array.from(band));
  return { low, high, at: y => flat[bandOf(y)] };
}

/** Whether a ray from (x, y) crosses an odd number of edges. */
function isInside(edges, x, y) {
  let odd = false;
  for (let at = 0; at < edges.length; at += 4) {
    const y0 = edges[at + 1];
    const y1 = edges[at + 3];
    if (y0 > y !== y1 > y && x < ((edges[at + 2] - edges[at]) * (y - y0)) / (y1 - y0) + edges[at]) odd = !odd;
  }
  return odd;
}

/**
 * points: Float32Array of x, y per row, NaN lies nowhere; polygon: [x, y] pairs, closed by itself.
 * shown(row): false for rows that are not drawn. -> bits.
 */
export function inside(points, polygon, shown = null) {
  const bits = bitsFor(points.length / 2);
  const edges = polygon.length < 3 ? [] : edgesOf(polygon);
  if (!edges.length) return bits;
  const { low, high, at } = bandsOf(edges);
  for (let row = 0; 2 * row < points.length; row += 1) {
    const y = points[2 * row + 1];
    if (!(y >= low && y <= high) || !isInside(at(y), points[2 * row], y)) continue;
    if (!Number.isNaN(points[2 * row]) && (!shown || shown(row))) bits[row >> 3] |= 1 << (row & 7);
  }
  return bits;
}

/** A drawn path without the corners that are nearer than `step` to the one before. */
export function thinned(path, step) {
  const kept = path.slice(0, 1);
  for (const corner of path) {
    const [x, y] = kept.at(-1);
    if (Math.hypot(corner[0] - x, corner[1] - y) >= step) kept.push(corner);
  }
  return kept;
}
