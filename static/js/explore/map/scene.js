// What is drawn of a scene at a zoom: how large the points are, whether they are drawn as density, which get pictures.
import { cellsOf, fullest } from "./drawing/density.js";
import { gridOf, within } from "./grid.js";
import { MOST } from "./pictures.js";
import { WHOLE, frameOf, seenPart } from "./view.js";

const LARGE_SET = 20_000;
const DENSE_VIEW = 5000;
const FAINTEST_TOP = 8;
const PICTURES_FROM = 2.4; // times the whole map
const LISTED_FROM = 4; // times the whole map; nearer than that those in view are listed, else all are looked at
const BESIDE = 8; // pixels by which a point may reach into the view

/** Made again only when what it is made of is another object. */
export function keptFor(make) {
  let from = null;
  let made = null;
  return (source, ...more) => {
    if (source !== from) [from, made] = [source, make(source, ...more)];
    return made;
  };
}

export const isShown = ({ palette, codes }, row) => palette[4 * codes[row] + 3] > 0;
export const isLarge = scene => scene.codes.length > LARGE_SET;

/** How many points are drawn within a part of the map, and how many of them are selected. */
export function countSeen({ points, codes, palette, chosen }, { x0, y0, x1, y1 }) {
  let n = 0;
  let picked = 0;
  for (let row = 0; row < codes.length; row += 1) {
    const x = points[2 * row];
    const y = points[2 * row + 1];
    if (!(x >= x0 && x <= x1 && y >= y0 && y <= y1) || !palette[4 * codes[row] + 3]) continue;
    n += 1;
    if (chosen && chosen[row]) picked += 1;
  }
  return { n, picked };
}

function wider({ x0, x1, y0, y1 }, by) {
  return { x0: x0 - by, x1: x1 + by, y0: y0 - by, y1: y1 + by };
}

const isIn = ({ x0, x1, y0, y1 }, points, row) =>
  points[2 * row] >= x0 && points[2 * row] <= x1 && points[2 * row + 1] >= y0 && points[2 * row + 1] <= y1;

/** Rows that are drawn from near, in their order. -> null when there are too many to list. */
function listed(scene, grid, frame) {
  const part = seenPart(frame);
  const around = within(grid, wider(part, BESIDE / frame.scale), LARGE_SET, row => isShown(scene, row));
  if (around.n > LARGE_SET) return null;
  const list = Uint32Array.from(around.rows).sort();
  const seen = list.filter(row => isIn(part, scene.points, row));
  return { list, seen };
}

/**
 * What is seen. -> {n, dense: as density, picked: selected ones as density too, list: rows that are drawn or null for all,
 * near: rows that get pictures}.
 */
export function createSeen() {
  const gridFor = keptFor(gridOf);

  function seen(scene, frame, k) {
    const found = isLarge(scene) && k >= LISTED_FROM ? listed(scene, gridFor(scene.points), frame) : null;
    const picture = n => n > 0 && n < MOST && k > PICTURES_FROM;
    if (found) {
      const n = found.seen.length;
      return { n, dense: n > DENSE_VIEW, picked: false, list: found.list, near: picture(n) ? [...found.seen] : [] };
    }
    const { n, picked } = countSeen(scene, seenPart(frame));
    const rows = picture(n)
      ? within(gridFor(scene.points), seenPart(frame), MOST, row => isShown(scene, row)).rows
      : [];
    return { n, dense: isLarge(scene) && n > DENSE_VIEW, picked: picked > DENSE_VIEW, list: null, near: rows };
  }

  return { seen, gridFor };
}

/** Points in the fullest cell of the whole map; places of rows stay the same while colours change. */
export const createTop = () => keptFor((_points, scene, size) => fullest(cellsOf(scene, frameOf(WHOLE, size))));

const radiusAt = (k, large) => Math.max(2.3, Math.min(4.2, 2.5 * Math.sqrt(k))) * (large ? 0.85 : 1);

/** What a surface needs to know beside the scene. top: of createTop, at k = 1. */
export const lookOf = (scene, frame, { k, seen, ratio, top }) => ({
  frame,
  ratio,
  dense: seen.dense,
  picked: seen.picked,
  list: seen.list,
  radius: radiusAt(k, isLarge(scene)),
  top: Math.max(FAINTEST_TOP, top / k ** 2),
});
