import assert from "node:assert/strict";
import test from "node:test";

import { cellPicture, cellsOf, fullest, strengthOf } from "../../static/js/explore/map/drawing/density.js";
import { onRamp, paletteOf, toneColour } from "../../static/js/explore/map/drawing/palette.js";
import { classTone, colouringOf, lossPlace, strengthsOf } from "../../static/js/explore/map/colours.js";
import { gridOf, nearest, within } from "../../static/js/explore/map/grid.js";
import { apart, labelPlaces } from "../../static/js/explore/map/labels.js";
import { boxOf, inside, thinned } from "../../static/js/explore/map/lasso.js";
import { isolated, listed, toggled } from "../../static/js/explore/map/legend.js";
import { uncovered } from "../../static/js/explore/map/pictures.js";
import { WHOLE, frameOf, moved, seenPart, toMap, toScreen, zoomed } from "../../static/js/explore/map/view.js";
import { wishOf } from "../../static/js/explore/map/wish.js";
import { rowsOf } from "../../static/js/explore/selection.js";

/** Numbers in [0, 1) that are the same in every run. */
function drawn(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** n places, some of them nowhere. */
function scattered(n, seed) {
  const next = drawn(seed);
  const points = Float32Array.from({ length: 2 * n }, () => 2 * next() - 1);
  for (let row = 0; row < n; row += 17) points[2 * row] = points[2 * row + 1] = NaN;
  return points;
}

const INKS = {
  hues: Array.from({ length: 10 }, (_, hue) => [hue * 20, 10, 200]),
  steps: [
    [0, 0, 0],
    [90, 90, 90],
    [180, 180, 180],
    [255, 255, 255],
  ],
  none: [1, 2, 3],
  bad: [200, 0, 0],
  paper: [255, 255, 255],
};
const SIZE = { width: 600, height: 400 };
const close = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

test("what lies under the pointer stays there while zooming, and a place goes to the screen and back", () => {
  const view = zoomed(moved(WHOLE, 30, -20, SIZE), 3, SIZE, 100, 80);
  const before = toMap(frameOf(view, SIZE), 400, 90);
  const after = toMap(frameOf(zoomed(view, 1.7, SIZE, 400, 90), SIZE), 400, 90);
  before.forEach((value, axis) => close(value, after[axis]));
  toScreen(frameOf(view, SIZE), ...before).forEach((value, axis) => close(value, [400, 90][axis]));
  const { x0, x1, y0, y1 } = seenPart(frameOf(WHOLE, SIZE));
  assert.ok(x0 < -1 && x1 > 1 && y0 < -1 && y1 > 1);
});

test("moving by pixels moves places by them, y upwards", () => {
  const [before, after] = [WHOLE, moved(WHOLE, 12, 7, SIZE)].map(view => toScreen(frameOf(view, SIZE), 0.2, 0.3));
  close(after[0] - before[0], 12);
  close(after[1] - before[1], 7);
});

/** The even-odd rule, word by word as the server has it. */
function heldByAll(points, polygon) {
  const rows = [];
  for (let row = 0; 2 * row < points.length; row += 1) {
    const [x, y] = [points[2 * row], points[2 * row + 1]];
    let held = false;
    polygon.forEach(([x0, y0], corner) => {
      const [x1, y1] = polygon[(corner + 1) % polygon.length];
      if (y0 !== y1 && y0 > y !== y1 > y && x < ((x1 - x0) * (y - y0)) / (y1 - y0) + x0) held = !held;
    });
    if (held && Number.isFinite(x) && Number.isFinite(y)) rows.push(row);
  }
  return rows;
}

test("a lasso holds what the rule holds without a raster, for any polygon that crosses itself", () => {
  const points = scattered(3000, 5);
  for (let seed = 1; seed <= 12; seed += 1) {
    const next = drawn(seed);
    const polygon = Array.from({ length: 3 + seed * 4 }, () => [2 * next() - 1, 2 * next() - 1]);
    assert.deepEqual(rowsOf(inside(points, polygon)), heldByAll(points, polygon), `polygon ${seed}`);
  }
});

test("edges along the axes and points upon them are decided as the rule says", () => {
  const lattice = Array.from({ length: 41 * 41 }, (_, k) => [(k % 41) / 20 - 1, Math.floor(k / 41) / 20 - 1]);
  const points = Float32Array.from([...lattice.flat(), ...scattered(2000, 7)]);
  for (let seed = 1; seed <= 40; seed += 1) {
    const next = drawn(seed);
    const corner = () => Math.round(8 * next()) / 4 - 1;
    const polygon = Array.from({ length: 3 + (seed % 12) }, () => [corner(), corner()]);
    assert.deepEqual(rowsOf(inside(points, polygon)), heldByAll(points, polygon), `polygon ${seed}`);
  }
});

test("corners on points, flat edges, lines and too few corners are decided as the rule says", () => {
  const points = Float32Array.from([0, 0, 0.5, 0, 0.5, 0.5, 0, 0.5, 0.25, 0.25, NaN, 0.2]);
  const square = boxOf([0, 0], [0.5, 0.5]);
  assert.deepEqual(rowsOf(inside(points, square)), heldByAll(points, square));
  assert.ok(rowsOf(inside(points, square)).includes(4));
  for (const polygon of [
    [],
    [[0, 0]],
    [
      [0, 0],
      [1, 1],
    ],
    [
      [0, 0.1],
      [1, 0.1],
      [0.5, 0.1],
    ],
  ])
    // prettier-ignore
    assert.deepEqual(rowsOf(inside(points, polygon)), []);
});

test("a lasso leaves out rows that are not drawn, and a thinned path keeps its far corners", () => {
  const points = Float32Array.from([0, 0, 0.1, 0.1, 0.2, 0.2]);
  assert.deepEqual(rowsOf(inside(points, boxOf([-1, -1], [1, 1]), row => row !== 1)), [0, 2]);
  assert.deepEqual(thinned([[0, 0], [1, 0], [3, 0], [3.5, 0], [9, 0]], 2), [[0, 0], [3, 0], [9, 0]]); // prettier-ignore
});

test("the nearest point is that of a search over all, within the radius only", () => {
  const points = scattered(4000, 9);
  const grid = gridOf(points);
  const next = drawn(3);
  for (let turn = 0; turn < 200; turn += 1) {
    const [x, y] = [2.4 * next() - 1.2, 2.4 * next() - 1.2];
    const radius = turn % 3 ? 0.02 : 0.4;
    let [best, least] = [-1, radius * radius];
    for (let row = 0; row < 4000; row += 1) {
      const distance = (points[2 * row] - x) ** 2 + (points[2 * row + 1] - y) ** 2;
      if (row % 5 && distance < least) [best, least] = [row, distance];
    }
    assert.equal(
      nearest(grid, x, y, radius, row => row % 5 > 0),
      best,
    );
  }
});

test("rows in view are counted, and listed up to a number", () => {
  const points = scattered(2000, 4);
  const part = { x0: -0.3, x1: 0.2, y0: 0, y1: 0.6 };
  const all = Array.from({ length: 2000 }, (_, row) => row).filter(row => {
    const [x, y] = [points[2 * row], points[2 * row + 1]];
    return x >= -0.3 && x <= 0.2 && y >= 0 && y <= 0.6;
  });
  assert.deepEqual(
    within(gridOf(points), part, 5000).rows.sort((a, b) => a - b),
    all,
  );
  const { rows, n } = within(gridOf(points), part, 10);
  assert.equal(rows.length, 10);
  assert.equal(n, all.length);
});

test("classes have a group each with its count, unknown ones the last", () => {
  const column = { name: "label", kind: "class", title: "label", values: ["cat", "dog", "owl"] };
  const { codes, groups, none } = colouringOf(column, Int32Array.from([1, 0, 1, -1]));
  assert.deepEqual([...codes], [1, 0, 1, 3]);
  assert.equal(none, 3);
  assert.deepEqual(groups.map(({ name, n }) => [name, n]), [["cat", 1], ["dog", 2], ["no label", 1]]); // prettier-ignore
});

test("a thousand classes have tones of their own hue and lightness; classes beyond the names are named by number", () => {
  const column = { name: "label", kind: "class", title: "label", values: ["a"] };
  const { groups } = colouringOf(column, Int32Array.from([0, 1200]));
  assert.deepEqual(
    groups.map(({ name }) => name),
    ["a", "class 1200"],
  );
  assert.deepEqual([classTone(3, 10), classTone(13, 20)], [{ hue: 3, lift: 0 }, { hue: 3, lift: 1 }]); // prettier-ignore
  const tones = new Set(Array.from({ length: 1000 }, (_, code) => JSON.stringify(classTone(code, 1000))));
  assert.equal(tones.size, 40);
});

test("flags say right and wrong with the model's letter; wrong is drawn as a cross", () => {
  const found = colouringOf({ name: "B.right", kind: "flag", title: "right" }, Int8Array.from([1, 0, -1, 0]), "B");
  assert.deepEqual([...found.codes], [0, 1, 2, 1]);
  assert.equal(found.cross, 1);
  assert.deepEqual(found.groups.map(({ name, n }) => [name, n]), [["B right", 1], ["B wrong", 2], ["not known", 1]]); // prettier-ignore
});

test("losses lie on a logarithmic ramp, missing ones beside it, and stand out by the same place", () => {
  const losses = Float32Array.from([0, 1e-3, 0.1, 6.3, 1e6, NaN]);
  const { codes, none, ramp } = colouringOf({ name: "A.loss", kind: "number", title: "loss" }, losses, "A");
  assert.equal(codes[0], 0);
  assert.ok(codes[1] < codes[2] && codes[2] < codes[3]);
  assert.equal(codes[4], 63);
  assert.equal(codes[5], none);
  assert.equal(ramp.title, "Loss of A");
  assert.deepEqual(
    [...strengthsOf(losses)],
    [...losses].map(loss => Math.round(255 * lossPlace(loss))),
  );
  assert.equal(strengthsOf(losses)[5], 0);
});

test("numbers without a scale of their own go from the least to the most; answers are groups", () => {
  const { codes, ramp } = colouringOf({ name: "size", kind: "number", title: "size" }, Float32Array.from([-2, 0, 2]));
  assert.deepEqual([...codes], [0, 32, 63]);
  assert.deepEqual([ramp.low, ramp.high], ["−2", "2"]);
  const found = colouringOf({ name: "disagreement", kind: "number", title: "x" }, Float32Array.from([1, 3, NaN, 1]));
  assert.deepEqual(found.groups.map(({ name, n }) => [name, n]), [["one answer", 2], ["three answers", 1], ["not known", 1]]); // prettier-ignore
});

test("a palette has each code's colour, and none of a hidden one", () => {
  const column = { name: "label", kind: "class", title: "label", values: ["cat", "dog"] };
  const bytes = paletteOf(colouringOf(column, Int32Array.from([0, 1, -1])), INKS, new Set([1]));
  assert.deepEqual([...bytes.subarray(0, 12)], [0, 10, 200, 255, 20, 10, 200, 0, 1, 2, 3, 255]);
  assert.deepEqual(onRamp(INKS.steps, 0.5), [135, 135, 135]);
  assert.deepEqual([onRamp(INKS.steps, 0), onRamp(INKS.steps, 1)], [INKS.steps[0], INKS.steps[3]]);
  assert.deepEqual([toneColour(INKS, null), toneColour(INKS, { wrong: true })], [INKS.none, INKS.bad]);
});

test("density counts what is drawn per cell of the screen and mixes its colours", () => {
  const scene = {
    points: Float32Array.from([0, 0, 0, 0, 0, 0, NaN, NaN, 5, 5]),
    codes: Uint16Array.from([0, 1, 2, 0, 0]),
    palette: Uint8Array.from([100, 0, 0, 255, 0, 100, 0, 255, 9, 9, 9, 0]),
  };
  const cells = cellsOf(scene, frameOf(WHOLE, SIZE));
  const at = cells.sums.findIndex((n, place) => place % 4 === 3 && n > 0) >> 2;
  assert.equal(fullest(cells), 2);
  assert.equal(
    cells.sums.reduce((sum, n, place) => sum + (place % 4 === 3 ? n : 0), 0),
    2,
  );
  assert.deepEqual([at % cells.columns, Math.floor(at / cells.columns)], [150, 100]);
  const picture = cellPicture(cells, 2);
  assert.deepEqual([...picture.subarray(4 * at, 4 * at + 4)], [50, 50, 0, 255]);
  assert.equal(fullest(cellsOf({ ...scene, chosen: Uint8Array.from([1, 0, 1, 1, 1]) }, frameOf(WHOLE, SIZE), true)), 1);
  assert.ok(strengthOf(1, 1000) < strengthOf(10, 1000) && strengthOf(0, 1000) === 0 && strengthOf(1000, 1000) === 1);
});

test("a class is named where most of it lies, not between its parts", () => {
  const next = drawn(2);
  const place = row => (row < 60 ? [0.5, 0.5] : [-0.5, -0.5]).map(value => value + 0.04 * next());
  const points = Float32Array.from(Array.from({ length: 100 }, (_, row) => place(row)).flat());
  points[0] = NaN;
  const column = { name: "label", kind: "class", title: "label", values: ["cat"] };
  const [label] = labelPlaces(points, colouringOf(column, new Int32Array(100)));
  assert.equal(label.text, "cat");
  assert.ok(Math.hypot(label.x - 0.52, label.y - 0.52) < 0.03);
  assert.deepEqual(
    labelPlaces(points, colouringOf({ name: "A.loss", kind: "number", title: "" }, new Float32Array(100))),
    [],
  );
});

test("a class of which hardly a dot is there is told from one that a name can lie on", () => {
  const points = Float32Array.from([...Array.from({ length: 20 }, () => 0.5), -0.5, -0.5]);
  const codes = Int32Array.from([...Array.from({ length: 10 }, () => 0), 1]);
  const column = { name: "label", kind: "class", title: "label", values: ["cat", "dog"] };
  const [cat, dog] = labelPlaces(points, colouringOf(column, codes));
  assert.deepEqual([cat.text, cat.sparse, dog.text, dog.sparse], ["cat", false, "dog", true]);
});

test("names are pushed apart and stay within the map", () => {
  const labels = ["one", "two", "three"].map(text => ({ text, X: 2, Y: 100 }));
  const put = apart(labels, SIZE, text => 8 * text.length);
  assert.equal(put.length, 3);
  put.forEach((label, place) => {
    assert.ok(label.X - label.wide / 2 >= 0);
    for (const other of put.slice(0, place)) assert.ok(Math.abs(other.Y - label.Y) >= 16);
  });
});

test("pictures do not cover one another, the first has its place", () => {
  const next = drawn(8);
  const points = Array.from({ length: 150 }, (_, row) => ({ row, X: 500 * next(), Y: 400 * next() }));
  const put = uncovered(points, 30);
  assert.equal(put[0], points[0]);
  for (const one of put)
    for (const other of put)
      assert.ok(one === other || Math.abs(one.X - other.X) >= 35 || Math.abs(one.Y - other.Y) >= 35);
  for (const point of points)
    assert.ok(put.some(one => Math.abs(one.X - point.X) < 35 && Math.abs(one.Y - point.Y) < 35));
});

test("a press hides or shows, a double press isolates and a second one shows all", () => {
  assert.deepEqual(toggled([], ["cat"]), ["cat"]);
  assert.deepEqual(toggled(["cat", "dog"], ["cat"]), ["dog"]);
  assert.deepEqual(isolated([], ["cat"], ["cat", "dog", "owl"]), ["dog", "owl"]);
  assert.deepEqual(isolated(["owl", "dog"], ["cat"], ["cat", "dog", "owl"]), []);
});

test("of many classes the largest are listed and all others are one entry", () => {
  const groups = Array.from({ length: 60 }, (_, code) => ({
    code,
    n: code,
    name: `c${code}`,
    tone: { hue: 0, lift: 0 },
  }));
  const shown = listed(groups);
  assert.equal(shown[0].name, "c59");
  assert.equal(shown.flatMap(({ names }) => names).length, 60);
  assert.equal(shown.at(-1).name, "48 others");
});

test("a map is wished of the pixels on the left, of a model that is there on the right", () => {
  const exploration = { models: [{ id: "m1" }, { id: "m2" }], dataset: { n: 50 } };
  assert.equal(wishOf(exploration, null, "left").of, "pixels");
  const asked = { right: { of: "m2", method: "pca", seed: 3 } };
  assert.deepEqual({ ...wishOf(exploration, asked, "right"), ...asked.right }, wishOf(exploration, asked, "right"));
  assert.equal(wishOf(exploration, { right: { of: "gone" } }, "right").of, "m1");
});
