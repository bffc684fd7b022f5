// The marks of a plot: where keys lead, what a press asks for, what is drawn as chosen.
import assert from "node:assert/strict";
import { test } from "node:test";

import { leftOut, lookAt, placesOf, stepTo, wordsOf } from "../../static/js/plots/marks.js";

const BINS = { low: [0, 1, 2], high: [1, 2, 3], count: [5, 0, 1200], label: undefined };
const DOTS = { x: [10, 30, 20], y: [1.1, 1.2, 2.0], index: [7, 8, 9] };
const CELLS = { low: [0, 50], high: [50, 100], row: [1, 2], count: [3, 4] };

test("bins are walked from left to right and not beyond the ends", () => {
  assert.equal(stepTo(BINS, null, "ArrowRight"), 0);
  assert.equal(stepTo(BINS, 0, "ArrowLeft"), 0);
  assert.equal(stepTo(BINS, 1, "End"), 2);
  assert.equal(stepTo({ low: [] }, null, "ArrowRight"), null);
});

test("dots are walked within their row, and up to the nearest of the next", () => {
  assert.equal(stepTo(DOTS, 0, "ArrowRight"), 1);
  assert.equal(stepTo(DOTS, 1, "ArrowUp"), 2);
  assert.equal(stepTo(DOTS, 2, "ArrowUp"), 2);
});

test("a press means a bin, images, or a cell whose end belongs to the next one", () => {
  assert.deepEqual(lookAt("layer", BINS, [2]), { plot: "layer", bin: 2 });
  assert.deepEqual(lookAt("scatter", DOTS, [0, 2]), { plot: "scatter", rows: [7, 9] });
  const { box } = lookAt("scatter", CELLS, [0]);
  assert.ok(box[1] < 50 && box[1] > 49.999);
  assert.deepEqual(placesOf("scatter", CELLS, { plot: "scatter", box }), [0]);
  assert.deepEqual(placesOf("layer", BINS, { plot: "scatter", bin: 1 }), []);
});

test("a bin and a cell are said in words; a dot is an image", () => {
  assert.equal(wordsOf(BINS, 2), "1\u202f200 images");
  assert.equal(wordsOf(CELLS, 0), "3 images · 0.0–50.0 % · all agree");
  assert.equal(wordsOf(DOTS, 0), null);
});

test("a plot says of how many images it shows nothing", () => {
  assert.equal(leftOut({ n_left_out: 12 }), "12 images have no value that could be drawn.");
  assert.equal(leftOut({ n_left_out: 1 }), "1 image has no value that could be drawn.");
  assert.equal(leftOut({ n_left_out: 0 }), "");
  assert.equal(leftOut({}), "");
});
