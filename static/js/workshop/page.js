// The page Workshop: joins request, training, runs, tour and address.
import { copyLink, createAddress } from "../shell/address.js";
import { $, $$ } from "../lib/dom.js";
import { followCatalog, holdings } from "../lib/catalog.js";
import { onKeys } from "../shell/keyboard.js";
import { startShell } from "../shell/shell.js";
import { Store } from "../lib/store.js";
import { complain } from "../shell/toast.js";
import { createDifference } from "./compare/difference.js";
import { createTray } from "./compare/tray.js";
import { createEditors } from "./editor/editors.js";
import { createFilms } from "./films.js";
import { keepDrawings, keptDrawings } from "./own-drawings.js";
import { createWorkshopPanel, isBusy, isRefused } from "./panel/panel.js";
import { BLANK, firstState, obstacle, stateOf } from "./request.js";
import { createRows } from "./rows/rows.js";
import { createRunActs } from "./run-acts.js";
import { createWorkshopRunner } from "./runner.js";
import { drawStrip } from "./strip.js";
import { decimals, isLive, mainTrials, mean, valuesOf } from "./summary.js";
import { createTour, stepsAfter } from "./tour.js";
import { KEPT, read, remember, write } from "./url.js";
import * as api from "./workshop-api.js";

const store = new Store({
  ...BLANK,
  options: null,
  models: [],
  datasets: [],
  runs: [],
  ticked: [],
  checked: null,
  problem: null,
  posting: false,
});
const films = createFilms();
/** What the address names of models and datasets, under the names that are looked for. */
function named() {
  const { file = null, own = [] } = read();
  return { model: file, dataset: own.map(({ dataset }) => dataset ?? []) };
}

const line = createAddress({ read: named, write, remember });
const runner = createWorkshopRunner(store, ended);

/** For who does not see the row: how its training ended. */
function toldOf(run) {
  if (run.status === "cancelled") return `${run.name} was cancelled.`;
  if (run.status === "failed") return `${run.name} failed. ${run.error?.message ?? ""}`;
  const accuracy = mean(valuesOf(run, mainTrials(run), "accuracy"));
  return `${run.name} is trained. Held-out accuracy ${decimals(accuracy, 3)}.`;
}

/**
 * The row opens by itself: what the click was for is the film. Further steps of the tour are compared down the columns,
 * where films would be between the rows.
 */
function ended(run) {
  $("#told").textContent = toldOf(run);
  const { open, tour, options } = store.state;
  const steps = stepsAfter(tour, run, options.stories);
  const opened = steps > 1 && steps !== tour ? [] : [run.id];
  store.set({ open: run.status === "done" ? opened : open, tour: steps });
  if (steps !== tour) tourPart.announce();
}

function fold() {
  if (matchMedia("(max-width: 1000px)").matches) $("#panel").open = false;
}

function train(name = null) {
  const { state } = store;
  if (!state.options || obstacle(state) || isBusy(state) || isRefused(state)) return;
  store.set({ difference: null });
  fold();
  $("#canvas").scrollTop = 0;
  runner.train(name).catch(complain);
}

function trainStory(story, place) {
  if (isBusy(store.state)) return;
  const { own, marks } = store.state;
  store.set({ ...stateOf({ ...BLANK, ...story.body }, store.state), own, marks, tour: place, show: place ? store.state.show : "change", checked: null });
  train(story.name);
}

const runActs = createRunActs(store, runner, focus);
const editors = createEditors(store);
const panel = createWorkshopPanel(store, { train: () => train(), ...editors });
const rows = createRows($("#runs"), store, films, runActs);
const difference = createDifference($("#difference"), store, films);
const tray = createTray(store);
const tourPart = createTour(store, trainStory);

function focus(id) {
  if (id) rows.focus(id);
  else $("#canvas").focus();
}

/** After a failure: looks again where the page could not be filled, goes on following what is under way, else trains. */
function again() {
  const { options, runs } = store.state;
  if (!options) location.reload();
  else if (runs.some(isLive)) follow();
  else train();
}

function follow() {
  store.set({ problem: null });
  runner.follow().catch(complain);
}

const stripActs = { again, dismiss: () => store.set({ problem: null }) };

function drawState(state) {
  document.body.dataset.state = drawStrip($("#strip"), state, stripActs);
}

function drawToolbar({ runs, show }) {
  $("#show").hidden = $("#export").hidden = !runs.length;
  $("#ramp").hidden = show !== "change";
  for (const radio of $$('[name="show"]')) radio.checked = radio.value === show;
}

/** Keys of a run act on the one that has the focus. */
const ofRun = act => () => {
  const run = rows.focused();
  if (!run || isLive(run)) return false;
  act(run);
  return true;
};

function listen() {
  onKeys({
    "Ctrl+Enter": () => ($("dialog[open]") ? false : train()),
    ArrowLeft: () => rows.step(-1),
    ArrowRight: () => rows.step(1),
    F2: ofRun(rows.rename),
    d: ofRun(runActs.duplicate),
    c: ofRun(run => runActs.tick(run, !store.state.ticked.includes(run.id))),
    p: ofRun(runActs.pin),
    Delete: ofRun(runActs.remove),
    Escape: () => (document.querySelector(":popover-open") || !store.state.difference ? false : difference.close()),
  });
  for (const radio of $$('[name="show"]')) radio.addEventListener("change", () => store.set({ show: radio.value }));
  $("#copy-link").addEventListener("click", copyLink);
  addEventListener("innv:cancelled", follow);
}

function warm({ model }) {
  if (model !== "file") api.warm(model).catch(() => {}); // only quicker
}

function observe() {
  store.on(["options", "posting", "problem", "runs"], drawState);
  store.on(["runs", "show"], drawToolbar);
  store.on(["model"], warm);
  keepDrawings(store);
  store.on(KEPT, line.keep);
}

function open(options) {
  const first = firstState(options, keptDrawings());
  line.opening(first);
  store.set({ ...first, options, problem: null });
  for (const draw of [panel.draw, drawState, drawToolbar, rows.draw, difference.draw, tray, tourPart.draw]) draw(store.state);
}

/** Models and datasets as they come; what the address names of them may be there by now. */
async function keepCatalog() {
  await followCatalog(store.state, held => {
    store.set(held);
    if (line.isFound()) open(store.state.options);
  });
}

async function start() {
  startShell({ own: ({ id, kind }) => store.state.runs.some(run => run.job?.id === id) || (store.state.posting && kind === "shapes") });
  try {
    const [options, runs, held] = await Promise.all([api.options(), api.runs(), holdings()]);
    store.set({ ...held, runs });
    observe();
    listen();
    open(options);
    warm(store.state);
    addEventListener("hashchange", () => open(options));
    await Promise.all([runner.follow(), keepCatalog()]);
  } catch (problem) {
    store.set({ problem });
    drawState(store.state);
  }
}

start();
