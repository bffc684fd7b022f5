// Too many points to be points: how many lie in each cell of the screen, and the mix of their colours.

export const CELL = 2; // pixels on a side

/** -> {columns, lines, sums: Float32Array of r, g, b, n per cell, lines from the top}. scene: {points, codes, palette, chosen}. */
export function cellsOf(
  { points, codes, palette, chosen },
  { scale, left, top, width, height },
  onlyChosen = false,
  cell = CELL,
) {
  const columns = Math.ceil(width / cell);
  const lines = Math.ceil(height / cell);
  const sums = new Float32Array(4 * columns * lines);
  for (let row = 0; row < codes.length; row += 1) {
    const ink = 4 * codes[row];
    if (!palette[ink + 3] || (onlyChosen && !chosen[row])) continue;
    const x = (left + points[2 * row] * scale) / cell;
    const y = (top - points[2 * row + 1] * scale) / cell;
    if (!(x >= 0 && y >= 0 && x < columns && y < lines)) continue;
    const at = 4 * ((y | 0) * columns + (x | 0));
    sums[at] += palette[ink];
    sums[at + 1] += palette[ink + 1];
    sums[at + 2] += palette[ink + 2];
    sums[at + 3] += 1;
  }
  return { columns, lines, sums };
}

/** How strongly a cell with `n` points is drawn where the fullest has `top`: 0 .. 1. */
export const strengthOf = (n, top) =>
  n ? Math.min(1, 0.1 + (0.9 * Math.log1p(n)) / Math.log1p(Math.max(2, 0.6 * top))) : 0;

/** Points in the fullest cell. */
export function fullest({ sums }) {
  let most = 0;
  for (let at = 3; at < sums.length; at += 4) if (sums[at] > most) most = sums[at];
  return most;
}

/** RGBA bytes of all cells; dim: 0 .. 1 over all. */
export function cellPicture({ sums }, top, dim = 1) {
  const bytes = new Uint8ClampedArray(sums.length);
  for (let at = 0; at < sums.length; at += 4) {
    const n = sums[at + 3];
    if (!n) continue;
    for (let channel = at; channel < at + 3; channel += 1) bytes[channel] = sums[channel] / n;
    bytes[at + 3] = 255 * dim * strengthOf(n, top);
  }
  return bytes;
}
