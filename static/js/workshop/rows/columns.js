// Runs in their order, and the classes that are their columns: the same ones for all, so that columns never shift.

/** Pinned ones first, then the newest; the server has them newest first. */
export const ordered = runs => [...runs.filter(({ pinned }) => pinned), ...runs.filter(({ pinned }) => !pinned)];

/**
 * Classes of any of the runs, tiles in their order, then the others as they came: the newest run says how one looks.
 * tiles: ids.
 */
export function columnsOf(runs, tiles) {
  const found = new Map();
  for (const run of [...runs].reverse()) for (const one of run.classes) found.set(one.name, one);
  const place = ({ tile }) => (tile ? tiles.indexOf(tile) : tiles.length);
  return [...found.values()].sort((a, b) => place(a) - place(b));
}

const MOST_FRAMES = 14;

/** Steps of a film that are shown side by side: all where they are few, else evenly spread with the first and the last. */
export function shownSteps(last, most = MOST_FRAMES) {
  if (last < most) return Array.from({ length: last + 1 }, (_, step) => step);
  return Array.from({ length: most }, (_, place) => Math.round((place * last) / (most - 1)));
}

/** The place among shown steps that stands for a step: the last one that is not after it. */
export const placeOf = (step, steps) => steps.reduce((found, shown, place) => (shown <= step ? place : found), 0);
