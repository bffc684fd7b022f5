// Where a map's places lie on the screen. A view is {k, x, y}: k times the whole map, with the place (x, y) in the middle.

export const WHOLE = Object.freeze({ k: 1, x: 0, y: 0 });
const MARGIN = 0.9;
const SMALLEST = 0.6;
const LARGEST = 2000;

const held = (value, low, high) => Math.max(low, Math.min(high, value));

/** Pixels: X = left + x * scale, Y = top - y * scale. */
export function frameOf({ k, x, y }, { width, height }) {
  const scale = (Math.min(width, height) / 2) * MARGIN * k;
  return { scale, left: width / 2 - x * scale, top: height / 2 + y * scale, width, height };
}

export const toScreen = (frame, x, y) => [frame.left + x * frame.scale, frame.top - y * frame.scale];
export const toMap = (frame, X, Y) => [(X - frame.left) / frame.scale, (frame.top - Y) / frame.scale];

/** The part of the map that is seen, as places. */
export function seenPart(frame) {
  const [x0, y1] = toMap(frame, 0, 0);
  const [x1, y0] = toMap(frame, frame.width, frame.height);
  return { x0, y0, x1, y1 };
}

/** `times` larger; what lies at the pixel (X, Y) stays there. */
export function zoomed(view, times, size, X = size.width / 2, Y = size.height / 2) {
  const k = held(view.k * times, SMALLEST, LARGEST);
  const [x, y] = toMap(frameOf(view, size), X, Y);
  const { scale } = frameOf({ ...view, k }, size);
  return { k, ...middle(x - (X - size.width / 2) / scale, y + (Y - size.height / 2) / scale) };
}

/** Moved by pixels, as if by hand. */
export function moved(view, dX, dY, size) {
  const { scale } = frameOf(view, size);
  return { k: view.k, ...middle(view.x - dX / scale, view.y + dY / scale) };
}

/** The map never leaves the screen altogether. */
const middle = (x, y) => ({ x: held(x, -1.1, 1.1), y: held(y, -1.1, 1.1) });
