// The request of the Workshop as a value, and the whole of it in the address.
import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.location = { hash: "" };
globalThis.sessionStorage = { getItem: () => null, setItem: () => {} };
const { BLANK, chosenNames, classOf, firstState, marksOf, obstacle, requestOf, stateOf, toggled } = await import(
  "../../static/js/workshop/request.js"
);
const { read, write } = await import("../../static/js/workshop/url.js");
const { PIXELS, drawingOf, packed, packedDrawing, packedIndices, packedMarks, unpacked, unpackedIndices, unpackedMarks } =
  await import("../../static/js/workshop/packing.js");

const even = value => new Array(PIXELS).fill(value);
const some = (value, ...places) => even(0).map((_, place) => (places.includes(place) ? value : 0));
const tile = (id, noise = false) => ({ id, label: id.replace("_", " "), noise, pixels: even(9) });
const options = { tiles: [tile("box"), tile("vertical_line"), tile("horizontal_line"), tile("noise", true)], limits: { classes: 4 } };
const house = { name: "my house", pixels: some(255, 0, 9, 783) };
const digits = { name: "nought", dataset: "d7", images: [0, 1, 2, 8] };
const state = { ...BLANK, options, own: [house, digits] };

test("a drawing and marks come back from their text bit by bit", () => {
  const random = Array.from({ length: PIXELS }, (_, place) => (place * 7919) % 5 < 2);
  assert.deepEqual(unpacked(packed(random)).map(Boolean), random);
  assert.deepEqual(drawingOf(packedDrawing(house.pixels)), house.pixels);
  const marks = Array.from({ length: PIXELS }, (_, place) => (place % 3) - 1);
  assert.deepEqual(unpackedMarks(packedMarks(marks)), marks);
  assert.match(packed(random), /^[\w-]+$/);
  assert.throws(() => unpacked(packed(random).slice(0, -3)), RangeError);
});

test("indices are ranges where they follow one another", () => {
  assert.equal(packedIndices([0, 1, 2, 7, 9, 10]), "0-2.7.9-10");
  assert.deepEqual(unpackedIndices("0-2.7.9-10"), [0, 1, 2, 7, 9, 10]);
  for (const text of ["", "3-1", "a", "0-99999"]) assert.throws(() => unpackedIndices(text), RangeError);
});

test("the address holds the whole choice", () => {
  const whole = {
    ...state,
    chosen: ["vertical_line", "my house", "nought"],
    marks: { "my house": some(-1, 5, 6), vertical_line: some(1, 400) },
    way: "filling",
    strength: 10,
    model: "cnn",
    initial: "blurred",
    step_size: 0.01,
    epochs: 250,
    seed: 42,
    seeds: 5,
    show: "change",
    open: ["w-1"],
    difference: ["w-1", "w-2"],
    tour: 2,
  };
  const found = read(write(whole));
  for (const field of Object.keys(found)) assert.deepEqual(found[field], whole[field], field);
  assert.deepEqual(Object.keys(found).toSorted(), Object.keys(BLANK).filter(field => field !== "file").toSorted());
});

test("an address without classes says that none are chosen, a cut drawing is left out", () => {
  assert.deepEqual(read(write({ ...state, chosen: [] })).chosen, []);
  assert.equal(read("#own=house:AAAA&seed=3").own, undefined);
  assert.equal(read("#own=house:AAAA&seed=3").seed, 3);
});

test("images of an earlier run are named by it", () => {
  const own = [{ name: "nought", dataset: null, images: null, run: "w-9" }];
  assert.deepEqual(read(write({ ...state, own })).own, [{ name: "nought", run: "w-9" }]);
  const runs = [{ id: "w-9", classes: [{ name: "nought", pixels: even(3) }] }];
  assert.deepEqual(classOf({ ...state, own, runs }, "nought").pixels, even(3));
});

test("classes are posted in the order of the tiles, whatever was clicked first", () => {
  const chosen = ["nought", "horizontal_line", "box"];
  assert.deepEqual(chosenNames({ ...state, chosen }), ["box", "horizontal_line", "nought"]);
  assert.deepEqual(requestOf({ ...state, chosen }).classes, [{ tile: "box" }, { tile: "horizontal_line" }, digits]);
  assert.deepEqual(toggled({ chosen }, "box"), ["nought", "horizontal_line"]);
});

test("marks of a class that is not chosen wait, and without marks there is no way of using them", () => {
  const marks = { box: some(1, 3), "my house": even(0) };
  assert.deepEqual(marksOf({ ...state, marks }), {});
  assert.equal(requestOf({ ...state, marks }).way, "none");
  const chosen = ["box", "my house"];
  assert.deepEqual(Object.keys(requestOf({ ...state, marks, chosen }).marks), ["box"]);
  assert.equal(requestOf({ ...state, marks, chosen }).way, "filling");
});

test("a run's request fills the panel again, and adds its drawings to those that are there", () => {
  const request = requestOf({ ...state, chosen: ["box", "my house"], epochs: 150, model: "cnn" });
  const again = stateOf({ ...request, way: "penalty" }, { own: [digits], way: "both" });
  assert.deepEqual(again.own, [digits, house]);
  assert.deepEqual(requestOf({ ...state, ...again }).classes, request.classes);
  assert.deepEqual([again.epochs, again.model, again.way], [150, "cnn", "penalty"]);
  assert.equal(stateOf({ ...request, way: "none" }, { own: [], way: "filling" }).way, "filling");
});

test("what prevents a run is said as the next action", () => {
  assert.match(obstacle({ ...state, chosen: [] }), /^Choose at least two/);
  assert.match(obstacle({ ...state, chosen: ["box"] }), /^One more/);
  assert.match(obstacle({ ...state, chosen: ["box", "gone"] }), /^One more/);
  assert.equal(obstacle(state), null);
  assert.equal(obstacle({ ...state, model: "file" }), "Choose the Keras file.");
  const all = [...options.tiles.map(({ id }) => id), "my house"];
  assert.equal(obstacle({ ...state, chosen: all }), "Choose at most 4 classes.");
});

test("a first visit has the defaults and the drawings of this browser, an address has its own", () => {
  const defaults = { ...options, defaults: { epochs: 200, way: "penalty" } };
  location.hash = "";
  const first = firstState(defaults, [house]);
  assert.deepEqual([first.epochs, first.way, first.own], [200, "penalty", [house]]);
  location.hash = write({ ...BLANK, own: [{ ...house, pixels: some(255, 1) }], epochs: 50 });
  const sent = firstState(defaults, [house]);
  assert.deepEqual([sent.epochs, sent.own.length, sent.own[0].pixels[1]], [50, 1, 255]);
  location.hash = "";
});
