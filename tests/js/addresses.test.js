// What stands behind the # of an address comes back as it was written, on every page; what is mistyped is left out.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import * as features from "../../static/js/features/url.js";
import { DATASETS, MODELS, know } from "../../static/js/lib/address-names.js";
import { explainLink } from "../../static/js/lib/links.js";
import * as suggest from "../../static/js/suggest/url.js";
import * as visualize from "../../static/js/visualize/url.js";
import { BLANK } from "../../static/js/visualize/request.js";

const A = { id: "m1", name: "a net, 2", status: "ready", sha256: "0123456789abcdef" };
const B = { id: "m2", name: "b:net", status: "ready", sha256: "fedcba9876543210" };
const IMAGES = { id: "d1", name: "cats & dogs", status: "ready", fingerprint: "abcdef0123456789" };

beforeEach(() => know({ models: [A, B], datasets: [IMAGES] }));

test("models and datasets are named by name and content, whatever their ids are by then", () => {
  const [model, dataset] = [MODELS.nameOf("m2"), DATASETS.nameOf("d1")];
  know({ models: [{ ...B, id: "m9" }], datasets: [{ ...IMAGES, id: "d7" }] });
  assert.equal(MODELS.idOf(model), "m9");
  assert.equal(DATASETS.idOf(dataset), "d7");
});

test("an id of an older address is taken as it is, and what is not open is missing by its name", () => {
  assert.equal(MODELS.idOf("m1"), "m1");
  assert.deepEqual(MODELS.missing("gone~0011223344aa").map(({ name }) => name), ["gone"]);
});

test("the view of Visualize comes back", () => {
  const state = {
    ...BLANK,
    models: ["m1", "m2"],
    dataset: "d1",
    images: [3, 700],
    analyzer: "lrp.epsilon",
    params: { epsilon: 1e-7, bias: true, name: "a&b=c" },
    target: "tabby, cat",
    layers: { m1: "block:1/conv" },
    softmax: true,
    view: "slide",
    image: 1,
    opacity: 0.4,
    colormap: "jet",
    clip: 99.5,
    size: 224,
  };
  const again = visualize.read(visualize.write(state));
  for (const [field, value] of Object.entries(again)) assert.deepEqual(value, state[field], field);
  assert.equal(Object.keys(again).length >= 13, true);
});

test("images that were taken out of the selection are not part of the link", () => {
  assert.deepEqual(visualize.read(visualize.write({ ...BLANK, images: [1, 2, 3], dropped: [2] })).images, [1, 3]);
});

test("a link to Visualize is what Visualize reads", () => {
  const link = explainLink({ dataset: "d1", images: [4, 5], models: ["m2"], analyzer: "gradient", params: { n: 3 } });
  const state = visualize.read(link.slice(link.indexOf("#")));
  assert.deepEqual(state, { models: ["m2"], dataset: "d1", images: [4, 5], analyzer: "gradient", params: { n: 3 }, go: true });
});

test("the view of Features comes back", () => {
  const state = { model: "m1", kind: "channel", index: [0, 12], layer: "conv 2", seed: 7, preset: "modern", params: { iterations: 9 } };
  for (const [field, value] of Object.entries(state)) assert.deepEqual(features.read(features.write(state))[field], value, field);
});

test("the view of Suggest comes back", () => {
  const state = { dataset: "d1", models: ["m1", "m2"], className: "cat, tabby", rule: "sqrt", page: 3, neuron: 5, show: ["scatter"] };
  const again = suggest.read(suggest.write({ layers: {}, views: {}, tables: [], params: {}, ...state }));
  for (const [field, value] of Object.entries(state)) assert.deepEqual(again[field], value, field);
});

for (const [name, read] of Object.entries({ visualize: visualize.read, suggest: suggest.read, features: features.read }))
  test(`what is cut or mistyped in an address of ${name} is left out`, () => {
    for (const hash of ["#images=%E0%A4%A&page=x&view=", "#=&&==", "#p.a=%", "#neuron=-3&index=a,b,1"]) {
      const state = read(hash);
      assert.equal(JSON.stringify(state).includes("NaN"), false, hash);
    }
  });

test("an address of Suggest as it was written before still opens, its settings one piece of JSON", () => {
  const params = encodeURIComponent(JSON.stringify({ epsilon: 0.1, bias: false }));
  const state = suggest.read(`#dataset=d1&models=m1,m2&by=evidence&method=lrp.epsilon&params=${params}&measure=iou&images=selection`);
  assert.deepEqual(state.params, { epsilon: 0.1, bias: false });
  assert.deepEqual([state.analyzer, state.measure, state.scope, state.by], ["lrp.epsilon", "iou", "selection", "evidence"]);
  const again = suggest.write({ layers: {}, views: {}, tables: [], show: [], models: [], ...state });
  assert.equal(again.includes("p.epsilon=0.1") && again.includes("p.bias=false") && !again.includes("params="), true, again);
});

test("no plot at all is something that an address says", () => {
  const state = suggest.read(suggest.write({ dataset: "d1", models: [], layers: {}, views: {}, tables: [], show: [] }));
  assert.deepEqual(state.show, []);
});

test("a method without settings has none, whatever was set for another one", () => {
  assert.deepEqual(visualize.read("#method=gradient").params, {});
  assert.equal("params" in visualize.read("#dataset=d1"), false);
  assert.deepEqual(features.read("#preset=modern").params, {});
});
