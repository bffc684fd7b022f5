// 28 by 28 values as a canvas: training images in grey; grown pictures around their start, in grey or in blue and red.
import { h } from "../lib/dom.js";
import { SIDE } from "./packing.js";

const PAPER = 246; // of "no change"
const BRIGHTER = [190, 24, 30];
const DARKER = [28, 78, 190];
const STEEPNESS = 0.85;
const LEAST = 0.02; // the range of a picture that hardly changed
const SHARE = 0.9; // of the strongest pixel, which is full black or white then
export const MARK_COLOURS = { plus: [125, 115, 255], minus: [245, 166, 35] };
const MARK_SHARE = 0.6;

const within = (value, low, high) => Math.max(low, Math.min(high, value));
const even = level => [level, level, level];

/** A pixel of 0 to 255 as it is. */
const plain = value => even(within(value, 0, 255));
const grey = range => value => even(127.5 + 127.5 * within(value / range, -1, 1));

function change(range) {
  return value => {
    const x = within(value / range, -1, 1);
    const share = Math.abs(x) ** STEEPNESS;
    return (x > 0 ? BRIGHTER : DARKER).map(level => PAPER + (level - PAPER) * share);
  };
}

const LOOKS = { grey, change };

/** Each colour as a square of `scale` pixels: at sizes that are no multiple of 28 the squares stay even. */
function enlarged(colours, scale) {
  const side = SIDE * scale;
  const pixels = new Uint32Array(side * side);
  for (let row = 0; row < SIDE; row += 1) {
    const from = row * scale * side;
    for (let column = 0; column < SIDE; column += 1)
      pixels.fill(colours[row * SIDE + column], from + column * scale, from + (column + 1) * scale);
    for (let line = 1; line < scale; line += 1) pixels.copyWithin(from + line * side, from, from + side);
  }
  return pixels;
}

function paint(canvas, values, colourOf, scale) {
  const colours = new Uint8ClampedArray(4 * values.length).fill(255);
  values.forEach((value, place) => colours.set(colourOf(value, place), 4 * place));
  const pixels = enlarged(new Uint32Array(colours.buffer), scale);
  canvas.width = canvas.height = SIDE * scale;
  canvas.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), SIDE * scale), 0, 0);
  return canvas;
}

/** The colour of a pixel under a mark. */
function underMark(colour, mark) {
  if (!mark) return colour;
  const over = mark > 0 ? MARK_COLOURS.plus : MARK_COLOURS.minus;
  return colour.map((level, channel) => level + (over[channel] - level) * MARK_SHARE);
}

/**
 * pixels: 784 of 0 to 255. marks: shown over them.
 * @param {any} pixels
 * @param {{marks?: any, class?: string}} options
 */
export function tilePicture(pixels, { marks = null, ...attributes } = {}) {
  const canvas = h("canvas", { "aria-hidden": "true", ...attributes, class: `pic ${attributes.class ?? ""}` });
  return paint(canvas, pixels, (value, place) => underMark(plain(value), marks?.[place]), 3);
}

/** How far the last picture of a film is from its start, at its strongest pixel. */
export function rangeOf(frames) {
  const [first, last] = [frames[0], frames.at(-1)];
  return SHARE * last.reduce((most, value, place) => Math.max(most, Math.abs(value - first[place])), LEAST);
}

/** Paints a step of a film; after the last one the picture stays. look: grey or change. */
export function paintFrame(canvas, frames, step, look) {
  const shown = frames[within(step, 0, frames.length - 1)];
  const colourOf = LOOKS[look](rangeOf(frames));
  return paint(canvas, shown, (value, place) => colourOf(value - frames[0][place]), Number(canvas.dataset.scale));
}

/**
 * scale: canvas pixels per value, 1 where it is shown at a multiple of 28.
 * @param {any[]} frames
 * @param {number} step
 * @param {string} look
 * @param {{scale?: number, class?: string, [name: string]: any}} options
 */
export function grownPicture(frames, step, look, { scale = 1, ...attributes } = {}) {
  const given = { "aria-hidden": "true", "data-scale": scale, ...attributes, class: `grown ${attributes.class ?? ""}` };
  return paintFrame(h("canvas", given), frames, step, look);
}
