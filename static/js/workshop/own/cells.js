// A painted part as cells, 32 by 32 over the image whatever its size, and as the boxes that the server takes.

export const SIDE = 32;
export const MOST_BOXES = 50; // per image, as the server has it

export const blank = () => new Uint8Array(SIDE * SIDE);

/** Cells whose middle is in one of the boxes (left, top, right, bottom), in shares of the image. */
export function cellsOf(boxes) {
  const cells = blank();
  for (const [left, top, right, bottom] of boxes)
    for (let row = 0; row < SIDE; row += 1)
      for (let column = 0; column < SIDE; column += 1) {
        const [x, y] = [(column + 0.5) / SIDE, (row + 0.5) / SIDE];
        if (x >= left && x <= right && y >= top && y <= bottom) cells[row * SIDE + column] = 1;
      }
  return cells;
}

/** [from, to] of each stretch of painted cells in a row. */
function stretches(cells, row, side) {
  const found = [];
  for (let column = 0; column < side; column += 1) {
    if (!cells[row * side + column]) continue;
    if (column && cells[row * side + column - 1]) found.at(-1)[1] = column + 1;
    else found.push([column, column + 1]);
  }
  return found;
}

/** Stretches that are the same in the row below grow downwards. */
function rectangles(cells, side) {
  const done = [];
  let open = [];
  for (let row = 0; row <= side; row += 1) {
    const here = row < side ? stretches(cells, row, side) : [];
    const next = here.map(([from, to]) => open.find(one => one.from === from && one.to === to) ?? { from, to, top: row });
    done.push(...open.filter(one => !next.includes(one)).map(one => ({ ...one, bottom: row })));
    open = next;
  }
  return done;
}

/** Half as fine: a cell is painted where two of its four are. */
function coarser(cells, side) {
  const half = side / 2;
  return Uint8Array.from({ length: half * half }, (_, place) => {
    const [row, column] = [2 * Math.floor(place / half), 2 * (place % half)];
    const four = [0, 1, side, side + 1].map(by => cells[row * side + column + by]);
    return Number(four.reduce((sum, one) => sum + one, 0) >= 2);
  });
}

/** Boxes that cover the painted cells and no other; a ragged part is made coarser until it has few enough boxes. */
export function boxesOf(cells, side = SIDE) {
  const found = rectangles(cells, side);
  if (found.length > MOST_BOXES && side > 4) return boxesOf(coarser(cells, side), side / 2);
  return found.map(({ from, to, top, bottom }) => [from, top, to, bottom].map(edge => edge / side));
}

/** Cells with those of a round brush set to a value. wide: in cells; at: [row, column] of the middle, in cells. */
export function brushed(cells, [row, column], wide, value) {
  const next = cells.slice();
  const reach = wide / 2;
  for (let y = Math.max(0, Math.floor(row - reach)); y <= Math.min(SIDE - 1, row + reach); y += 1)
    for (let x = Math.max(0, Math.floor(column - reach)); x <= Math.min(SIDE - 1, column + reach); x += 1)
      if (Math.hypot(y - row, x - column) <= reach) next[y * SIDE + x] = value;
  return next;
}

/** Cells of the rectangle between two corners set to a value. */
export function boxed(cells, [row, column], [to_row, to_column], value) {
  const next = cells.slice();
  for (let y = Math.min(row, to_row); y <= Math.max(row, to_row); y += 1)
    for (let x = Math.min(column, to_column); x <= Math.max(column, to_column); x += 1) next[y * SIDE + x] = value;
  return next;
}

export const share = cells => cells.reduce((sum, cell) => sum + cell, 0) / (SIDE * SIDE);
