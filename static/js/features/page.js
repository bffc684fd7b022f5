// The page Features: joins request, ascent, pictures and address.
import { copyLink, createAddress } from "../shell/address.js";
import { $ } from "../lib/dom.js";
import { get, pause } from "../lib/api.js";
import { standsApart } from "./answered.js";
import { createCards } from "./cards.js";
import { createCompare } from "./compare.js";
import { createDetail } from "./detail.js";
import { createFeatureExport } from "./export.js";
import { createFeaturePanel } from "./panel.js";
import { BLANK, chooseModel, firstState, obstacle } from "./request.js";
import { createFeatureRunner } from "./runner.js";
import { drawState } from "./strip.js";
import { KEPT, read, remember, write } from "./url.js";
import { followCatalog, holdings, loading } from "../lib/catalog.js";
import { onKeys } from "../shell/keyboard.js";
import { drawRefused } from "../widgets/refused.js";
import { startShell } from "../shell/shell.js";
import { sayRemoved } from "../shell/take-over.js";
import { drawApart } from "../widgets/apart.js";
import { Store } from "../lib/store.js";
import { complain } from "../shell/toast.js";
import { ready } from "../lib/choices.js";

const ASK_MS = 400;
const REQUEST = "model kind index layer initial source image seed preset params ascent posting catalog".split(" ");
const store = new Store({
  ...BLANK,
  catalog: { models: [], datasets: [], presets: [], starts: [] },
  layers: null,
  ascent: null,
  extremes: null,
  extremesProblem: null,
  problem: null,
  posting: false,
});
const line = createAddress({ read, write, remember });
const runner = createFeatureRunner(store);

function run() {
  const invalid = panel.firstInvalid();
  if (obstacle(store.state)) return;
  if (invalid) {
    invalid.focus();
    return;
  }
  store.set({ shown: Math.min(store.state.shown, store.state.index.length - 1) });
  runner.run();
  if (matchMedia("(max-width: 1000px)").matches) $("#panel").open = false;
}

const acts = { run, stop: () => runner.stop().catch(complain), resume: () => runner.resume() };
const panel = createFeaturePanel(store, acts);
const cards = createCards(store);
const detail = createDetail(store);
const compare = createCompare(store);
/** What the pictures of another request are is said above them, and they are dimmed: nobody reads them as the answer. */
function drawOther(state) {
  const apart = standsApart(state);
  drawApart(apart?.words ?? null, "Maximise", Boolean(obstacle(state)));
  $("#result").classList.toggle("apart", Boolean(apart?.wrong));
}

const drawAll = state => {
  for (const part of [panel, cards, detail, compare]) part.draw(state);
  drawOther(state);
  drawState(state, acts);
  $("#contrast").value = state.contrast;
};

function listen() {
  onKeys({
    "Ctrl+Enter": run,
    ArrowLeft: () => cards.step(-1),
    ArrowRight: () => cards.step(1),
    ArrowUp: () => cards.step(-cards.columns()),
    ArrowDown: () => cards.step(cards.columns()),
  });
  addEventListener("innv:cancelled", ({ detail: job }) => {
    if (job.id === store.state.ascent?.job.id) acts.stop();
  });
  $("#contrast").addEventListener("change", event => store.set({ contrast: event.target.value }));
  $("#apart-run").addEventListener("click", run);
  $("#copy-link").addEventListener("click", copyLink);
}

/** Models, datasets and presets; waits while nothing is ready but something is loading. */
async function openCatalog() {
  const { presets, starts } = await get("/presets");
  for (;;) {
    const held = await holdings();
    const waits = !ready(held.models).length && loading(held.models).length;
    if (!waits) return { ...held, presets, starts };
    await pause(ASK_MS);
  }
}

/** Another model stands for one that is gone; images are wanted only where they were. */
function takeAllOver(held, gone) {
  const { model, dataset } = store.state;
  sayRemoved([model, dataset], gone);
  store.set({ catalog: { ...store.state.catalog, ...held } });
  const [first] = ready(held.models);
  if (gone.has(model) && first) store.set(chooseModel(store.state, first.id));
  else if (gone.has(dataset)) store.set({ dataset: null });
}

function open(catalog) {
  const first = firstState(catalog);
  if (line.opening(first)) first.run = null;
  runner.forget();
  store.set({ ascent: null, extremes: null, problem: null, ...first, catalog });
  drawAll(store.state);
  if (store.state.run) runner.reopen(store.state.run);
}

async function start() {
  startShell({ own: ({ id, kind }) => store.state.ascent?.job.id === id || (store.state.posting && kind === "maximize") });
  try {
    const catalog = await openCatalog();
    store.on(["ascent", "posting", "problem", "catalog", "model", "index", "kind"], state => drawState(state, acts));
    store.on(REQUEST, drawOther);
    store.on(["catalog"], drawRefused);
    store.on(["dataset", "model"], () => runner.compare());
    store.on(KEPT, line.keep);
    listen();
    createFeatureExport(store);
    open(catalog);
    addEventListener("hashchange", () => open(store.state.catalog));
    await followCatalog(catalog, (held, gone) => {
      takeAllOver(held, gone);
      if (line.isFound()) open(store.state.catalog);
    });
  } catch (error) {
    document.body.dataset.state = "empty";
    $("#empty-title").textContent = "The page could not be filled";
    $("#empty-words").textContent = error.sentence || error.message;
  }
}

start();
