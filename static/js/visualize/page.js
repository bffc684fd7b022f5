// The page Visualize: joins request, run, result and address.
import { copyLink, createAddress } from "../shell/address.js";
import { standsApart } from "./answered.js";
import { get, put } from "../lib/api.js";
import { followCatalog, holdings, openCatalog } from "../lib/catalog.js";
import { chooseDataset } from "../lib/changes.js";
import { createCompareRunner } from "./compare.js";
import { createDisplayBar } from "./display-bar.js";
import { $, debounced } from "../lib/dom.js";
import { createExportMenu } from "./export-menu.js";
import { createHistoryMenu } from "./history-menu.js";
import { keepNames } from "../lib/image-names.js";
import { showKept } from "../lib/kept.js";
import { viewsLink } from "../lib/links.js";
import { onKeys } from "../shell/keyboard.js";
import { createMethodsRunner } from "./methods-runner.js";
import { drawMethodBoxes } from "./methods-view.js";
import { BLANK, firstState, obstacle, requestOf, stateOf, unready } from "./request.js";
import { drawRefused } from "../widgets/refused.js";
import { learnPace } from "./price.js";
import { createPatterns } from "../widgets/patterns.js";
import { createSuggested } from "../widgets/suggested.js";
import { createRequestPanel } from "./request-panel.js";
import { createResultView, drawFailure, drawWaiting } from "./result-view.js";
import { createReference } from "./both-engines.js";
import { createRunner, ended } from "./runner.js";
import { startShell } from "../shell/shell.js";
import { takeOver } from "../shell/take-over.js";
import { Store } from "../lib/store.js";
import { newestLast, turns } from "../lib/turns.js";
import { complain, toast } from "../shell/toast.js";
import { startTour } from "./tour.js";
import { UNKEPT, createTrust } from "./trust/page.js";
import { KEPT, read, remember, write } from "./url.js";

const store = new Store({
  ...BLANK,
  ...UNKEPT,
  catalog: { models: [], datasets: [], analyzers: [], colormaps: {} },
  explanation: null,
  reference: null, // iNNvestigate's maps of the same, when both engines are wanted
  problem: null,
  posting: false,
  bare: false, // H is held: the input without its heatmap
  earlier: new Map(), // run -> {explanation, title} or {problem, title}, of the view Runs
  sheets: new Map(), // method -> {explanation} or {problem}, of the view Methods × models
  names: new Map(), // image index -> file name, as far as known
});
const line = createAddress({ read, write, remember });
store.on(["models", "dataset", "images", "catalog"], state => {
  $("#to-views").href = viewsLink(state);
});
const pace = new Map(); // seconds a forward pass, by method and models
const runner = createRunner(store);
const methodsRunner = createMethodsRunner(store);
const compareRunner = createCompareRunner(store);
const trust = createTrust(store, { waits: () => line.waits() });
createReference(store);
createPatterns(store);
createSuggested(store);

/** What the request is made of. */
const REQUEST = "models images dropped dataset methods analyzer params target neurons layers engine softmax unchecked".split(" ");

const SETTLED_MS = 150;

const last = () => (store.state.explanation?.images.length ?? store.state.images.length) - 1;
const go = place => store.set({ image: Math.max(0, Math.min(last(), place)) });

/** Another method brings its own colours; the same method keeps the person's. */
function ownDisplay() {
  const shown = store.state.explanation?.request.analyzer ?? store.state.analyzer;
  return shown === store.state.analyzer ? {} : { opacity: null, colormap: null };
}

/** A new run is not one of those that are compared. */
const outOfRuns = () => (store.state.view === "compare" ? { view: "grid" } : {});

function showMaps() {
  const n = requestOf(store.state).images.length;
  runner.run({ image: Math.min(store.state.image, n - 1), ...ownDisplay(), ...outOfRuns() });
}

/** What could be shown at once if it is kept: not while something runs, or while a field is wrong. */
function keptWanted(state) {
  const { explanation, posting, view } = state;
  const idle = !posting && !line.waits() && (!explanation || (ended(explanation) && standsApart(state)));
  return idle && ["grid", "slide"].includes(view) && !obstacle(state) && !panel.firstInvalid() ? requestOf(state) : null;
}

function run() {
  if (store.state.view === "trust") {
    if (matchMedia("(max-width: 1000px)").matches) $("#panel").open = false;
    trust.run();
    return;
  }
  const invalid = panel.firstInvalid();
  if (obstacle(store.state)) return;
  if (invalid) {
    invalid.focus();
    return;
  }
  if (store.state.view === "methods") methodsRunner.run().catch(complain);
  else showMaps();
  if (matchMedia("(max-width: 1000px)").matches) $("#panel").open = false;
}

function step(by) {
  const n = last() + 1;
  if (n > 0) go((store.state.image + by + n) % n);
}

const RUNNERS = { methods: methodsRunner, compare: compareRunner, trust };
const acts = {
  run,
  go,
  step,
  unchecked: () => runner.run({ unchecked: true }),
  again: () => (ended(store.state.explanation) ? run() : runner.reopen(store.state.explanation.id)),
  explainAgain: () => {
    leaving = true;
    location.hash = `${write({ ...store.state, run: null })}&go=1`;
    location.reload(); // a picture that this page has shown under the same name would stay
  },
  stop: () => (RUNNERS[store.state.view] ?? runner).stop().catch(complain),
  open: place => store.set({ image: place, view: "slide" }),
  use: trust.useMethod,
  showInGrid: trust.showInGrid,
};
const panel = createRequestPanel(store, acts, pace);
const display = createDisplayBar(store);
const result = createResultView(store, acts);

/** What a run teaches: seconds a map. */
function learn({ explanation }) {
  if (!explanation) return;
  const fresh = explanation.cells.filter(cell => cell.status === "done" && !cell.cached).length;
  if (ended(explanation) && fresh && explanation.seconds) {
    learnPace(pace, explanation, fresh);
  }
}

const saveBasket = newestLast(basket => put("/basket", basket));

function keepBasket(state) {
  const { dataset, images } = requestOf(state);
  if (dataset) saveBasket({ dataset, images }).catch(() => {}); // the page works without it
}

function arrow(by, key) {
  if (store.state.view === "trust") return key === "row" ? result.trust.step(by) : store.state.openRow ? result.trust.stepImage(by) : false;
  if (store.state.view === "slide") return key === "side" ? step(by) : false;
  if (!store.state.explanation) return false;
  go(store.state.image + by);
  return result.focusRow(store.state.image);
}

/** Takes the focused thumbnail, or the image that is shown, out of the selection or puts it back. */
function toggleSelected() {
  const { explanation, dropped, images, image } = store.state;
  const focused = document.activeElement?.dataset?.image;
  const index = focused === undefined ? (explanation?.images[image]?.index ?? images[image]) : Number(focused);
  if (!images.includes(index)) return;
  const out = dropped.includes(index);
  store.set({ dropped: out ? dropped.filter(other => other !== index) : [...dropped, index] });
  toast(out ? "Selected again." : "Removed from the selection.", { stay_ms: 2000 });
}

const leading = turns(); // to another address: the last press counts
let leaving = false; // for the same page, loaded again

/** Shows an earlier run with the request it was made by; after a restart its models and images are opened again. */
async function openEarlier(id) {
  const current = leading();
  try {
    const explanation = await get(`/explanations/${encodeURIComponent(id)}`);
    if (!current()) return;
    const { models, datasets } = store.state.catalog;
    const known = new Set([...models, ...datasets].map(one => one.id));
    const { request } = explanation;
    location.hash = write({ ...BLANK, ...stateOf(explanation, store.state.catalog), run: id });
    if ([...request.models, request.dataset].some(one => !known.has(one))) location.reload();
  } catch (error) {
    if (current()) complain(error);
  }
}

/** Earlier runs beside each other. */
function compareEarlier(ids) {
  location.hash = write({ ...store.state, view: "compare", compared: ids });
}

/** Whether the strip above the result tells of a job, or will when its request is answered. */
function isOwn({ id, kind }) {
  const { view, sheets, earlier, explanation, posting } = store.state;
  if (view === "trust") return trust.isOwn({ id, kind }, store.state);
  const runs = { methods: [...sheets.values()], compare: [...earlier.values()] }[view] ?? [{ explanation }];
  const awaited = posting || (view === "methods" && runs.some(run => !run.explanation && !run.problem));
  return (awaited && kind === "explain") || runs.some(run => run.explanation?.job?.id === id);
}

function drawMethods(state) {
  $("#methods-choice").hidden = state.view !== "methods";
  drawMethodBoxes(state, methods => store.set({ methods }));
}

const inTrust = () => store.state.view === "trust";

function escape() {
  if (document.querySelector(":popover-open")) return false;
  if (!inTrust()) return store.set({ view: "grid" });
  return store.state.openRow ? result.trust.close() : false;
}

function listen() {
  onKeys({
    "Ctrl+Enter": run,
    ArrowLeft: () => arrow(-1, "side"),
    ArrowRight: () => arrow(1, "side"),
    ArrowUp: () => arrow(-1, "row"),
    ArrowDown: () => arrow(1, "row"),
    Enter: event => (inTrust() || event.target.matches("button, a, summary, input, select") ? false : store.set({ view: "slide" })),
    Escape: escape,
    1: () => store.set({ view: "grid" }),
    2: () => store.set({ view: "slide" }),
    3: () => store.set({ view: "methods" }),
    4: () => store.set({ view: "trust" }),
    "[": () => display.nudge(-5),
    "]": () => display.nudge(5),
    h: () => store.set({ bare: true }),
    s: toggleSelected,
  });
  addEventListener("keyup", event => {
    if (event.key.toLowerCase() === "h") store.set({ bare: false });
  });
  addEventListener("blur", () => store.set({ bare: false }));
  addEventListener("innv:cancelled", ({ detail }) => {
    const { explanation, trust: table } = store.state;
    if ([explanation?.job?.id, table?.job.id].includes(detail.id)) acts.stop();
  });
  $("#view").addEventListener("change", event => store.set({ view: event.target.value }));
  $("#copy-link").addEventListener("click", copyLink);
  $("#result").addEventListener("focusin", event => {
    const row = event.target.dataset?.row;
    if (row !== undefined) go(Number(row));
  });
}

/** What is open once per run from before a restart has opened what the address names; null where it does not. */
async function broughtBack(run) {
  if (!run) return null;
  try {
    await get(`/explanations/${encodeURIComponent(run)}`);
  } catch {
    return null; // the server has forgotten it, or its files are gone
  }
  const held = await holdings();
  return line.isFound() ? held : null;
}

const opened = turns();

/** Shows what the address, this tab's last view or the server asks for. */
async function open(catalog, opening) {
  const current = opened();
  const { state, go: atOnce } = await firstState(catalog, opening);
  if (!current()) return;
  const lost = line.opening(state);
  const held = lost ? await broughtBack(state.run) : null;
  if (!current()) return;
  if (held) {
    await open({ ...catalog, ...held }, opening);
    return;
  }
  store.set({ ...state, catalog, ...(lost ? { run: null, trustId: null } : {}) });
  for (const part of [panel, result, display]) part.draw(store.state);
  await trust.open();
  if (lost || state.view === "trust") return;
  if (state.view === "compare") compareRunner.show(state.compared).catch(complain);
  if (state.view === "methods") run();
  else if (state.run) runner.reopen(state.run);
  else if (atOnce && state.view !== "compare" && !obstacle(store.state)) run();
}

async function start() {
  startShell({ own: isOwn });
  try {
    const { catalog, start: opening } = await openCatalog(unready, drawWaiting);
    store.on(["catalog"], drawRefused);
    store.on(["explanation"], learn);
    keepNames(store);
    store.on(["images", "dataset", "dropped"], keepBasket);
    store.on(KEPT, line.keep);
    store.on(["view", "methods", "catalog"], drawMethods);
    store.on(REQUEST, methodsRunner.forget);
    store.on([...REQUEST, "view"], debounced(() => !line.waits() && methodsRunner.showKept().catch(complain), SETTLED_MS));
    showKept(store, [...REQUEST, "view"], { path: "/explanations", wanted: keptWanted, show: showMaps, result: "explanation" });
    listen();
    createExportMenu(store);
    createHistoryMenu(store, openEarlier, compareEarlier);
    await open(catalog, opening);
    startTour();
    addEventListener("hashchange", () => {
      if (leaving) return;
      leading();
      open(store.state.catalog, {}).catch(complain);
    });
    await followCatalog(catalog, (held, gone) => {
      takeOver(store, held, gone, id => chooseDataset(store, id));
      if (line.isFound()) open(store.state.catalog, {}).catch(complain);
    });
  } catch (error) {
    drawFailure(error);
  }
}

start();
