// How deep a mistake is shaded, and its count in the room of a cell.
import { group } from "../../lib/format.js";

const LARGE = 1000; // from here on counts differ by powers of ten, and the root would leave all but one pale
const STEPS = 4;

const weight = (n, most) => (most >= LARGE ? Math.log1p(n) / Math.log1p(most) : Math.sqrt(n / most));

/** 0 for none, else 1..4 by the root of the count, by its logarithm where the largest is large. */
export function shade(n, most) {
  if (!n || !most) return 0;
  return Math.min(STEPS, 1 + Math.floor((STEPS - 0.01) * weight(n, most)));
}

/** The largest count of a mistake. counts, same: a list per row; same: whether both sides are the same class. */
export function mostOf(counts, same) {
  const mistakes = counts.flatMap((line, r) => line.filter((_, c) => !same[r][c]));
  return mistakes.reduce((most, n) => Math.max(most, n), 0);
}

/** 12 345 -> "12k": five digits do not fit. */
export const brief = n => (n >= 1e6 ? `${Math.round(n / 1e6)}M` : n >= 1e4 ? `${Math.round(n / 1e3)}k` : group(n));
