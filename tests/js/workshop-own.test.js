// Painting out: cells and boxes, what is asked of the server, the address.
import assert from "node:assert/strict";
import { test } from "node:test";

import { know } from "../../static/js/lib/address-names.js";
import { retrainLink } from "../../static/js/visualize/trust/region-dialog.js";
import { MOST_BOXES, SIDE, blank, boxed, boxesOf, brushed, cellsOf, share } from "../../static/js/workshop/own/cells.js";
import { addressed, choiceOf, isOfChoice, madeFor, ownerOf } from "../../static/js/workshop/own/choice.js";
import { BLANK, obstacle, regionsOf, requestOf } from "../../static/js/workshop/own/request.js";
import { curveOf } from "../../static/js/workshop/own/running.js";
import { asked, read, write } from "../../static/js/workshop/own/url.js";

const MODEL = { id: "m1", name: "net", status: "ready", sha256: "0123456789abcdef" };
const IMAGES = { id: "d1", name: "sky", status: "ready", fingerprint: "abcdef0123456789", class_names: ["a", "b"], n: 9 };
const UPPER = [[0, 0, 1, 0.5]];
const stateOf = more => ({ ...BLANK, models: [MODEL], datasets: [IMAGES], model: "m1", dataset: "d1", image: 3, ...more });

test("boxes cover exactly the painted cells", () => {
  let cells = brushed(blank(), [10, 12], 7, 1);
  cells = boxed(cells, [20, 3], [25, 30], 1);
  cells = brushed(cells, [22, 9], 3, 0);
  const boxes = boxesOf(cells);
  assert.ok(boxes.length <= MOST_BOXES);
  assert.deepEqual(cellsOf(boxes), cells);
  const area = boxes.reduce((sum, [left, top, right, bottom]) => sum + (right - left) * (bottom - top), 0);
  assert.ok(Math.abs(area - share(cells)) < 1e-9, "no cell twice");
});

test("an empty part has no box, a whole one has one", () => {
  assert.deepEqual(boxesOf(blank()), []);
  assert.deepEqual(boxesOf(blank().fill(1)), [[0, 0, 1, 1]]);
});

test("a ragged part is made coarser, never longer than the server takes", () => {
  const ragged = Uint8Array.from({ length: SIDE * SIDE }, (_, place) => (Math.floor(place / SIDE) + place) % 2);
  const boxes = boxesOf(ragged);
  assert.ok(boxes.length <= MOST_BOXES && boxes.length > 0);
});

test("a brush stays inside the picture and the eraser takes back", () => {
  const corner = brushed(blank(), [0, 0], 5, 1);
  assert.ok(share(corner) > 0);
  assert.deepEqual(brushed(corner, [0, 0], 9, 0), blank());
});

test("one part for all, parts by image, or what the sample set knows", () => {
  assert.equal(regionsOf(stateOf({})), null);
  assert.deepEqual(regionsOf(stateOf({ regions: { all: UPPER, 3: [[0, 0, 0.2, 0.2]] } })), UPPER);
  assert.deepEqual(regionsOf(stateOf({ spread: "painted", regions: { all: UPPER, 3: UPPER, 4: [] } })), { 3: UPPER });
  assert.equal(regionsOf(stateOf({ spread: "samples" })), "samples");
});

test("what is missing is said in the words of the next thing to do", () => {
  assert.equal(obstacle(stateOf({ models: [] })), "Add a model first.");
  assert.equal(obstacle(stateOf({ dataset: null })), "Choose the images.");
  assert.match(obstacle(stateOf({ datasets: [{ ...IMAGES, class_names: null }] })), /no labels/);
  assert.equal(obstacle(stateOf({ datasets: [{ ...IMAGES, fits: ["m2"] }] })), "No label of sky is a class of net.");
  assert.equal(obstacle(stateOf({})), "Paint what it should not use.");
  assert.equal(obstacle(stateOf({ regions: { all: UPPER } })), null);
});

test("a request has what was chosen, and null where the recommended is meant", () => {
  const request = requestOf(stateOf({ regions: { all: UPPER }, steps: 500 }), { seed: 2 });
  assert.deepEqual(request.regions, UPPER);
  assert.deepEqual([request.steps, request.seed, request.way, request.forget], [500, 2, null, null]);
});

test("the address holds it all", () => {
  know({ models: [MODEL], datasets: [IMAGES] });
  const state = stateOf({ spread: "painted", regions: { all: UPPER, 3: [[0.25, 0.25, 0.5, 0.5]] }, way: "both", strength: 0.1, forget: 1, steps: 1500, shown: "r-1" });
  const again = read(write(state));
  for (const name of ["model", "dataset", "image", "spread", "regions", "way", "strength", "forget", "steps", "shown"])
    assert.deepEqual(again[name], state[name], name);
});

test("Visualize leads here with model, image and what was drawn", () => {
  const link = new URL(retrainLink({ dataset: "d1", models: ["m1", "m2"] }, 7, UPPER), "http://x");
  assert.deepEqual(asked(link.search), { model: "m1", dataset: "d1", image: 7 });
  assert.deepEqual(read(link.hash).regions, { all: UPPER });
});

test("a curve has a point for each look, with the loss of just before", () => {
  const curve = { step: [5, 10], loss: [0.9, 0.4], looks: [{ step: 5, usual: 0.6, replaced: null }, { step: 10, usual: 0.9, replaced: 0.8 }] };
  const found = curveOf({ curve });
  assert.deepEqual([found.epoch, found.loss, found.held_accuracy], [[5, 10], [0.9, 0.4], [0.6, 0.8]]);
});

test("a result belongs to the model, images and painting that it was made for", () => {
  const retraining = { id: "r-1", model: { id: "m1", name: "net" }, dataset: "d1", examples: [{ index: 5 }] };
  const asked = stateOf({ regions: { all: UPPER }, retraining, shown: "r-1" });
  const made = madeFor(retraining, choiceOf(asked));
  const now = more => ({ ...asked, made, ...more });
  assert.ok(isOfChoice(now({})) && isOfChoice(now({ image: 4, seed: 2 })));
  assert.equal(addressed(now({})).shown, "r-1");
  const others = [{ model: "m2" }, { dataset: "d2" }, { regions: { all: [[0, 0, 1, 0.4]] } }, { spread: "samples" }];
  for (const other of others) {
    assert.equal(isOfChoice(now(other)), false);
    assert.equal(addressed(now(other)).shown, null, "a link restores one choice");
  }
  assert.equal(ownerOf(now({ model: "m2" })), "The last result belongs to net on sky.");
  assert.equal(ownerOf(now({ regions: {} })), "The last result belongs to net on sky, with another part painted.");
  assert.ok(addressed({ ...asked, retraining: null, made: null }).shown, "one that is still asked for stays");
});

test("an address that names a run alone has the model, images and a held-out image of the run", () => {
  const retraining = { model: { id: "m2" }, dataset: "d2", examples: [{ index: 5 }] };
  const made = madeFor(retraining, choiceOf(BLANK));
  assert.deepEqual([made.model, made.dataset, made.image], ["m2", "d2", 5]);
});
