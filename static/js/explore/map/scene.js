// What is drawn of a scene at a zoom: how large the points are, whether they are drawn as density, which get pictures.
import { cellsOf, fullest } from "./drawing/density.js";
import { MOST } from "./pictures.js";
import { WHOLE, frameOf, seenPart } from "./view.js";

const DENSE_SET = 20_000;
const DENSE_VIEW = 5000;
const FAINTEST_TOP = 8;
const PICTURES_FROM = 2.4; // times the whole map

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

/** How many points are drawn within a part of the map. */
export function countSeen(scene, { x0, y0, x1, y1 }) {
  const { points, codes } = scene;
  let n = 0;
  for (let row = 0; row < codes.length; row += 1) {
    const [x, y] = [points[2 * row], points[2 * row + 1]];
    if (x >= x0 && x <= x1 && y >= y0 && y <= y1 && isShown(scene, row)) n += 1;
  }
  return n;
}

export const isLarge = scene => scene.codes.length > DENSE_SET;
const radiusAt = (k, large) => Math.max(2.3, Math.min(4.2, 2.5 * Math.sqrt(k))) * (large ? 0.85 : 1);

/** Points in the fullest cell of the whole map; places of rows stay the same while colours change. */
export const createTop = () => keptFor((_points, scene, size) => fullest(cellsOf(scene, frameOf(WHOLE, size)).counts));

/** -> {n, dense, near}: how many are seen, whether as density, whether as pictures. */
export function seenOf(scene, frame, k) {
  const n = countSeen(scene, seenPart(frame));
  return { n, dense: isLarge(scene) && n > DENSE_VIEW, near: n > 0 && n < MOST && k > PICTURES_FROM };
}

/** What a surface needs to know beside the scene. top: of createTop, at k = 1. */
export const lookOf = (scene, frame, { k, dense, ratio, top }) => ({
  frame,
  ratio,
  dense,
  radius: radiusAt(k, isLarge(scene)),
  top: Math.max(FAINTEST_TOP, top / k ** 2),
});
