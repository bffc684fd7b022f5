// Strokes of the editor, and what a drawing, its name and marks have to be.
import assert from "node:assert/strict";
import { test } from "node:test";

import { PIXELS, SIDE } from "../../static/js/workshop/packing.js";
import { Strokes, between, blank, covered, merged, moved, painted } from "../../static/js/workshop/editor/strokes.js";
import { drawingProblem, freeName, marksProblem, nameProblem } from "../../static/js/workshop/editor/rules.js";
import { withDrawing, withoutClass } from "../../static/js/workshop/editor/draw-class.js";

const at = (row, column) => row * SIDE + column;

test("a brush covers a square of its width, and stays inside", () => {
  assert.deepEqual(covered([3, 4], 1, "off"), [at(3, 4)]);
  assert.deepEqual(covered([3, 4], 2, "off").toSorted(), [at(3, 4), at(3, 5), at(4, 4), at(4, 5)].toSorted());
  assert.equal(covered([3, 4], 5, "off").length, 25);
  assert.equal(covered([0, 0], 5, "off").length, 9);
  assert.equal(covered([27, 27], 2, "off").length, 1);
});

test("a mirror paints the other side, too, and a pixel on its own mirror image once", () => {
  assert.deepEqual(covered([3, 4], 1, "sides"), [at(3, 4), at(3, 23)]);
  assert.deepEqual(covered([3, 4], 1, "updown"), [at(3, 4), at(24, 4)]);
  const [plain, mirrored] = ["off", "sides"].map(mirror => new Set(covered([10, 13], 3, mirror)));
  const twin = new Set([...plain].flatMap(place => [place, at(Math.floor(place / SIDE), SIDE - 1 - (place % SIDE))]));
  assert.deepEqual(mirrored, twin);
});

test("a quick stroke has no gap, in any direction", () => {
  for (const to of [[20, 7], [3, 27], [11, 0], [0, 12], [10, 10]]) {
    const cells = [[10, 10], ...between([10, 10], to)];
    assert.deepEqual(cells.at(-1), to);
    for (const [place, [row, column]] of cells.slice(1).entries()) {
      const [last_row, last_column] = cells[place];
      assert.equal(Math.max(Math.abs(row - last_row), Math.abs(column - last_column)), 1);
    }
  }
});

test("the arrows stop at the edge", () => {
  assert.deepEqual(moved([0, 27], [-1, 1]), [0, 27]);
  assert.deepEqual(moved([5, 5], [1, 0]), [6, 5]);
});

test("each stroke is undone by itself, down to the beginning", () => {
  const sheet = new Strokes(blank());
  for (const place of [3, 4]) {
    sheet.keep();
    sheet.values = painted(sheet.values, [place], 255);
  }
  assert.ok(sheet.undo() && sheet.values[3] === 255 && sheet.values[4] === 0);
  assert.ok(sheet.undo() && sheet.values.every(value => value === 0));
  assert.ok(!sheet.undo() && !sheet.isChanged);
});

test("a tile is added to what is there", () => {
  assert.deepEqual(merged([0, 255, 9], [255, 0, 200]), [255, 255, 200]);
});

const others = [{ name: "box", label: "box", noise: false, pixels: painted(blank(), [1, 2], 255) }];

test("an empty drawing, a white one and one that is there already are refused in a sentence", () => {
  assert.match(drawingProblem(blank(), others), /^The drawing is empty/);
  assert.match(drawingProblem(new Array(PIXELS).fill(255), others), /white everywhere/);
  assert.match(drawingProblem(painted(blank(), [1, 2], 255), others), /same as box/);
  assert.equal(drawingProblem(painted(blank(), [1], 255), others), null);
});

test("a name is there, short and not taken", () => {
  assert.match(nameProblem("", others), /^Expected a name/);
  assert.match(nameProblem("x".repeat(81), others), /81/);
  assert.match(nameProblem("Box", others), /already/);
  assert.equal(nameProblem("house", others), null);
  assert.equal(freeName("box", others), "box 2");
  assert.equal(freeName("house", others), "house");
});

test("marks leave something to look at", () => {
  assert.match(marksProblem(new Array(PIXELS).fill(-1), "box"), /nothing is left/);
  assert.match(marksProblem(new Array(PIXELS).fill(1), "box"), /leaves nothing out/);
  assert.equal(marksProblem(painted(new Array(PIXELS).fill(-1), [0], 0), "box"), null);
});

test("a changed drawing keeps its place, its choice and its marks; a new one is chosen", () => {
  const state = { own: [{ name: "a" }, { name: "b" }], chosen: ["box", "a"], marks: { a: [1], box: [1] } };
  const changed = withDrawing(state, "a", { name: "c" });
  assert.deepEqual(changed, { own: [{ name: "c" }, { name: "b" }], chosen: ["box", "c"], marks: { box: [1], c: [1] } });
  assert.deepEqual(withDrawing(state, null, { name: "d" }).chosen, ["box", "a", "d"]);
  assert.deepEqual(withoutClass(state, "a"), { own: [{ name: "b" }], chosen: ["box"], marks: { box: [1] } });
});
