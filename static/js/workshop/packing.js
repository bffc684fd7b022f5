// Drawings and marks as short texts: one bit per pixel, in the alphabet that an address may hold unescaped.

export const SIDE = 28; // pixels
export const PIXELS = SIDE * SIDE;

const toText = bytes =>
  btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const toBytes = text => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), letter => letter.charCodeAt(0));

/** Which pixels are on -> 131 letters. */
export function packed(on) {
  const bytes = new Uint8Array(PIXELS / 8);
  on.forEach((value, place) => {
    if (value) bytes[place >> 3] |= 128 >> (place & 7);
  });
  return toText(bytes);
}

/** -> PIXELS values of 0 or 1. Throws a RangeError where the text was cut. */
export function unpacked(text) {
  const bytes = toBytes(text);
  if (bytes.length !== PIXELS / 8) throw new RangeError("not 28 by 28 pixels");
  return Array.from({ length: PIXELS }, (_, place) => (bytes[place >> 3] >> (7 - (place & 7))) & 1);
}

/** Marks of +1, -1 and 0: what is looked at, a dot, what is not. */
export const packedMarks = marks => `${packed(marks.map(mark => mark > 0))}.${packed(marks.map(mark => mark < 0))}`;

export function unpackedMarks(text) {
  const [plus, minus] = text.split(".").map(unpacked);
  return plus.map((on, place) => on - minus[place]);
}

/** Indices in ascending order, neighbours as a range: [0, 1, 2, 7] -> "0-2.7". */
export function packedIndices(indices) {
  const ranges = [];
  for (const index of indices) {
    const last = ranges.at(-1);
    if (last && index === last[1] + 1) last[1] = index;
    else ranges.push([index, index]);
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(".");
}

/** Throws a RangeError where the text is none or names too many. */
export function unpackedIndices(text, most = 10_000) {
  return text.split(".").flatMap(part => {
    const [from, to = from] = part.split("-").map(Number);
    const n = to - from + 1;
    if (!part || !Number.isInteger(n) || n < 1 || n > most) throw new RangeError("no indices");
    return Array.from({ length: n }, (_, place) => from + place);
  });
}

/** A drawing of 0 and 255, as REST has pixels. */
export const drawingOf = text => unpacked(text).map(on => 255 * on);
export const packedDrawing = pixels => packed(pixels.map(value => value >= 128));
