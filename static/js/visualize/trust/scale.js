// The common scale of a column: right is better, whichever way the metric goes. Pure functions.
import { fixed } from "../../lib/format.js";

const STEPS = [1, 2, 2.5, 5, 10];

/** A round number of at least `span`: 0.13 -> 0.2. */
function round(span) {
  const size = 10 ** Math.floor(Math.log10(span));
  return STEPS.find(step => step * size >= span * (1 - 1e-9)) * size;
}

const shareOf = (value, from, to) => Math.min(1, Math.max(0, (value - from) / (to - from)));

/**
 * metric: {better, range}; cells: of all rows, and of all models beside each other -> {from, to, at(value) in 0..1}, from
 * at the left. Values beyond the metric's range are drawn at its end.
 */
export function scaleOf({ better, range: [lowest, highest] }, cells) {
  const within = value => Math.min(highest, Math.max(lowest, value));
  const ends = cells
    .flatMap(({ low, high, mean }) => [low, high, mean])
    .filter(Number.isFinite)
    .map(within);
  const [low, high] = ends.length ? [Math.min(...ends), Math.max(...ends)] : [Math.max(lowest, 0), highest];
  const step = round(Math.max(high - low, 0.04) / 4);
  const up = Math.min(highest, Math.ceil(high / step - 1e-9) * step);
  const bottom = Math.max(lowest, Math.min(Math.floor(low / step + 1e-9) * step, up - step));
  const top = Math.max(up, bottom + step);
  const [from, to] = better === "low" ? [top, bottom] : [bottom, top];
  return { from, to, at: value => shareOf(value, from, to) };
}

const MINUS = "\u2212";

/** Two decimals, three where the column lies within a tenth; a true minus. */
export function decimals({ from, to }, value) {
  if (!Number.isFinite(value)) return "–";
  return fixed(value, Math.abs(to - from) < 0.1 ? 3 : 2);
}

/** An end of the scale, as short as it can be said. */
export const endWords = end => String(Number(end.toFixed(3))).replace("-", MINUS);
