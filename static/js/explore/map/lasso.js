// Which points lie inside a polygon: the even-odd rule, held to a plain one in the tests. A raster over the polygon
// answers for nearly all of a million points.
import { bitsFor } from "../selection.js";

const SIDE = 256; // cells of a raster over the polygon, along each axis
const [OUT, IN, EDGE] = [0, 1, 2]; // what a cell is

export const boxOf = ([x0, y0], [x1, y1]) => [
  [x0, y0],
  [x1, y0],
  [x1, y1],
  [x0, y1],
];

const edgesOf = polygon => polygon.map(([x, y], place) => [x, y, ...polygon[(place + 1) % polygon.length]]);

const held = cell => Math.max(0, Math.min(SIDE - 1, cell));

/** One axis of the raster: from the least to the largest value of some corners. */
function axisOf(values) {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const scale = SIDE / (high - low || 1);
  return { low, high, scale, cell: value => held(Math.floor((value - low) * scale)), start: cell => low + cell / scale };
}

/** Bands of y -> the edges in each, [x0, y0, x1, y1]; one more on either side, for what lies on their border. */
function bandsOf(edges, y) {
  const bands = Array.from({ length: SIDE }, () => []);
  for (const edge of edges) {
    const [from, to] = [y.cell(Math.min(edge[1], edge[3])), y.cell(Math.max(edge[1], edge[3]))];
    for (let band = held(from - 1); band <= held(to + 1); band += 1) bands[band].push(edge);
  }
  return bands;
}

const between = (value, one, other) => Math.max(Math.min(one, other), Math.min(Math.max(one, other), value));

/** The cells of a band through which an edge goes, one more on either side. */
function passed([x0, y0, x1, y1], x, top, foot) {
  const at = y => (y0 === y1 ? null : x0 + ((x1 - x0) * (between(y, y0, y1) - y0)) / (y1 - y0));
  const ends = [at(top) ?? x0, at(foot) ?? x1].map(x.cell);
  return [held(Math.min(...ends) - 1), held(Math.max(...ends) + 1)];
}

/** Which cells lie inside, outside, or have an edge; only points of the last kind are asked one by one. */
function rasterOf(edges, x, y) {
  const states = new Uint8Array(SIDE * SIDE);
  const bands = bandsOf(edges, y);
  const flat = bands.map(band => Float64Array.from(band.filter(([, y0, , y1]) => y0 !== y1).flat()));
  bands.forEach((band, line) => {
    const [top, foot] = [y.start(line - 1), y.start(line + 2)];
    for (const edge of band) {
      const [from, to] = passed(edge, x, top, foot);
      states.fill(EDGE, line * SIDE + from, line * SIDE + to + 1);
    }
    const middle = y.start(line + 0.5);
    for (let cell = 0; cell < SIDE; cell += 1)
      if (states[line * SIDE + cell] !== EDGE)
        states[line * SIDE + cell] = isInside(flat[line], x.start(cell + 0.5), middle) ? IN : OUT;
  });
  return { states, flat };
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
  if (polygon.length < 3) return bits;
  const [x, y] = [0, 1].map(axis => axisOf(polygon.map(corner => corner[axis])));
  const { states, flat } = rasterOf(edgesOf(polygon), x, y);
  for (let row = 0; 2 * row < points.length; row += 1) {
    const X = points[2 * row];
    const Y = points[2 * row + 1];
    if (!(Y >= y.low && Y <= y.high && X >= x.low && X <= x.high)) continue;
    const line = Math.min(SIDE - 1, Math.floor((Y - y.low) * y.scale));
    const state = states[line * SIDE + Math.min(SIDE - 1, Math.floor((X - x.low) * x.scale))];
    if (state === OUT || (state === EDGE && !isInside(flat[line], X, Y))) continue;
    if (!shown || shown(row)) bits[row >> 3] |= 1 << (row & 7);
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
