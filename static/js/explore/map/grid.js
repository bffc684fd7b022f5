// Points by the cell in which they lie: the nearest one is found without asking all.

const PER_CELL = 4;
const MOST_CELLS = 1024; // on a side

const held = (value, most) => Math.max(0, Math.min(most, value));

function sideFor(n) {
  return Math.max(1, Math.min(MOST_CELLS, Math.ceil(Math.sqrt(n / PER_CELL))));
}

/** Rows sorted by cell: those of cell c are rows[starts[c]] .. rows[starts[c + 1] - 1]. */
function sorted(points, cellOf, cells) {
  const n = points.length / 2;
  const place = new Int32Array(n);
  const starts = new Uint32Array(cells + 1);
  for (let row = 0; row < n; row += 1) {
    place[row] = cellOf(points[2 * row], points[2 * row + 1]);
    if (place[row] >= 0) starts[place[row] + 1] += 1;
  }
  for (let cell = 0; cell < cells; cell += 1) starts[cell + 1] += starts[cell];
  const next = starts.slice(0, cells);
  const rows = new Uint32Array(starts[cells]);
  for (let row = 0; row < n; row += 1) if (place[row] >= 0) rows[next[place[row]]++] = row;
  return { starts, rows };
}

/** points: Float32Array of x, y per row within [-1, 1]; NaN is in no cell. */
export function gridOf(points) {
  const side = sideFor(points.length / 2);
  const along = value => held(Math.floor(((value + 1) / 2) * side), side - 1);
  const cellOf = (x, y) => (Number.isNaN(x + y) ? -1 : along(y) * side + along(x));
  return { side, along, points, ...sorted(points, cellOf, side * side) };
}

/** Calls act(row) for the rows of the cells that touch the square around (x, y). */
function around({ side, along, starts, rows }, x, y, radius, act) {
  const [left, right] = [along(x - radius), along(x + radius)];
  for (let line = along(y - radius); line <= along(y + radius); line += 1)
    for (let at = starts[line * side + left]; at < starts[line * side + right + 1]; at += 1) act(rows[at]);
}

function nearestWithin(grid, x, y, radius, shown) {
  let best = -1;
  let least = radius * radius;
  around(grid, x, y, radius, row => {
    const distance = (grid.points[2 * row] - x) ** 2 + (grid.points[2 * row + 1] - y) ** 2;
    if (distance > least || (distance === least && best >= 0 && row > best) || (shown && !shown(row))) return;
    least = distance;
    best = row;
  });
  return best;
}

/** The row nearest to (x, y) no farther than `radius` (of several the first), or -1. shown(row): false is not looked at. */
export function nearest(grid, x, y, radius, shown = null) {
  for (let within = Math.min(radius, 2 / grid.side); within < radius; within *= 4) {
    const found = nearestWithin(grid, x, y, within, shown);
    if (found >= 0) return found;
  }
  return nearestWithin(grid, x, y, radius, shown);
}

/** Rows in the part of the map that is seen, at most `most`. -> {rows, n}: n also counts those beyond `most`. */
export function within({ side, along, points, starts, rows }, { x0, y0, x1, y1 }, most, shown = null) {
  const found = [];
  let n = 0;
  const [left, right] = [along(x0), along(x1)];
  for (let line = along(y0); line <= along(y1); line += 1)
    for (let at = starts[line * side + left]; at < starts[line * side + right + 1]; at += 1) {
      const row = rows[at];
      const [x, y] = [points[2 * row], points[2 * row + 1]];
      if (x < x0 || x > x1 || y < y0 || y > y1 || (shown && !shown(row))) continue;
      n += 1;
      if (found.length < most) found.push(row);
    }
  return { rows: found, n };
}
