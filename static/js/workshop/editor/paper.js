// What the drawing area shows: pixels, grid, marks with their signs, and the brush.
import { SIDE } from "../packing.js";
import { MARK_COLOURS } from "../pictures.js";

export const CELL = 14; // canvas pixels per pixel
export const SIZE = SIDE * CELL;

const rgb = (levels, opacity = 1) => `rgb(${levels.map(Math.round).join(" ")} / ${opacity})`;
const SIGN = { plus: "#fff", minus: "#241700" };

function pixels(ink, values) {
  ink.fillStyle = "#000";
  ink.fillRect(0, 0, SIZE, SIZE);
  values.forEach((value, place) => {
    if (value <= 0) return;
    ink.fillStyle = rgb([value, value, value]);
    ink.fillRect((place % SIDE) * CELL, Math.floor(place / SIDE) * CELL, CELL, CELL);
  });
}

function grid(ink) {
  for (let line = 1; line < SIDE; line += 1) {
    ink.fillStyle = line === SIDE / 2 ? rgb([255, 255, 255], 0.24) : rgb([128, 128, 128], 0.22);
    ink.fillRect(line * CELL, 0, 1, SIZE);
    ink.fillRect(0, line * CELL, SIZE, 1);
  }
}

/** A sign in each marked pixel: a colour alone would not be seen by all. */
function mark(ink, place, sort) {
  const [left, top] = [(place % SIDE) * CELL, Math.floor(place / SIDE) * CELL];
  ink.fillStyle = rgb(MARK_COLOURS[sort], 0.62);
  ink.fillRect(left, top, CELL, CELL);
  ink.fillStyle = SIGN[sort];
  ink.fillRect(left + 4, top + 6, 7, 2);
  if (sort === "plus") ink.fillRect(left + 6.5, top + 3.5, 2, 7);
}

function brush(ink, [row, column], wide) {
  const before = Math.floor((wide - 1) / 2);
  const box = [(column - before) * CELL, (row - before) * CELL, wide * CELL];
  ink.lineWidth = 3;
  ink.strokeStyle = "#000";
  ink.strokeRect(box[0] + 1, box[1] + 1, box[2] - 2, box[2] - 2);
  ink.lineWidth = 1.5;
  ink.strokeStyle = "#fff";
  ink.strokeRect(box[0] + 1, box[1] + 1, box[2] - 2, box[2] - 2);
}

/** pixels: 784 of 0 to 255; marks: of -1, 0, 1, or null; cell: of the brush, or null; picture: an image under it all. */
export function drawPaper(canvas, { pixels: values, marks, cell, wide, picture }) {
  const ink = canvas.getContext("2d");
  pixels(ink, values);
  if (picture?.complete && picture.naturalWidth) {
    ink.filter = "grayscale(1)";
    ink.drawImage(picture, 0, 0, SIZE, SIZE);
    ink.filter = "none";
  }
  grid(ink);
  marks?.forEach((value, place) => value && mark(ink, place, value > 0 ? "plus" : "minus"));
  if (cell) brush(ink, cell, wide);
}
