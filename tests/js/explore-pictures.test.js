// The confusion and one image of Explore: where pictures lie on the wall, how deep a mistake is shaded, curves of features.
import assert from "node:assert/strict";
import { test } from "node:test";

import { brief, mostOf, shade } from "../../static/js/explore/confusion/ramp.js";
import {
  GAP,
  MOST_TILES,
  SIDES_PX,
  columnsFor,
  columnsIn,
  held,
  inTile,
  leastSize,
  placeOf,
  positionAt,
  positionsOf,
  scrolled,
  seenOf,
  sideFor,
  tilesOf,
  zoomed,
} from "../../static/js/explore/confusion/tiles.js";
import { HIGH, WIDE, extentOf, waveArea, wavePath } from "../../static/js/explore/image/wave.js";

test("pictures lie in a tile row by row", () => {
  assert.deepEqual(SIDES_PX.map(columnsIn), [16, 8, 5]);
  assert.deepEqual(placeOf(0, 64), { tile: 0, x: 0, y: 0 });
  assert.deepEqual(placeOf(9, 64), { tile: 0, x: 64, y: 64 });
  assert.deepEqual(placeOf(64, 64), { tile: 1, x: 0, y: 0 });
  assert.deepEqual(placeOf(26, 96), { tile: 1, x: 96, y: 0 });
});

test("what is seen are the pictures on the plane, the last line as long as it is", () => {
  const wall = { n: 23, columns: 5, size: 60 };
  const view = { k: 1, x: 8, y: 8 };
  assert.deepEqual(positionsOf(wall, seenOf(wall, view, 340, 130)), [...Array(10).keys()]);
  assert.deepEqual(positionsOf(wall, seenOf(wall, { ...view, y: -4 * 64 }, 340, 130)), [20, 21, 22]);
  assert.deepEqual(positionsOf(wall, seenOf(wall, { k: 4, x: -260, y: -260 }, 250, 250)), [6]);
});

test("a screen never needs more than 24 tiles, however far it is zoomed", () => {
  for (const [width, height] of [[360, 400], [600, 500], [1400, 800], [2500, 1300]])
    for (const size of [leastSize(width, height), 64, 150])
      for (const ratio of [1, 2]) {
        const wall = { n: 1_000_000, size, columns: columnsFor(width, size) };
        for (const k of [1, 3, 12]) {
          const view = held(wall, { k, x: -width, y: -1e6 }, width, height);
          const positions = positionsOf(wall, seenOf(wall, view, width, height));
          const side_px = sideFor(positions, size * k * ratio);
          assert.ok(positions.length > 0);
          assert.ok(tilesOf(positions, side_px).length <= MOST_TILES, `${width} ${size} ${k} ${ratio}`);
        }
      }
});

test("tiles are no larger than what is drawn needs", () => {
  assert.equal(sideFor([0, 1], 22), 32);
  assert.equal(sideFor([0, 1], 40), 64);
  assert.equal(sideFor([0, 1], 500), 96);
  const many = Array.from({ length: MOST_TILES * inTile(96) + 1 }, (_, j) => j);
  assert.equal(sideFor(many, 90), 64);
});

test("a zoom keeps what lies below the pointer", () => {
  const wall = { n: 1000, columns: 10, size: 50 };
  const before = { k: 1, x: 8, y: -300 };
  const after = zoomed(before, 2, 200, 120, [0.2, 12]);
  assert.equal(after.k, 2);
  assert.equal(positionAt(wall, before, 200, 120), positionAt(wall, after, 200, 120));
  assert.equal(zoomed(before, 100, 0, 0, [0.2, 12]).k, 12);
  assert.equal(zoomed(before, 0.001, 0, 0, [0.2, 12]).k, 0.2);
});

test("a point between nothing and the last picture is no picture", () => {
  const wall = { n: 23, columns: 5, size: 60 };
  const view = { k: 1, x: 8, y: 8 };
  assert.equal(positionAt(wall, view, 10, 10), 0);
  assert.equal(positionAt(wall, view, 8 + 3 * 64 + 5, 8 + 4 * 64 + 5), -1);
  assert.equal(positionAt(wall, view, 2, 10), -1);
  assert.equal(positionAt(wall, view, 8 + 5 * 64 + 5, 10), -1);
});

test("the wall is never out of sight, and its end is the end of the scroll bar", () => {
  const wall = { n: 1_000_000, size: 40, columns: columnsFor(600, 40) };
  const end = held(wall, { k: 1, x: 0, y: -Infinity }, 600, 500);
  const last = Math.ceil(wall.n / wall.columns) * (wall.size + GAP);
  assert.equal(Math.round(end.y + last + GAP), 500);
  assert.equal(Math.round(1000 * scrolled(wall, end, 500).at), 1000);
  assert.equal(held(wall, { k: 1, x: 0, y: 900 }, 600, 500).y, 2 * GAP);
  assert.equal(scrolled({ n: 3, size: 40, columns: 3 }, { k: 1, x: 0, y: 8 }, 500).way, 0);
});

test("a mistake is shaded by the root of its count, by its logarithm where counts are large", () => {
  assert.deepEqual([0, 1, 9, 25, 100].map(n => shade(n, 100)), [0, 1, 2, 2, 4]);
  assert.deepEqual([1, 1000, 100_000].map(n => shade(n, 100_000)), [1, 3, 4]);
  assert.equal(shade(0, 0), 0);
});

test("the deepest mistake is the largest count of what is not the same class on both sides", () => {
  assert.equal(mostOf([[90, 3], [7, 80]], [[true, false], [false, true]]), 7);
  assert.equal(mostOf([[90, 3], [7, 80]], [[false, false], [true, false]]), 90);
  assert.equal(mostOf([], []), 0);
});

test("a count fits into its cell", () => {
  assert.deepEqual([31, 9999, 12_345, 3_400_000].map(brief), ["31", "9\u202f999", "12k", "3M"]);
});

test("curves share one scale and stay inside of it", () => {
  const extent = extentOf([[0, 2, 1], [-2, 0, 4]]);
  assert.deepEqual(extent, [-2, 4]);
  assert.equal(wavePath([-2, 4], extent), `M0 38L${WIDE} 2`);
  assert.ok(waveArea([0, 1], extent).endsWith(`L${WIDE} 38L0 38z`));
  assert.ok(HIGH >= 40);
});

test("a flat, a short or a broken curve is drawn without a number that is none", () => {
  for (const wave of [[3, 3, 3], [1], [], [1, NaN, 2, 3]])
    assert.ok(!/NaN|Infinity/.test(wavePath(wave, extentOf([wave]))), String(wave));
  assert.equal(wavePath([0, NaN, 1, 1], [0, 1]), `M0 38M100 2L${WIDE} 2`);
});
