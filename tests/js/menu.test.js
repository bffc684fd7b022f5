// Where a menu opens: below its button, or above it where there is no room.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { placeUnder } from "../../static/js/shell/menu.js";

const HEIGHT = 800;

const WIDTH = 390;

beforeEach(() => Object.assign(globalThis, { innerHeight: HEIGHT, innerWidth: WIDTH }));
afterEach(() => ["innerHeight", "innerWidth"].forEach(name => Reflect.deleteProperty(globalThis, name)));

/** A menu of this height under a button that begins at `top` and is 30 pixels high -> its style. */
function placed(height, top, left = 350, ...side) {
  const given = {};
  const style = { setProperty: (name, value) => (given[name] = value), removeProperty: name => delete given[name] };
  const box = { top, bottom: top + 30, left, right: left + 30 };
  placeUnder({ style, offsetHeight: height, offsetWidth: 340 }, { getBoundingClientRect: () => box }, ...side);
  return given;
}

test("a menu opens below its button and ends inside the window", () => {
  assert.deepEqual(placed(300, 100), { top: "136px", bottom: "auto", left: "40px", "max-height": "min(70dvh, 656px)" });
});

test("where there is no room below it opens above", () => {
  assert.deepEqual(placed(300, 700), { top: "auto", bottom: "106px", left: "40px", "max-height": "min(70dvh, 686px)" });
  assert.equal(placed(60, 700).top, "auto");
  assert.equal(placed(40, 700).top, "736px");
});

test("a button that is scrolled out below the window has its menu inside", () => {
  assert.equal(placed(300, 900).bottom, "6px");
});

test("one that fits nowhere takes the larger side and scrolls", () => {
  assert.deepEqual(placed(700, 300), { top: "336px", bottom: "auto", left: "40px", "max-height": "min(70dvh, 456px)" });
});

test("it ends at the side of its button, or begins there, and stays inside the window", () => {
  assert.equal(placed(300, 100, 20).left, "8px");
  assert.equal(placed(300, 100, 20, "left").left, "20px");
  assert.equal(placed(300, 100, 200, "left").left, "42px");
});
