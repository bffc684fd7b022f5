// Boxes on images as values: how they are written in an address, drawn, moved by key. In shares of the image, 0 to 1.

import { regionsForm } from "../../lib/boxes.js";

export { regionsForm };

export const SMALLEST = 0.02; // side of a box

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
