// The request of Explore as a value: what maps and colours fall back on, and what the address says of them.
import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.location = { hash: "" };
globalThis.sessionStorage = { getItem: () => null, setItem: () => {} };
const { apartWords, arrival, colourThrough, firstState, fittingColour, fittingMaps, lettersNote, matches, nextColour, requestOf } = await import("../../static/js/explore/request.js");
const { read, write } = await import("../../static/js/explore/url.js");
const { roughly, sortedCurve, wrongOf } = await import("../../static/js/explore/fact-tile.js");

const PLAIN = { dataset: "d1", models: [], layers: {}, view: "map", maps: {}, colour: "label", hiddenClasses: [], tray: "closed" };
const colours = ["label", "A.prediction", "A.loss", "B.prediction"].map(name => ({ name }));
const exploration = { id: "x", dataset: { id: "d1", n: 10 }, models: [{ id: "m1" }, { id: "m2" }], colours };

test("a map of a model that is not explored becomes one of the first", () => {
  const maps = fittingMaps({ maps: { right: { of: "m9", method: "pca" } }, models: ["m1"] }, 100);
  assert.equal(maps.left.of, "pixels");
  assert.deepEqual([maps.right.of, maps.right.method], ["m1", "pca"]);
  assert.equal(fittingMaps({ maps: {}, models: ["m1"] }, 20_001).left.method, "pca");
});

test("a colouring that is not there becomes the first, and the same question goes to another model", () => {
  assert.equal(fittingColour("C.loss", exploration), "label");
  assert.equal(nextColour("trust", exploration), "label");
  assert.equal(colourThrough("A.loss", "B", exploration), "B.prediction");
  assert.equal(colourThrough("label", "B", exploration), "B.prediction");
});

test("another exploration forgets the image, the first one keeps what the address names where it exists", () => {
  const state = { exploration: null, image: 3, maps: {}, colour: "label" };
  assert.equal(arrival(state, exploration).image, 3);
  assert.equal(arrival({ ...state, image: 10 }, exploration).image, null);
  assert.equal(arrival({ ...state, exploration: { ...exploration, id: "y" } }, exploration).image, null);
});

test("what names a model by its letter names the same model in an exploration of others", () => {
  const state = {
    ...{ exploration, image: null, maps: {}, colour: "B.loss", sort: "B.loss", order: "desc", columns: ["index", "A.loss", "B.loss"] },
    query: 'b.loss > 1 and label = "A.loss" and disagreement > 0',
  };
  const others = ids => ({ ...exploration, id: "y", models: ids.map(id => ({ id })), colours: [...colours, { name: "C.loss" }] });
  const after = ids => {
    const { query, sort, order, columns, colour } = { ...state, ...arrival(state, others(ids)) };
    return { query, sort, order, columns, colour };
  };
  const query = 'A.loss > 1 and label = "A.loss" and disagreement > 0';
  assert.deepEqual(after(["m2"]), { query, sort: "A.loss", order: "desc", columns: ["index", "A.loss"], colour: "A.loss" });
  assert.deepEqual([after(["m3", "m1", "m2"]).query, after(["m3", "m1", "m2"]).colour], [state.query.replace("b.", "C."), "C.loss"]);
  assert.deepEqual(after(["m1"]), { query: "", sort: null, order: null, columns: ["index", "A.loss"], colour: "label" });
  assert.equal(arrival({ ...state, columns: ["B.loss"] }, others(["m1"])).columns, null);
  assert.equal("query" in arrival(state, exploration), false);
});

test("an address of models of which one is not open names the others as it meant them", () => {
  location.hash = write({ ...PLAIN, models: ["m1", "m2", "m3"], query: "B.right", sort: "A.loss", order: "asc" });
  const models = ["m2", "m3"].map(id => ({ id, name: id, status: "ready" }));
  const first = firstState({ models, datasets: [{ id: "d1", status: "ready" }] }, { dataset: null });
  location.hash = "";
  assert.deepEqual([first.models, first.query, first.sort, first.order], [["m2", "m3"], "A.right", null, null]);
});

test("what is shown is what is asked for only with the same layers", () => {
  const state = { catalog: { models: [] }, exploration, dataset: "d1", models: ["m1", "m2"], layers: {} };
  const asked = JSON.stringify(requestOf(state));
  assert.ok(matches({ ...state, asked }));
  assert.ok(!matches({ ...state, asked, layers: { m1: "dense" } }));
});

test("predictions of another request, or of a model that was changed since, are said to be so", () => {
  const now = { id: "m1", name: "cnn", preprocessing: { mode: "unit" }, outputs: { kind: "softmax" }, class_names: [] };
  const then = { id: "m1", preprocessing: { mode: "none" }, output_kind: "softmax" };
  const base = { catalog: { models: [now] }, dataset: "d1", models: ["m1"], layers: {}, posting: false };
  const state = { ...base, asked: JSON.stringify(requestOf(base)), exploration: { ...exploration, models: [then] } };
  assert.ok(!matches(state));
  assert.equal(apartWords(state), "The preprocessing of cnn has changed since these predictions were made. Press Explore to update them.");
  assert.equal(apartWords({ ...state, posting: true }), null);
  const fresh = { ...state, exploration: { ...exploration, models: [{ ...then, preprocessing: { mode: "unit" } }] } };
  assert.ok(matches(fresh));
  assert.match(apartWords({ ...fresh, models: ["m1", "m2"] }), /^These predictions were made with other models\. Press Explore/);
  assert.match(apartWords({ ...fresh, layers: { m1: "dense" } }), /with another layer\./);
});

test("an address comes back as the state it was written of", () => {
  const map = { of: "pixels", method: "tsne", perplexity: 12, neighbours: 15, seed: 3 };
  const state = {
    ...{ dataset: "d1", models: ["m1"], layers: { m1: "dense:1" }, view: "confusion", colour: "A.loss", standout: true },
    ...{ maps: { left: map, right: { ...map, of: "m1" } }, query: 'label = "a,b:c"', sort: "A.loss", order: "desc", tray: "rows" },
    ...{ cell: { rows: "label", columns: "m1", row: "a:b", column: "é" }, image: 0, hiddenClasses: ["a,b"], run: "x-1" },
  };
  assert.deepEqual(read(write(state)), state);
});

test("nothing and all are said only where it is so", () => {
  assert.deepEqual([0, 0.001, 0.5, 0.9968, 1].map(roughly), ["0 %", "0.1 %", "50 %", "99.7 %", "100 %"]);
  assert.equal(wrongOf('a"b', "B"), 'label = "a\\"b" and not B.right');
});

test("the curve of many classes is sorted and ends at the best", () => {
  const curve = sortedCurve(Array.from({ length: 1000 }, (_, k) => ({ right: ((k * 37) % 1000) / 999 })), 50);
  assert.equal(curve.length, 50);
  assert.deepEqual([curve[0], curve.at(-1)], [0, 1]);
  assert.deepEqual(curve, [...curve].sort((a, b) => a - b));
});

test("letters that differ from those of other pages are named, and nothing is said of others", () => {
  const catalog = { models: [{ id: "m1", letter: "A", name: "cnn" }, { id: "m2", letter: "B", name: "mlp" }, { id: "m3", letter: "C", name: "vit" }] };
  assert.equal(lettersNote({ catalog, models: ["m1", "m2"] }), "");
  assert.equal(lettersNote({ catalog, models: [] }), "");
  assert.equal(lettersNote({ catalog, models: ["m1", "m3"] }), "These letters are for queries on this page. Other pages call vit C.");
  assert.equal(lettersNote({ catalog, models: ["m2", "m1"] }), "These letters are for queries on this page. Other pages call mlp B, cnn A.");
});
