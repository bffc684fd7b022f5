// Which method is named below the picker, for the networks that are chosen.
import assert from "node:assert/strict";
import { test } from "node:test";

import { suggestions } from "../../static/js/widgets/suggested.js";

const suggested = (method, family) => ({ method, family, reason: "" });
const catalog = {
  models: [
    { id: "m1", suggested: suggested("guided_grad_cam", "inverted bottleneck") },
    { id: "m2", suggested: suggested("guided_grad_cam", "inverted bottleneck") },
    { id: "m3", suggested: suggested("grad_cam", "VGG-like") },
    { id: "m4", suggested: null },
  ],
};

test("networks of one kind are named once", () => {
  assert.deepEqual(suggestions({ catalog, models: ["m1", "m2"] }), [["guided_grad_cam", "inverted bottleneck"]]);
});

test("different kinds are named each, unknown ones not", () => {
  const found = suggestions({ catalog, models: ["m3", "m1", "m4", "gone"] });
  assert.deepEqual(found.map(([method]) => method), ["grad_cam", "guided_grad_cam"]);
  assert.deepEqual(suggestions({ catalog, models: ["m4"] }), []);
});
