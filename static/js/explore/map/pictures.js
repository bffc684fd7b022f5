// Pictures at the points, when few enough are in view.
import { address } from "../../lib/api.js";

export const MOST = 190;
const MOST_KEPT = 1500;
const GAP = 5;

/** Side of a picture in pixels at a zoom. */
export const sideAt = k => Math.min(44, 27 + k * 1.3);

/** Of points [{row, X, Y}] in the order of their importance those whose pictures do not cover one another. */
export function uncovered(points, side) {
  const taken = new Map();
  const cell = side + GAP;
  const key = (column, line) => column * 65_536 + line;
  const free = ({ X, Y }, column, line) => {
    for (let left = column - 1; left <= column + 1; left += 1)
      for (let line_ = line - 1; line_ <= line + 1; line_ += 1)
        for (const other of taken.get(key(left, line_)) ?? [])
          if (Math.abs(other.X - X) < cell && Math.abs(other.Y - Y) < cell) return false;
    return true;
  };
  return points.filter(point => {
    const [column, line] = [Math.floor(point.X / cell), Math.floor(point.Y / cell)];
    if (!free(point, column, line)) return false;
    taken.set(key(column, line), [...(taken.get(key(column, line)) ?? []), point]);
    return true;
  });
}

/** Pictures of a dataset's images, loaded as they are asked for. loaded(): one more is there. */
export function createPictures(loaded) {
  const kept = new Map();
  function load(dataset, index, name) {
    const picture = new Image();
    picture.onload = loaded;
    picture.src = address.thumbnail(dataset, index);
    kept.set(name, picture);
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
    return picture;
  }
  return {
    /** The picture, or null while it is on its way. */
    of(dataset, index) {
      const name = `${dataset}/${index}`;
      const picture = kept.get(name) ?? load(dataset, index, name);
      return picture.complete && picture.naturalWidth ? picture : null;
    },
  };
}
