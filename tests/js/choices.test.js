// What a page starts from, and what is posted.
import assert from "node:assert/strict";
import { test } from "node:test";

import { beside, fittingTarget, knownOf, methodFor, modelsFor, sharedClasses, spread } from "../../static/js/lib/choices.js";
import { apartSentences, changedModels } from "../../static/js/lib/made-with.js";
import * as features from "../../static/js/features/answered.js";
import { methodsApart, standsApart } from "../../static/js/visualize/answered.js";
import { columnsOfRuns } from "../../static/js/visualize/compare.js";
import { BLANK, obstacle, requestOf } from "../../static/js/visualize/request.js";
import { placed } from "../../static/js/widgets/upload-drop.js";
import * as views from "../../static/js/views/answered.js";

const model = (id, more = {}) => ({ id, status: "ready", class_names: ["cat", "dog"], ...more });

test("images are spread evenly, each once, also where there are fewer than wanted", () => {
  assert.deepEqual(spread(12, 3), [2, 6, 10]);
  assert.deepEqual(spread(2), [0, 1]);
  assert.deepEqual(spread(0), []);
});

test("models that have the dataset's labels come first, all where none has", () => {
  const models = [model("m1"), model("m2"), model("m3", { status: "loading" })];
  assert.deepEqual(modelsFor({ fits: ["m2", "m3"] }, models), ["m2"]);
  assert.deepEqual(modelsFor({ fits: [] }, models), ["m1", "m2"]);
});

test("a class that no chosen model has makes way for the predicted one", () => {
  const models = [model("m1"), model("m2", { class_names: ["0"], borrowed: { d1: { class_names: ["ant"] } } })];
  assert.equal(fittingTarget("dog", ["m1"], models, "d1"), "dog");
  assert.equal(fittingTarget("ant", ["m2"], models, "d1"), "ant");
  assert.equal(fittingTarget("ant", ["m2"], models, "d2"), "predicted");
  assert.deepEqual(beside(models, "d1")[1].class_names, ["ant"]);
});

test("a class that one of the models lacks is not offered, and makes way for the predicted one", () => {
  const models = [model("m1"), model("m2", { class_names: ["Dog", "n02124075_cat, tabby", "ant"] }), model("m3", { class_names: ["ant"] })];
  assert.deepEqual(sharedClasses(models.slice(0, 2)), ["cat", "dog"]);
  assert.deepEqual(sharedClasses(models), []);
  assert.deepEqual(sharedClasses([]), []);
  assert.equal(fittingTarget("dog", ["m1", "m2"], models, "d1"), "dog");
  assert.equal(fittingTarget("dog", ["m1", "m2", "m3"], models, "d1"), "predicted");
});

test("a method that the server lacks makes way for the usual one", () => {
  const known = [{ name: "gradient" }, { name: "lrp.epsilon" }];
  assert.equal(methodFor("gone", known), "lrp.epsilon");
  assert.equal(methodFor("gradient", known), "gradient");
  assert.equal(methodFor("gone", []), null);
  assert.equal(knownOf(["gone"], ["gradient"]), null);
});

test("one layer for all models is posted as a name, others by model", () => {
  const state = { ...BLANK, models: ["m1", "m2"], images: [1, 2], dropped: [2] };
  assert.equal(requestOf({ ...state, layers: { m1: "conv", m2: "conv" } }).layer, "conv");
  assert.deepEqual(requestOf({ ...state, layers: { m1: "conv" } }).layer, { m1: "conv" });
  assert.deepEqual(requestOf(state).images, [1]);
});

test("what stands in the way is said in the words of the next action", () => {
  const catalog = { models: [model("m1")], datasets: [] };
  const state = { ...BLANK, catalog };
  assert.equal(obstacle(state), "Open a dataset first.");
  assert.equal(obstacle({ ...state, dataset: "d1" }), "Choose at least one model.");
  assert.equal(obstacle({ ...state, dataset: "d1", models: ["m1"] }), "Choose at least one image.");
  assert.equal(obstacle({ ...state, dataset: "d1", models: ["m1"], images: [1], analyzer: "gradient" }), null);
});

test("maps of other settings are named, and those that are missing are counted", () => {
  const analyzers = [{ name: "gradient", runtimes: ["native"], fields: [] }, { name: "grad_cam", runtimes: ["native"], fields: [] }];
  const catalog = { analyzers, models: [model("m1")], datasets: [] };
  const state = { ...BLANK, catalog, dataset: "d1", models: ["m1"], images: [1, 2], analyzer: "gradient" };
  const request = { ...requestOf(state), class: "predicted", engine: "native" };
  const explanation = { request, models: [{ id: "m1" }] };
  assert.equal(standsApart({ ...state, explanation }), null);
  assert.match(standsApart({ ...state, analyzer: "grad_cam", explanation }).words, /^These are gradient maps\. Press Explain for grad_cam/);
  assert.equal(standsApart({ ...state, images: [1, 2, 5], explanation }).words, "1 image is not explained yet. Press Explain.");
  const fed = { ...state, catalog: { ...catalog, models: [model("m1", { preprocessing: { mode: "unit" } })] } };
  const before = { ...explanation, models: [{ id: "m1", preprocessing: { mode: "none" } }] };
  assert.match(standsApart({ ...fed, explanation: before }).words, /different settings \(preprocessing\)/);
});

test("maps of several methods and earlier runs say which of their models were changed since", () => {
  const fed = { mode: "unit" };
  const catalog = { analyzers: [], models: [model("m1", { name: "cnn", preprocessing: fed })], datasets: [] };
  const state = { ...BLANK, catalog, dataset: "d1", models: ["m1"] };
  const run = preprocessing => ({
    request: { ...requestOf(state), analyzer: "gradient", class: "predicted", engine: "native" },
    models: [{ id: "m1", preprocessing }],
  });
  const [earlier, now] = [run({ mode: "none" }), run(fed)];
  const sheets = explanation => new Map([["gradient", { explanation }], ["smoothgrad", { explanation }], ["lime", {}]]);
  assert.equal(methodsApart({ ...state, sheets: sheets(now) }), null);
  assert.equal(
    methodsApart({ ...state, sheets: sheets(earlier) }).words,
    "The preprocessing of cnn has changed since these maps were made. Press Explain to update them.",
  );
  const columns = columnsOfRuns(["a", "b"], new Map([["a", { explanation: earlier }], ["b", { explanation: now }]]), catalog);
  assert.deepEqual(columns.map(({ words }) => words), ["predicted class · native · earlier preprocessing of cnn", "predicted class · native"]);
});

test("a model that was changed since an answer is named with what was changed, and nothing else is", () => {
  const now = { ...model("m1"), name: "cnn", preprocessing: { mode: "unit", mean: null }, outputs: { kind: "softmax" }, by_hand: { d1: { kitty: 0 } } };
  const state = { catalog: { models: [now, { ...model("m2"), status: "loading" }] }, dataset: "d1" };
  const then = { id: "m1", preprocessing: { mean: null, mode: "unit" }, output_kind: "softmax", classes: ["cat"], by_hand: { kitty: 0 } };
  const changes = more => changedModels(state, [{ ...then, ...more }, { id: "m2", output_kind: "binary" }, { id: "gone" }]);
  assert.deepEqual(changes({}), []);
  assert.deepEqual(changedModels(state, [{ id: "m1" }]), []);
  assert.deepEqual(changes({ preprocessing: { mode: "none", mean: null } }), [{ name: "cnn", nouns: ["preprocessing"] }]);
  assert.deepEqual(changes({ output_kind: "logits", classes: ["dog"], by_hand: {} })[0].nouns, ["output kind", "class names", "label mapping"]);
});

test("the banner says what is chosen otherwise, what was changed since, and what to press", () => {
  const words = { made: "these scores were made", press: "Press Score to update them." };
  const changed = [{ name: "cnn", nouns: ["preprocessing"] }, { name: "mlp", nouns: ["preprocessing", "class names"] }];
  assert.equal(apartSentences([], [], words), null);
  assert.equal(apartSentences(["other models", "another layer"], [], words), "These scores were made with other models and another layer. Press Score to update them.");
  assert.equal(
    apartSentences([], changed, words),
    "The preprocessing of cnn and mlp has changed since these scores were made. The class names of mlp have changed since these scores were made. Press Score to update them.",
  );
});

test("a folder that all files came in is the dataset and no label", () => {
  const sent = (...given) => placed(given.map(path => ({ name: path.split("/").at(-1), webkitRelativePath: path.includes("/") ? path : "" })));
  assert.deepEqual(sent("pets/a.png"), { folder: "pets", paths: ["a.png"] });
  assert.deepEqual(sent("pets/cat/a.png", "pets/dog/b.png", "pets/c.png"), { folder: "pets", paths: ["cat/a.png", "dog/b.png", "c.png"] });
  assert.deepEqual(sent("cat/a.png", "dog/b.png"), { folder: "", paths: ["cat/a.png", "dog/b.png"] });
  assert.deepEqual(sent("cat/a.png", "b.png"), { folder: "", paths: ["cat/a.png", "b.png"] });
  assert.deepEqual(sent("a.png"), { folder: "", paths: ["a.png"] });
});

test("pictures of another model, layer or start are named, and features without a picture are counted", () => {
  const presets = [{ name: "plain", fields: [{ name: "step", default: 1 }] }];
  const catalog = { presets, models: [model("m1", { name: "one" }), model("m2", { name: "two" })], datasets: [] };
  const state = { catalog, model: "m1", kind: "class", index: [1, 0], layer: null, initial: "noise", seed: 0, preset: "plain", params: {} };
  const request = { ...state, index: [0, 1], layer: "out", params: { step: 1 }, dataset: null, image: 0 };
  const ascent = { model: { name: "one" }, request };
  const said = changes => features.standsApart({ ...state, ascent, posting: false, ...changes });
  assert.equal(said({}), null);
  assert.equal(said({ model: "m2", posting: true }), null);
  assert.deepEqual(said({ model: "m2" }), { wrong: true, words: "These pictures are of one. Press Maximise for two." });
  assert.match(said({ kind: "channel", layer: "conv" }).words, /are of classes\. Press Maximise for channels/);
  assert.match(said({ seed: 2, params: { step: 3 } }).words, /with other settings and another seed\./);
  assert.deepEqual(said({ index: [0, 4] }), { wrong: false, words: "1 class has no picture yet. Press Maximise." });
});

test("parts of another view or other images are wrong, those of other models are not, and both are said", () => {
  const field = { name: "classes", default: 5 };
  const catalog = { models: [], datasets: [], views: [{ name: "p", title: "Odds", fields: [field] }, { name: "o", title: "Holes", fields: [] }] };
  const state = { catalog, view: "p", models: ["m1"], dataset: "d", images: [3, 1], params: {}, posting: false };
  const shown = { view: "p", title: "Odds", dataset: "d", params: { classes: 5 }, images: [{ index: 1 }, { index: 3 }], models: [{ id: "m1" }] };
  const said = changes => views.standsApart({ ...state, shown, ...changes });
  assert.equal(said({}), null);
  assert.deepEqual(said({ view: "o", models: [] }), { wrong: true, words: "This is the view Odds. Press Show for Holes." });
  assert.deepEqual(said({ models: ["m1", "m2"] }), { wrong: false, words: "This was made with different models. Press Show for those chosen." });
  assert.equal(said({ params: { classes: 3 }, images: [1] }).words, "This was made with different settings and images. Press Show for those chosen.");
  assert.equal(said({ params: { classes: 3 } }).wrong, true);
});
