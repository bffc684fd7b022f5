// The page Explore: joins request, scoring, facts, maps, confusion, one image, the list below, and the address.
import { copyLink, createAddress } from "../shell/address.js";
import { $, $$, h, replace } from "../lib/dom.js";
import { get } from "../lib/api.js";
import { followCatalog, openCatalog } from "../lib/catalog.js";
import { count } from "../lib/format.js";
import { isKept, showKept } from "../lib/kept.js";
import { onKeys } from "../shell/keyboard.js";
import { drawApart } from "../widgets/apart.js";
import { drawRefused } from "../widgets/refused.js";
import { startShell } from "../shell/shell.js";
import { takeOver } from "../shell/take-over.js";
import { Store } from "../lib/store.js";
import { complain } from "../shell/toast.js";
import { createConfusion } from "./confusion/confusion.js";
import { createExportMenu } from "./export-menu.js";
import * as api from "./exploration-api.js";
import { createFacts } from "./facts.js";
import { createInspector } from "./image/inspector.js";
import { createExplorePanel } from "./panel.js";
import { BLANK, apartWords, chooseDataset, datasetOf, firstState, matches, nextColour, obstacle, outdated, requestOf } from "./request.js";
import { createMaps } from "./map/maps.js";
import { createTray } from "./rows/tray.js";
import { createExploreRunner, running } from "./runner.js";
import { Selection } from "./selection.js";
import { drawStrip } from "./strip.js";
import { KEPT, read, remember, write } from "./url.js";

const VIEWS = ["map", "confusion", "table"];

const store = new Store({
  ...BLANK,
  catalog: { models: [], datasets: [], analyzers: [], colormaps: {} },
  methods: [],
  exploration: null,
  asked: null, // the request of what is shown or on its way, as text
  problem: null,
  posting: false,
});
const selection = new Selection(bits => api.select(store.state.exploration.id, { bits }).then(answer => answer.selection));
const line = createAddress({ read, write, remember });
const runner = createExploreRunner(store);

const acts = {
  run() {
    if (obstacle(store.state)) return;
    runner.run();
    if (matchMedia("(max-width: 1000px)").matches) $("#panel").open = false;
  },
  stop: () => runner.stop().catch(complain),
};
const panel = createExplorePanel(store, acts);
const facts = createFacts(store, selection);
const PARTS = { "#maps": createMaps, "#confusion": createConfusion, "#inspector": createInspector, "#tray": createTray };
let parts = [];

/** Maps, matrix, image and list begin with the first numbers; from then on each listens by itself. */
function mount(state) {
  if (parts.length || !state.exploration?.facts) return;
  parts = Object.entries(PARTS).map(([place, create]) => create($(place), { store, selection, api }));
  for (const part of parts) part.render(store.state);
}

/** What could be shown at once if it is kept: another request than the one that is shown or on its way. */
function keptWanted(state) {
  const idle = !state.posting && !line.waits() && !running(state.exploration) && !matches(state);
  return idle && !obstacle(state) ? requestOf(state) : null;
}

function drawTitle({ exploration, catalog, dataset }) {
  const record = exploration?.dataset ?? datasetOf({ catalog, dataset });
  $("#page-title").textContent = exploration ? `${record.name} at a glance` : "All images at a glance";
  const labels = exploration?.dataset.labels?.length;
  const words = exploration ? `${count(record.n, "image")} · ${labels ? count(labels, "label") : "no labels"}` : "";
  $("#page-count").textContent = words;
  $("#export").hidden = !exploration;
}

function drawView({ view }) {
  document.body.dataset.view = view;
  for (const radio of $$('[name="view"]')) radio.checked = radio.value === view;
}

function emptyWords(state) {
  const record = datasetOf(state);
  if (!record) return ["See all images at once", "Maps, mistakes and one table of all images and all models. Two images are enough to start.", "Open a dataset", "/images"];
  const title = `See all ${count(record.n, "image")} at once`;
  if (!state.models.length) return [title, "Images that a model treats alike lie together on the map.", "Add a model", "/models"];
  return [title, "Images that a model treats alike lie together on the map. Draw around what looks odd, and explain it.", null, null];
}

function drawEmpty(state) {
  const [title, words, act, href] = emptyWords(state);
  $("#empty-title").textContent = title;
  $("#empty-words").textContent = words;
  const attributes = { class: "btn primary", type: "button", disabled: Boolean(obstacle(state)), onclick: acts.run };
  replace($("#empty-acts"), href ? h("a", { class: "btn primary", href }, act) : h("button", attributes, $("#run-label").textContent));
}

/** The whole request is said to differ, and maps that nobody would get today are dimmed. */
function drawOthers(state) {
  drawApart(apartWords(state), "Explore", Boolean(obstacle(state)));
  $("#stage").classList.toggle("apart", outdated(state).length > 0);
}

function drawState(state) {
  drawOthers(state);
  const now = drawStrip($("#strip"), state, acts);
  document.body.dataset.state = now === "error" && !state.exploration ? "empty" : now;
  $("#stage").hidden = !state.exploration?.facts;
  if (!state.exploration?.facts) $("#tray").hidden = true;
  drawTitle(state);
  drawEmpty(state);
}

let selectedOf = null;
/** Another exploration has other rows: what was selected belongs to the one before. */
function resetSelection({ exploration }) {
  if (!exploration || exploration.id === selectedOf) return;
  selectedOf = exploration.id;
  selection.reset(exploration.dataset.n);
}

const show = view => store.set({ view });

function listen() {
  onKeys({
    "Ctrl+Enter": acts.run,
    ...Object.fromEntries(VIEWS.map((view, k) => [k + 1, () => show(view)])),
    c: () => store.state.exploration && store.set({ colour: nextColour(store.state.colour, store.state.exploration), hiddenClasses: [] }),
    Escape: () => (document.querySelector(":popover-open") || !$("#inspector").hidden || !selection.count ? false : selection.clear()),
  });
  addEventListener("innv:cancelled", ({ detail }) => {
    if (detail.id === store.state.exploration?.job.id) acts.stop();
  });
  $("#views").addEventListener("change", event => show(event.target.value));
  $("#apart-run").addEventListener("click", acts.run);
  $("#copy-link").addEventListener("click", copyLink);
}

function observe() {
  store.on(["exploration"], resetSelection); // before all who draw from it
  store.on(["exploration"], mount);
  store.on(["catalog"], drawRefused);
  store.on(["view"], drawView);
  store.on(["catalog", "dataset", "models", "layers", "exploration", "asked", "posting", "problem"], drawState);
  store.on(["dataset"], runner.forget);
  showKept(store, ["dataset", "models", "layers", "catalog"], { path: "/explorations", wanted: keptWanted, show: runner.run, result: "exploration" });
  store.on(KEPT, line.keep);
}

const askBasket = () => get("/basket").catch(() => ({ dataset: null, images: [] }));

/** By the id in the address; else at once where all of it is kept. */
async function reopen({ run }) {
  if (line.waits() || obstacle(store.state)) return;
  if (run) {
    await runner.reopen(run, again);
    return;
  }
  const request = requestOf(store.state);
  const kept = await isKept("/explorations", request);
  if (kept && JSON.stringify(request) === JSON.stringify(requestOf(store.state))) await runner.run();
}

/** An exploration that the server no longer has: the same one again where that computes nothing. */
async function again() {
  const request = requestOf(store.state);
  return (await isKept("/explorations", request)) ? (await api.explore(request)).exploration : null;
}

async function open(catalog, asked = askBasket()) {
  const first = firstState(catalog, await asked);
  if (line.opening(first)) first.run = null;
  const { exploration } = store.state;
  const same = exploration?.id === first.run;
  if (!same) runner.forget();
  store.set({ ...first, catalog, exploration: same ? exploration : null, problem: null });
  for (const draw of [drawView, panel.draw, drawState, drawRefused, facts]) draw(store.state);
  if (!same || !exploration) reopen(first).catch(complain); // not waited for: another address may come while it goes on
}

const unready = ({ models, datasets }) => {
  const waits = records => records.length > 0 && !records.some(({ status }) => status !== "loading");
  const asked = read();
  const loading = (records, ids) => records.some(({ id, status }) => status === "loading" && ids.includes(id));
  return waits(models) || waits(datasets) || loading(models, asked.models ?? []) || loading(datasets, [asked.dataset]);
};

/** Whether the strip tells of a job, or will when its request is answered. */
function isOwn({ id, kind }) {
  const { exploration, posting } = store.state;
  return (posting && kind === "explore") || exploration?.job.id === id;
}

async function start() {
  startShell({ own: isOwn });
  try {
    const held = askBasket();
    const { catalog } = await openCatalog(unready, () => {});
    const { methods } = await api.methods();
    store.set({ methods });
    observe();
    listen();
    createExportMenu(store, selection, () => parts[Object.keys(PARTS).indexOf("#maps")]);
    await open(catalog, held);
    addEventListener("hashchange", () => open(store.state.catalog).catch(complain));
    await followCatalog(catalog, (held, gone) => {
      takeOver(store, held, gone, id => store.set(chooseDataset(store.state, id)));
      if (line.isFound()) open(store.state.catalog).catch(complain);
    });
  } catch (error) {
    document.body.dataset.state = "empty";
    complain(error);
  }
}

start();
