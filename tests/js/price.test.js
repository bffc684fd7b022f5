// What a run is said to cost before it begins.
import assert from "node:assert/strict";
import { test } from "node:test";

import { learnPace, priceOf } from "../../static/js/visualize/price.js";

const catalog = { analyzers: [{ name: "gradient", passes: 2 }, { name: "occlusion", passes: 5 }, { name: "score_cam", passes: null }] };
const state = (analyzer, more = {}) => ({ catalog, analyzer, params: {}, ...more });
const ran = (analyzer, passes, seconds) => ({ request: { analyzer, models: ["m1"] }, passes, seconds });

test("many forward passes are said before anything has run, few are not", () => {
  const params = { positions: 20 };
  const costs = { params, passes: 401 };
  assert.equal(priceOf(state("occlusion", { params, costs }), ["m1"], 2, new Map()), "401 forward passes each");
  assert.equal(priceOf(state("gradient"), ["m1"], 2, new Map()), "the first map takes longest");
});

test("settings that are not checked yet have no price of other settings", () => {
  const costs = { params: { positions: 20 }, passes: 401 };
  assert.equal(priceOf(state("occlusion", { params: { positions: 5 }, costs }), ["m1"], 2, new Map()), "the first map takes longest");
  assert.equal(priceOf(state("occlusion", { costs }), ["m1"], 2, new Map()), "the first map takes longest");
});

test("a finished run of any method tells how long a pass takes under these models, and of no others", () => {
  const pace = new Map();
  learnPace(pace, ran("gradient", 2, 0.4), 4); // 0.05 s a pass
  const params = { positions: 20 };
  const occlusion = state("occlusion", { params, costs: { params, passes: 401 } });
  assert.equal(priceOf(occlusion, ["m1"], 2, pace), "401 forward passes each, about 40 s");
  assert.equal(priceOf(occlusion, ["m2"], 2, pace), "401 forward passes each");
  assert.equal(priceOf(state("gradient"), ["m1"], 10, pace), "about 1.0 s");
});

test("a method whose passes depend on the model is known by its own maps", () => {
  const pace = new Map();
  learnPace(pace, ran("score_cam", null, 6), 2);
  assert.equal(priceOf(state("score_cam"), ["m1"], 4, pace), "about 12 s");
  assert.equal(priceOf(state("gradient"), ["m1"], 4, pace), "the first map takes longest");
});
