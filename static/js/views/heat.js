// Colours of numbers, and what a view's part loads once: colour tables and pictures.
import { get } from "../lib/api.js";
import { h } from "../lib/dom.js";

let tables = null;

/** All colour tables of the server, asked for once. */
export const colours = () => (tables ??= get("/colormaps"));

/** A picture that is there when the promise is. */
export function picture(src) {
  const image = new Image();
  image.src = src;
  return image.decode().then(() => image);
}

/** (R, C) numbers as a canvas of one pixel each; null is left empty. */
export function tile(values, [low, high], table) {
  const canvas = h("canvas", { width: values[0].length, height: values.length });
  const pixels = new ImageData(canvas.width, canvas.height);
  values.flat().forEach((value, place) => {
    if (value === null) return;
    const share = Math.max(0, Math.min(1, (value - low) / (high - low)));
    pixels.data.set([...table[Math.round(share * 255)], 255], place * 4);
  });
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  return canvas;
}

/** The colours from their first to their last, with what the ends are. */
export function legend(table, [low, high], words) {
  const bar = h("canvas", { width: 256, height: 1, "aria-hidden": "true" });
  const pixels = new ImageData(256, 1);
  table.forEach((colour, place) => pixels.data.set([...colour, 255], place * 4));
  bar.getContext("2d").putImageData(pixels, 0, 0);
  const end = (value, word) => h("span", {}, h("b", { class: "num" }, String(value)), word ? ` · ${word}` : "");
  return h("p", { class: "heat-legend small" }, end(low, words[0]), bar, end(high, words[1]));
}
