// Suggest: whether what is shown is what is asked for. Which method is named below the picker.
import assert from "node:assert/strict";
import { test } from "node:test";

import { suggestions } from "../../static/js/widgets/suggested.js";

globalThis.location = { hash: "" };
globalThis.sessionStorage = { getItem: () => null, setItem: () => {} };
const { apartWords, matches } = await import("../../static/js/suggest/request.js");

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

const fed = (id, mode) => ({ id, name: id, preprocessing: { mode }, outputs: { kind: "softmax" }, explained_layer: "logits" });
const scored = (id, mode) => ({ id, preprocessing: { mode }, output_kind: "softmax" });
const scores = {
  catalog: { models: [fed("m1", "unit"), fed("m2", "unit")] },
  ...{ dataset: "d1", models: ["m1", "m2"], layers: {}, posting: false },
  suggestion: { dataset: { id: "d1" }, models: [scored("m1", "unit"), scored("m2", "unit")], layers: { m1: "logits", m2: "logits" } },
};

test("scores are those asked for only of the same models and layers, fed as they are fed now", () => {
  assert.ok(matches(scores));
  assert.equal(apartWords(scores), null);
  const old = { ...scores, suggestion: { ...scores.suggestion, models: [scored("m1", "none"), scored("m2", "unit")] } };
  assert.ok(!matches(old));
  assert.equal(apartWords(old), "The preprocessing of m1 has changed since these scores were made. Press Score to update them.");
  assert.equal(apartWords({ ...scores, models: ["m1"] }), "These scores were made with other models. Press Score to update them.");
  assert.match(apartWords({ ...scores, layers: { m2: "conv" } }), /with another layer\./);
});

test("the usual layer is another one where scores are of a chosen layer", () => {
  const chosen = { ...scores, suggestion: { ...scores.suggestion, layers: { m1: "conv", m2: "logits" } } };
  assert.ok(!matches(chosen));
  assert.ok(matches({ ...chosen, layers: { m1: "conv" } }));
});

const evidence = await import("../../static/js/suggest/evidence/request.js");
const ranked = {
  catalog: {
    models: [fed("m1", "unit"), fed("m2", "unit")],
    datasets: [{ id: "d1", n: 3 }],
    analyzers: [{ name: "lrp.epsilon", fields: [{ name: "epsilon", default: 1 }] }, { name: "smoothgrad", fields: [] }],
  },
  ...{ dataset: "d1", models: ["m1", "m2"], analyzer: "lrp.epsilon", params: {}, measure: "spearman", scope: "all" },
  basket: { dataset: "d1", images: [2, 0] },
  rankPosting: false,
  ranking: {
    ...{ dataset: "d1", n_images: 3, images: [0, 1, 2], analyzer: "lrp.epsilon", params: { epsilon: 1 }, measure: "spearman" },
    models: [scored("m1", "unit"), scored("m2", "unit")],
  },
};

test("a list by evidence says what else is chosen by now", () => {
  const words = (more, ranking = {}) => evidence.apartWords({ ...ranked, ...more, ranking: { ...ranked.ranking, ...ranking } });
  assert.equal(words({}), null);
  assert.equal(words({ models: ["m1", "m2", "m3"], rankPosting: true }), null);
  const changes = { models: ["m1"], analyzer: "smoothgrad", measure: "iou" };
  assert.equal(words(changes), "This list was made with other models, another method and another measure. Press Rank for a new one.");
  assert.match(words({ params: { epsilon: 2 } }), /with other settings\./);
  assert.match(words({}, { models: [scored("m1", "none"), scored("m2", "unit")] }), /^The preprocessing of m1 has changed since this list was made\./);
});

test("a selection is other images than the whole dataset, and than another selection", () => {
  const words = (images, more = {}) => evidence.apartWords({ ...ranked, scope: "selection", ranking: { ...ranked.ranking, images, n_images: 2, ...more } });
  assert.equal(words([0, 2]), null);
  assert.match(words([0, 1]), /with other images\./);
  assert.match(words([0, 1, 2], { n_images: 3 }), /with other images\./);
  assert.equal(words(null), null);
});
