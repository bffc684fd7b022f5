// Boxes on images as values: how they are written in an address, drawn, moved by key. In shares of the image, 0 to 1.

const DIGITS = 1000;
export const SMALLEST = 0.02; // side of a box
const short = share => String(Math.round(share * DIGITS) / DIGITS);

const wellFormed = box =>
  box.length === 4 &&
  box.every(Number.isFinite) &&
  box.every(share => share >= 0 && share <= 1) &&
  box[0] < box[2] &&
  box[1] < box[3];

/** {3: [[.1, .2, .5, .6]]} <-> "3:.1_.2_.5_.6", several boxes joined by "+". */
export const regionsForm = {
  read: raw => {
    const images = raw
      .split(",")
      .filter(Boolean)
      .map(pair => pair.split(":"));
    const boxes = text =>
      text
        .split("+")
        .map(box => box.split("_").map(Number))
        .filter(wellFormed);
    return Object.fromEntries(images.filter(([index]) => /^\d+$/.test(index)).map(([index, text = ""]) => [index, boxes(text)]));
  },
  write: regions =>
    Object.entries(regions)
      .filter(([, boxes]) => boxes.length)
      .map(([index, boxes]) => `${index}:${boxes.map(box => box.map(short).join("_")).join("+")}`)
      .join(","),
};

const within = share => Math.min(1, Math.max(0, share));

/**
 * The box between two points, inside the image; null where it is too small to be meant.
 * @param {number[]} from
 * @param {number[]} to
 */
export function boxBetween(from, to) {
  const [[x, y], [other, below]] = [from, to];
  const box = [Math.min(x, other), Math.min(y, below), Math.max(x, other), Math.max(y, below)].map(within);
  return box[2] - box[0] < SMALLEST || box[3] - box[1] < SMALLEST ? null : box;
}

/**
 * Moved as a whole, and stopped by the edge.
 * @param {number[]} box
 */
export function moved(box, by_x, by_y) {
  const [left, top, right, bottom] = box;
  const x = Math.min(1 - right, Math.max(-left, by_x));
  const y = Math.min(1 - bottom, Math.max(-top, by_y));
  return [left + x, top + y, right + x, bottom + y];
}

/**
 * The lower right corner moved.
 * @param {number[]} box
 */
export function resized(box, by_x, by_y) {
  const [left, top, right, bottom] = box;
  return [left, top, Math.min(1, Math.max(left + SMALLEST, right + by_x)), Math.min(1, Math.max(top + SMALLEST, bottom + by_y))];
}
