// Names of classes on the densest part of each: a class that is split is named where most of it lies.

const STEP = 5; // cells per unit of the map
const CELLS = 12; // on a side: places -1.2 .. 1.2
const MOST_NAMED = 40;
const SPARSE = 4; // dots that a name would hide

const cellAt = value => Math.max(0, Math.min(CELLS - 1, Math.round(value * STEP) + CELLS / 2));

/** Sums of n, x, y per cell of each group. slots: Int32Array code -> place among the groups, -1 without. */
function summed(points, codes, slots, groups) {
  const sums = new Float64Array(groups * CELLS * CELLS * 3);
  for (let row = 0; row < codes.length; row += 1) {
    const slot = slots[codes[row]];
    const x = points[2 * row];
    const y = points[2 * row + 1];
    if (slot < 0 || Number.isNaN(x + y)) continue;
    const at = 3 * ((slot * CELLS + cellAt(y)) * CELLS + cellAt(x));
    sums[at] += 1;
    sums[at + 1] += x;
    sums[at + 2] += y;
  }
  return sums;
}

function fullestCell(sums, slot) {
  let best = 3 * slot * CELLS * CELLS;
  for (let at = best; at < 3 * (slot + 1) * CELLS * CELLS; at += 3) if (sums[at] > sums[best]) best = at;
  const n = sums[best];
  return n ? { x: sums[best + 1] / n, y: sums[best + 2] / n, sparse: n < SPARSE } : null;
}

/** -> [{code, text, n, x, y, sparse}] as places of the map, the largest classes first; sparse: hardly a dot is there. None when a colouring has no classes. */
export function labelPlaces(points, { codes, size, groups }) {
  const named = groups
    .filter(({ tone }) => tone && tone.hue !== undefined)
    .sort((a, b) => b.n - a.n)
    .slice(0, MOST_NAMED);
  if (!named.length) return [];
  const slots = new Int32Array(size).fill(-1);
  named.forEach(({ code }, slot) => (slots[code] = slot));
  const sums = summed(points, codes, slots, named.length);
  return named.flatMap(({ code, name, n }, slot) => {
    const place = fullestCell(sums, slot);
    return place ? [{ code, text: name, n, ...place }] : [];
  });
}

const HEIGHT = 17;

/** Labels on the screen, pushed down where they would cover one another, kept within the width. widthOf(text): pixels. */
export function apart(labels, { width, height }, widthOf) {
  const put = [];
  for (const label of labels) {
    const wide = widthOf(label.text);
    const X = Math.max(wide / 2 + 6, Math.min(width - wide / 2 - 6, label.X));
    let { Y } = label;
    const covers = other => Math.abs(other.X - X) < (other.wide + wide) / 2 + 6 && Math.abs(other.Y - Y) < HEIGHT - 1;
    while (put.some(covers)) Y += HEIGHT;
    if (Y > 0 && Y < height) put.push({ ...label, X, Y, wide });
  }
  return put;
}
