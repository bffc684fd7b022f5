// Where pictures lie on the wall, and in which of the server's tiles. All in CSS px unless a name says otherwise.

export const TILE_PX = 512;
export const SIDES_PX = [32, 64, 96];
export const MOST_TILES = 24; // of one screen
export const GAP = 4;

export const columnsIn = side_px => Math.floor(TILE_PX / side_px);
export const inTile = side_px => columnsIn(side_px) ** 2;

/** Place of the j-th picture: {tile, x, y} in px of the tile. */
export function placeOf(j, side_px) {
  const [columns, each] = [columnsIn(side_px), inTile(side_px)];
  const within = j % each;
  return { tile: Math.floor(j / each), x: (within % columns) * side_px, y: Math.floor(within / columns) * side_px };
}

/** Columns of the wall for pictures of `size` in `width`. */
export const columnsFor = (width, size) => Math.max(1, Math.floor((width - 2 * GAP) / (size + GAP)));

/** wall: {n, columns, size}; view: {k, x, y}; -> {rows: [from, to), columns: [from, to)} that are seen. */
export function seenOf({ n, columns, size }, { k, x, y }, width, height) {
  const step = (size + GAP) * k;
  const rows = Math.ceil(n / columns);
  const from = (offset, most) => Math.max(0, Math.min(most, Math.floor(-offset / step)));
  const to = (offset, span, most) => Math.max(0, Math.min(most, Math.ceil((span - offset) / step)));
  return { rows: [from(y, rows), to(y, height, rows)], columns: [from(x, columns), to(x, width, columns)] };
}

/** Positions of the pictures that are seen, row by row. */
export function positionsOf({ n, columns }, seen) {
  const found = [];
  for (let row = seen.rows[0]; row < seen.rows[1]; row += 1)
    for (let column = seen.columns[0]; column < seen.columns[1]; column += 1) {
      const j = row * columns + column;
      if (j < n) found.push(j);
    }
  return found;
}

/** Tiles that hold these positions, in order of first need. */
export function tilesOf(positions, side_px) {
  const each = inTile(side_px);
  return [...new Set(positions.map(j => Math.floor(j / each)))];
}

/** The smallest side that is sharp at `drawn_px` (device px); a smaller one where that would need too many tiles. */
export function sideFor(positions, drawn_px) {
  const sharp = SIDES_PX.find(side_px => side_px >= drawn_px) ?? SIDES_PX.at(-1);
  const fitting = SIDES_PX.filter(side_px => side_px <= sharp).reverse();
  return fitting.find(side_px => tilesOf(positions, side_px).length <= MOST_TILES) ?? SIDES_PX[0];
}

/** Position at a point of the plane, or -1. */
export function positionAt({ n, columns, size }, { k, x, y }, px, py) {
  const step = (size + GAP) * k;
  const [column, row] = [Math.floor((px - x) / step), Math.floor((py - y) / step)];
  const j = row * columns + column;
  return column < 0 || column >= columns || row < 0 || j >= n ? -1 : j;
}

const between = (low, value, high) => Math.min(Math.max(low, value), Math.max(low, high));

const LEAST_PX = 12;

/** The smallest size of pictures: a screen has no more of them than its tiles hold at the smallest side. */
export function leastSize(width, height) {
  const most = MOST_TILES * inTile(SIDES_PX[0]) * 0.8; // a line at the edge is seen in part
  return Math.max(LEAST_PX, Math.ceil(Math.sqrt((width * height) / most) - GAP));
}

/** The view zoomed by a factor, with what lies below (px, py) kept there. */
export function zoomed(view, factor, px, py, [least, most]) {
  const k = between(least, view.k * factor, most);
  const by = k / view.k;
  return { k, x: px - (px - view.x) * by, y: py - (py - view.y) * by };
}

/** The view with the wall kept in sight: no further than its first and last row, its first and last column. */
export function held({ n, columns, size }, view, width, height) {
  const step = (size + GAP) * view.k;
  const [wide, high] = [columns * step + GAP, Math.ceil(n / columns) * step + GAP];
  const x = wide <= width ? (width - wide) / 2 + GAP : between(width - wide, view.x, 2 * GAP);
  return { k: view.k, x, y: between(Math.min(height - high, 2 * GAP), view.y, 2 * GAP) };
}

/** How far down the wall the view is, 0..1, and the share of it that is seen. */
export function scrolled({ n, columns, size }, view, height) {
  const high = Math.ceil(n / columns) * (size + GAP) * view.k + 2 * GAP;
  const shown = Math.min(1, height / high);
  const way = high - height;
  return { at: way > 0 ? between(0, (2 * GAP - view.y) / way, 1) : 0, shown, way: Math.max(0, way) };
}
