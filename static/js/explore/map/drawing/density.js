// Too many points to be points: how many lie in each cell of the screen, and the mix of their colours.

export const CELL = 2; // pixels on a side

/** -> {columns, lines, counts, sums: r, g, b per cell}. scene: {points, codes, palette}. */
export function cellsOf({ points, codes, palette }, { scale, left, top, width, height }, cell = CELL) {
  const [columns, lines] = [Math.ceil(width / cell), Math.ceil(height / cell)];
  const counts = new Uint32Array(columns * lines);
  const sums = new Float32Array(3 * columns * lines);
  for (let row = 0; 2 * row < points.length; row += 1) {
    const ink = 4 * codes[row];
    if (!palette[ink + 3]) continue;
    const x = (left + points[2 * row] * scale) / cell;
    const y = (top - points[2 * row + 1] * scale) / cell;
    if (!(x >= 0 && y >= 0 && x < columns && y < lines)) continue;
    const at = (y | 0) * columns + (x | 0);
    counts[at] += 1;
    for (let channel = 0; channel < 3; channel += 1) sums[3 * at + channel] += palette[ink + channel];
  }
  return { columns, lines, counts, sums };
}

/** How strongly a cell with `n` points is drawn where the fullest has `top`: 0 .. 1. */
export const strengthOf = (n, top) => (n ? Math.min(1, 0.1 + (0.9 * Math.log1p(n)) / Math.log1p(Math.max(2, 0.6 * top))) : 0);

export const fullest = counts => counts.reduce((most, n) => Math.max(most, n), 0);

/** RGBA bytes of all cells; dim: 0 .. 1 over all. */
export function cellPicture({ counts, sums }, top, dim = 1) {
  const bytes = new Uint8ClampedArray(4 * counts.length);
  counts.forEach((n, at) => {
    if (!n) return;
    for (let channel = 0; channel < 3; channel += 1) bytes[4 * at + channel] = sums[3 * at + channel] / n;
    bytes[4 * at + 3] = 255 * dim * strengthOf(n, top);
  });
  return bytes;
}
