// An answer that comes late replaces nothing newer: of a run that was stopped, left by its address, or asked for twice.
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { createExploreRunner } from "../../static/js/explore/runner.js";
import { createFeatureRunner } from "../../static/js/features/runner.js";
import { createFollower } from "../../static/js/lib/follow.js";
import { keepNames } from "../../static/js/lib/image-names.js";
import { Store } from "../../static/js/lib/store.js";
import { createRankingRunner } from "../../static/js/suggest/evidence/runner.js";
import { createSuggestRunner } from "../../static/js/suggest/runner.js";
import { createRunner } from "../../static/js/visualize/runner.js";
import { createCost } from "../../static/js/visualize/trust/cost.js";
import { createTrustRunner } from "../../static/js/visualize/trust/runner.js";
import { createRunActs } from "../../static/js/workshop/run-acts.js";
import { createWorkshopRunner } from "../../static/js/workshop/runner.js";
import { heldServer, settled } from "./held-server.js";

let server;
beforeEach(() => {
  server = heldServer();
});
afterEach(() => {
  server.restore();
  mock.timers.reset();
});

const at = (id, status, more = {}) => ({ id, status, job: { id: `j-${id}`, status }, ...more });

/** Stops `path`/r1, is shown r2 meanwhile, and only then told how r1 ended. */
async function stopsThenShows({ path, stop, run, body, field, store }) {
  const stopping = stop();
  await server.take("DELETE /jobs/j-r1")(null, 204);
  const late = server.take(`GET ${path}/r1`);
  const running = run();
  await server.take(`POST ${path}`)(body);
  await late(at("r1", "cancelled"));
  await Promise.all([stopping, running]);
  assert.equal(store.state[field].id, "r2");
}

test("what followed a stopped run stays", async () => {
  const store = new Store({ shown: at("r1", "running") });
  const follower = createFollower({ path: "/views", key: "shown", set: changes => store.set(changes), opened: ({ view }) => view });
  const stop = () => follower.stop(store.state.shown);
  await stopsThenShows({ path: "/views", stop, run: () => follower.run({}), body: { view: at("r2", "done") }, field: "shown", store });
});

test("what followed stopped heatmaps stays", async () => {
  const explanation = { ...at("r1", "running"), cells: [] };
  const store = new Store({ explanation, models: [], images: [], dropped: [], layers: {}, neurons: null });
  const { stop, run } = createRunner(store);
  const stopping = stop();
  await server.take("DELETE /jobs/j-r1")(null, 204);
  const late = server.take("GET /explanations/r1");
  const running = run();
  await server.take("POST /explanations")({ explanation: at("r2", "done", { cells: [] }) });
  await late(at("r1", "cancelled", { cells: [] }));
  server.take("DELETE /jobs/j-r1"); // a new run ends the one before
  await Promise.all([stopping, running]);
  assert.equal(store.state.explanation.id, "r2");
});

const SCORED = { dataset: "d", models: [], layers: {}, neuron: 0, show: [], modelShown: null, className: null };

test("what followed stopped scores stays", async () => {
  const store = new Store({ ...SCORED, suggestion: at("r1", "running") });
  const { stop, run } = createSuggestRunner(store);
  const body = { suggestion: at("r2", "done", { plots: [] }) };
  await stopsThenShows({ path: "/suggestions", stop, run, body, field: "suggestion", store });
});

test("a second press of Score asks nothing while the first is being asked", async () => {
  const store = new Store({ ...SCORED, suggestion: null, problem: null, posting: false });
  const { run } = createSuggestRunner(store);
  const pressed = [run(), run()];
  assert.deepEqual(server.asked, ["POST /suggestions"]);
  store.set({ models: ["m"] });
  pressed.push(run()); // another request is asked for at once
  assert.deepEqual(server.asked, ["POST /suggestions", "POST /suggestions"]);
  for (const id of ["r1", "r2"]) await server.take("POST /suggestions")({ suggestion: at(id, "done", { plots: [] }) });
  await Promise.all(pressed);
  assert.equal(store.state.suggestion.id, "r2");
});

const explored = (id, status) => at(id, status, { models: [], colours: [], dataset: { id: "d", n: 2 } });
const EXPLORED = { dataset: "d", models: [], layers: {}, maps: {}, colour: "label", image: null };

test("what followed a stopped exploration stays", async () => {
  const store = new Store({ ...EXPLORED, exploration: explored("r1", "running") });
  const { stop, run } = createExploreRunner(store);
  const stopping = stop();
  await server.take("DELETE /jobs/j-r1")(null, 204);
  const late = server.take("GET /explorations/r1");
  const running = run();
  await server.take("POST /explorations")({ exploration: explored("r2", "done") });
  await late(explored("r1", "cancelled"));
  await Promise.all([stopping, running]);
  assert.equal(store.state.exploration.id, "r2");
});

const GROWN = { model: "m", kind: "class", index: [0], layer: null, initial: "black", preset: "p", params: {}, seed: 0, dataset: null };

test("what followed a stopped ascent stays", async () => {
  const store = new Store({ ...GROWN, ascent: at("r1", "running"), extremes: null });
  const { stop, run } = createFeatureRunner(store);
  const stopping = stop();
  await server.take("DELETE /jobs/j-r1")(null, 204);
  const late = server.take("GET /maximizations/r1");
  const running = run();
  await server.take("POST /maximizations")({ maximization: at("r2", "done", { request: GROWN }) });
  await late(at("r1", "cancelled"));
  server.take("DELETE /jobs/j-r1"); // a new run ends the one before
  await Promise.all([stopping, running]);
  assert.equal(store.state.ascent.id, "r2");
});

test("a dataset that was chosen for another model is not searched for an older ascent", async () => {
  const request = { model: "m", kind: "class", index: [0], layer: "out" };
  const store = new Store({ ...GROWN, ascent: at("r1", "done", { request }), extremes: null, model: "other", dataset: "digits" });
  const { compare } = createFeatureRunner(store);
  await compare();
  assert.deepEqual(server.asked, []);
  store.set({ model: "m", dataset: "d" });
  const searching = compare();
  await server.take("POST /extremes")({ extremes: at("e1", "done"), job: { id: "j-e1" } });
  await searching;
  store.set({ model: "other", dataset: "digits" });
  await compare();
  assert.equal(store.state.extremes.id, "e1"); // what was found stays beside its pictures
});

test("another address leaves the ascent of the one before", async () => {
  const store = new Store({ ...GROWN, ascent: null, extremes: null });
  const { run, forget } = createFeatureRunner(store);
  const running = run();
  forget();
  await server.take("POST /maximizations")({ maximization: at("r1", "done") });
  await running;
  assert.deepEqual([store.state.ascent, store.state.posting], [null, false]);
});

test("what is left is not waited for any more", async () => {
  const scores = new Store({ ...SCORED, suggestion: null });
  const maps = new Store({ ...EXPLORED, exploration: null });
  for (const [store, { run, forget }, path] of /** @type {any} */ ([
    [scores, createSuggestRunner(scores), "/suggestions"],
    [maps, createExploreRunner(maps), "/explorations"],
  ])) {
    const running = run();
    assert.equal(store.state.posting, true);
    forget();
    assert.equal(store.state.posting, false);
    await server.take(`POST ${path}`)({ suggestion: at("r1", "done", { plots: [] }), exploration: explored("r1", "done") });
    await running;
    assert.equal(store.state.posting, false);
  }
});

const ranked = (id, status) => at(id, status, { total: 0, n_ranked: 0, rows: [], models: [], analyzer: "a", measure: "iou" });
const RANKED = { dataset: "d", models: [], analyzer: "a", params: {}, measure: "iou", scope: "all", alike: "all", place: 1, rank: "r1" };
const LIST = "?page=0&size=24";

test("a ranking that is begun while another one is stopped is followed", async () => {
  const store = new Store({ ...RANKED, ranking: ranked("r1", "running"), rankPosting: false });
  const { stop, run } = createRankingRunner(store);
  const stopping = stop();
  const stopped = server.take("DELETE /jobs/j-r1");
  const running = run();
  await stopped(null, 204);
  await server.take("POST /rankings")({ ranking: { id: "r2", models: [], analyzer: "a", measure: "iou", job: { id: "j-r2", status: "queued" } }, job: { id: "j-r2", status: "queued" } });
  await server.take(`GET /rankings/r2${LIST}`)(ranked("r2", "done"));
  await Promise.all([stopping, running]);
  assert.deepEqual([store.state.ranking.id, store.state.rankPosting], ["r2", false]);
});

test("turning a page does not take back a ranking that is on its way", async () => {
  const store = new Store({ ...RANKED, ranking: ranked("r1", "done"), rankPosting: false });
  const { refresh, run } = createRankingRunner(store);
  const running = run();
  refresh();
  await server.take("POST /rankings")({ ranking: { id: "r2" }, job: { id: "j-r2", status: "queued" } });
  await server.take(`GET /rankings/r2${LIST}`)(ranked("r2", "done"));
  await running;
  assert.deepEqual([store.state.ranking.id, store.state.rankPosting], ["r2", false]);
});

test("the page that was turned to comes when no other ranking does", async () => {
  const store = new Store({ ...RANKED, ranking: ranked("r1", "done"), rankPosting: false });
  const { refresh, run } = createRankingRunner(store);
  const running = run();
  refresh();
  await server.take("POST /rankings")({ error: { message: "No." } }, 400);
  await server.take(`GET /rankings/r1${LIST}`)({ ...ranked("r1", "done"), total: 7 });
  await running;
  assert.deepEqual([store.state.ranking.total, store.state.rankProblem.message], [7, "No."]);
});

test("another dataset does not wait for the ranking of the one before", async () => {
  const store = new Store({ ...RANKED, ranking: null, rankPosting: false });
  const { forget, run } = createRankingRunner(store);
  run();
  forget();
  assert.equal(store.state.rankPosting, false);
});

test("of two fills the last one is shown", async () => {
  const trust = at("r1", "done", { fills: ["blur", "mean"] });
  const store = new Store({ trust, fills: ["blur", "mean"], shownFill: "blur" });
  const { showFill } = createTrustRunner(store);
  const first = showFill();
  store.set({ shownFill: "mean" });
  const second = showFill();
  await server.take("GET /trust/r1?fill=mean")({ ...trust, said: "mean" });
  await server.take("GET /trust/r1?fill=blur")({ ...trust, said: "blur" });
  await Promise.all([first, second]);
  assert.equal(store.state.trust.said, "mean");
});

test("an answer to another question of the same run is asked for again", async () => {
  let theme = "light";
  const state = {};
  const set = changes => Object.assign(state, changes);
  const { reopen } = createFollower({ path: "/views", key: "shown", set, opened: answer => answer, query: () => `?theme=${theme}` });
  const opening = reopen("r1");
  theme = "dark";
  await server.take("GET /views/r1?theme=light")(at("r1", "done", { said: "light" }));
  await server.take("GET /views/r1?theme=dark")(at("r1", "done", { said: "dark" }));
  await opening;
  assert.equal(state.shown.said, "dark");
});

test("what an older request would cost begins nothing", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const store = new Store({ view: "trust", steps: 1, cost: null, trust: null });
  let begun = 0;
  const { look } = createCost(store, ({ steps }) => ({ steps }), () => (begun += 1));
  look();
  mock.timers.tick(200);
  store.set({ steps: 2 });
  await server.take("POST /trust/cost")({ passes: 9, kept: 9, seconds: 0 });
  assert.deepEqual([begun, store.state.cost], [0, null]);
});

test("a training that is being asked for is not silenced by another one that goes on", async () => {
  const settings = { chosen: [], own: [], marks: {}, options: null };
  const live = { id: "r1", status: "running", trials: [], job: { id: "j-r1" } };
  const store = new Store({ ...settings, runs: [live], problem: null, posting: false });
  const { train, follow } = createWorkshopRunner(store, () => {});
  const training = train(null);
  await settled();
  follow();
  await server.take("POST /workshop/runs")({ run: { id: "r2", status: "done", trials: [] } });
  await settled();
  await server.take("GET /workshop/runs/r1")({ ...live, status: "done" });
  await training;
  assert.deepEqual(store.state.runs.map(({ id }) => id), ["r2", "r1"]);
});

test("changes of a run are sent in their order, and the last one is shown", async () => {
  const run = { id: "r1", name: "one", pinned: false };
  const store = new Store({ runs: [run] });
  const { pin, named } = createRunActs(store, null, () => {});
  const changes = [pin(run), named(run, "two")];
  await settled();
  assert.deepEqual(server.asked, ["PATCH /workshop/runs/r1"]);
  await server.take("PATCH /workshop/runs/r1")({ ...run, pinned: true });
  await server.take("PATCH /workshop/runs/r1")({ ...run, pinned: true, name: "two" });
  await Promise.all(changes);
  assert.deepEqual(store.state.runs, [{ id: "r1", name: "two", pinned: true }]);
});

test("names are those of the chosen images, and not of the dataset before", async () => {
  const store = new Store({ dataset: null, images: [], explanation: null, names: new Map() });
  keepNames(store);
  store.set({ dataset: "weather", images: [272, 3] });
  const late = server.take("GET /datasets/weather/images?indices=272,3&per_page=500");
  store.set({ dataset: "digits", images: [3] });
  await server.take("GET /datasets/digits/images?indices=3&per_page=500")({ images: [{ index: 3, name: "digit.png" }] });
  await late({ images: [{ index: 272, name: "IMG_0366.png" }] });
  assert.deepEqual([...store.state.names], [[3, "digit.png"]]);
  store.set({ images: [3, 4] });
  await server.take("GET /datasets/digits/images?indices=4&per_page=500")({ images: [{ index: 4, name: "four.png" }] });
  assert.deepEqual([...store.state.names.values()], ["digit.png", "four.png"]);
});
