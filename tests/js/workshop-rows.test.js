// Rows of the Workshop: order, columns, films, means over networks, the difference of two, the tour's count.
import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.location = { hash: "" };
globalThis.sessionStorage = { getItem: () => null, setItem: () => {} };
const { columnsOf, ordered, placeOf, shownSteps } = await import("../../static/js/workshop/rows/columns.js");
const { lossTop, pathOf } = await import("../../static/js/workshop/rows/curve.js");
const { verdict } = await import("../../static/js/workshop/rows/behaviour.js");
const { createFilms, cut } = await import("../../static/js/workshop/films.js");
const summary = await import("../../static/js/workshop/summary.js");
const { likenesses, settingsChanged, verdictWords } = await import("../../static/js/workshop/compare/changes.js");
const { tickedWith } = await import("../../static/js/workshop/compare/tray.js");
const { neighbour, restoredTo } = await import("../../static/js/workshop/run-acts.js");
const { withRun } = await import("../../static/js/workshop/runner.js");
const { stepsAfter } = await import("../../static/js/workshop/tour.js");

const one = (name, tile = name) => ({ name, label: name, tile, noise: false, pixels: [], marked: false });
const film = (name, r, steps = 1) => ({ class: name, r, steps, p: [0.5, 0.99], stopped: "probability" });
const trial = (seed, rs, more = {}) => ({
  seed,
  way: "none",
  epoch: 100,
  films_epoch: 100,
  films: Object.entries(rs).map(([name, r]) => film(name, r)),
  ...more,
});
const request = { model: "mlp", initial: "black", step_size: 0.005, epochs: 100, seed: 0, seeds: 1, way: "none" };
const run = (id, rs, more = {}) => ({
  id,
  name: id,
  pinned: false,
  status: "done",
  request,
  classes: Object.keys(rs).map(name => one(name)),
  trials: [trial(0, rs)],
  ...more,
});

test("pinned runs come first, the others stay newest first", () => {
  const runs = [run("c", {}), { ...run("b", {}), pinned: true }, run("a", {})];
  assert.deepEqual(ordered(runs).map(({ id }) => id), ["b", "c", "a"]);
});

test("columns are tiles in their order, then drawings; the newest run says how one looks", () => {
  const drawn = pixels => ({ ...one("house", ""), tile: null, pixels });
  const newer = { ...run("2", { ring: 0.5 }), classes: [one("ring"), drawn([2])] };
  const older = { ...run("1", { box: 0.5 }), classes: [drawn([1]), one("box")] };
  const columns = columnsOf([newer, older], ["box", "disk", "ring"]);
  assert.deepEqual(columns.map(({ name }) => name), ["box", "ring", "house"]);
  assert.deepEqual(columns[2].pixels, [2]);
});

test("a short film is shown whole, a long one evenly with both ends", () => {
  assert.deepEqual(shownSteps(9), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const steps = shownSteps(500);
  assert.equal(steps.length, 14);
  assert.deepEqual([steps[0], steps.at(-1)], [0, 500]);
  assert.equal(placeOf(0, steps), 0);
  assert.equal(placeOf(499, steps), 12);
  assert.equal(placeOf(500, steps), 13);
});

test("the bytes of films are cut class by class, frame by frame", () => {
  const values = Float32Array.from({ length: 3 * 784 }, (_, place) => Math.floor(place / 784));
  const [first, second] = cut(values.buffer, [1, 2]);
  assert.deepEqual([first.length, second.length, first[0][0], second[0][0], second[1][783]], [1, 2, 0, 1, 2]);
});

test("films are fetched once a network, and again after more epochs", async () => {
  const asked = [];
  const films = createFilms(async (id, place) => {
    asked.push(`${id}/${place}`);
    return new Float32Array(2 * 784).buffer;
  });
  const now = run("a", { box: 0.5 });
  assert.equal(films.of(now, 0), null);
  assert.deepEqual([await films.load(now), await films.load(now)], [true, false]);
  assert.equal(films.of(now, 0)[0].length, 2);
  const longer = { ...now, trials: [trial(0, { box: 0.6 }, { films_epoch: 150 })] };
  assert.equal(films.of(longer, 0), null);
  await films.load(longer);
  assert.deepEqual(asked, ["a/0", "a/0"]);
});

test("mean and deviation over seeds are those of a sample, unknown numbers left out", () => {
  const seeds = { ...run("a", { box: 0 }), trials: [0.1, 0.3, 0.5].map((r, seed) => trial(seed, { box: r })) };
  const { all, mean, deviation } = summary.likeness(seeds, "box");
  assert.deepEqual(all, [0.1, 0.3, 0.5]);
  assert.ok(Math.abs(mean - 0.3) < 1e-12 && Math.abs(deviation - 0.2) < 1e-12);
  assert.equal(summary.mean([null, null]), null);
  assert.equal(summary.deviation([0.4, null]), null);
});

test("a marked run is about the networks with marks, and compares those without", () => {
  const marked = {
    ...run("a", { box: 0.5 }),
    request: { ...request, way: "both" },
    classes: [{ ...one("box"), marked: true }],
    trials: [trial(0, { box: 0.2 }), trial(0, { box: 0.6 }, { way: "both" })],
  };
  assert.ok(summary.isMarked(marked));
  assert.deepEqual([summary.mainTrials(marked), summary.plainTrials(marked)], [[1], [0]]);
  assert.equal(summary.likeness(marked, "box").mean, 0.6);
  assert.deepEqual(summary.mainTrials(run("b", { box: 0.5 })), [0]);
});

test("what is under way is the first network without the pictures of its last epoch", () => {
  const half = { ...run("a", { box: 1 }), trials: [trial(0, { box: 1 }), trial(1, {}, { epoch: 50, films_epoch: null })] };
  assert.equal(summary.unfinished(half).seed, 1);
  assert.equal(summary.share(half), 0.75);
  assert.equal(summary.unfinished(run("b", { box: 1 })), null);
});

test("a gap in a curve starts a new part, and the axis of the loss holds all of it", () => {
  const same = value => value;
  assert.equal(pathOf([0, 1, 2, 3], [1, null, 2, 3], same, same), "M0.0 1.0M2.0 2.0L3.0 3.0");
  assert.equal(lossTop({ loss: [0.2], held_loss: [1.3, null] }), 1.5);
  assert.equal(lossTop({ loss: [], held_loss: [] }), 0.75);
});

test("what marks did is better, worse or about the same", () => {
  assert.equal(verdict(0.1, 0.9, true), "better");
  assert.equal(verdict(0.9, 0.1, true), "worse");
  assert.equal(verdict(0.9, 0.1, false), "better");
  assert.equal(verdict(0.5, 0.52, true), "same");
});

test("the difference of two runs says what changed, and by how much the classes of both did", () => {
  const older = run("a", { box: 0.4 });
  const newer = { ...run("b", { box: 0.6, ring: 0.3 }), request: { ...request, model: "cnn", seeds: 3 } };
  const { changed, same } = settingsChanged(older, newer);
  assert.deepEqual(changed, ["training images, + ring", "MLP → CNN", "seed 0 → seeds 0 to 2"]);
  assert.deepEqual(same, ["black start", "step 0.005", "100 epochs"]);
  const rows = likenesses(older, newer, ["box", "ring"]);
  assert.deepEqual(rows.map(({ before, after }) => [before, after]), [[0.4, 0.6], [null, 0.3]]);
  assert.equal(verdictWords(rows), "The class in both runs became more like its shape: |r| +0.20.");
  const swapped = likenesses(newer, older, ["box", "ring"]);
  assert.equal(verdictWords(swapped), "The class in both runs became less like its shape: |r| −0.20.");
  assert.match(verdictWords([{ before: null, after: 1 }]), /no class in common/);
});

test("of three ticked runs the first gives way", () => {
  assert.deepEqual(tickedWith(["a", "b"], "c", true), ["b", "c"]);
  assert.deepEqual(tickedWith(["a", "b"], "a", false), ["b"]);
});

test("a run that comes is new on top or takes its own place, and one that is restored its old one", () => {
  const runs = [run("c", {}), run("b", {}), run("a", {})];
  assert.deepEqual(withRun(runs, run("d", {})).map(({ id }) => id), ["d", "c", "b", "a"]);
  assert.equal(withRun(runs, { ...run("b", {}), name: "x" })[1].name, "x");
  assert.deepEqual(restoredTo([runs[0], runs[2]], runs[1], 1).map(({ id }) => id), ["c", "b", "a"]);
  assert.equal(neighbour(runs, "b"), "a");
  assert.equal(neighbour(runs, "a"), "b");
  assert.equal(neighbour([runs[0]], "c"), null);
});

test("the tour counts a run of the step that is on, and no other", () => {
  const stories = [["box", "ring"], ["box", "ring", "disk"]].map(names => ({ body: { classes: names.map(tile => ({ tile })) } }));
  const first = run("a", { ring: 0.5, box: 0.5 });
  assert.equal(stepsAfter(0, first, stories), 1);
  assert.equal(stepsAfter(1, first, stories), 1);
  assert.equal(stepsAfter(0, { ...first, status: "cancelled" }, stories), 0);
  assert.equal(stepsAfter(null, first, stories), null);
});
