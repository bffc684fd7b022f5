// The page Suggest: joins request, scoring, plots, gallery, basket and address.
import { copyLink, createAddress } from "../shell/address.js";
import { $, $$, arrange, h, replace } from "../lib/dom.js";
import { address, get } from "../lib/api.js";
import { createBasket } from "../widgets/basket.js";
import { loadBokeh } from "../plots/bokeh-figure.js";
import { followCatalog, holdings, openCatalog } from "../lib/catalog.js";
import { createGallery } from "./gallery.js";
import { showKept } from "../lib/kept.js";
import { toPage } from "../lib/focus.js";
import { onKeys } from "../shell/keyboard.js";
import { placeUnder } from "../shell/menu.js";
import { createPlotCard } from "../plots/card.js";
import { showProblems } from "./problem-dialog.js";
import { createRankingView } from "./evidence/view.js";
import { createSavedList } from "./saved-list.js";
import { drawApart } from "../widgets/apart.js";
import { drawRefused } from "../widgets/refused.js";
import { startShell } from "../shell/shell.js";
import { takeOver } from "../shell/take-over.js";
import { Store } from "../lib/store.js";
import { createKinds } from "./kinds.js";
import { createSuggestPanel } from "./panel.js";
import { plotOf } from "./plot.js";
import { BLANK, PLOTS, apartWords, chooseDataset, datasetOf, distanceAsked, firstState, matches, obstacle, outdated, requestOf } from "./request.js";
import { createSuggestRunner, running } from "./runner.js";
import { drawNotices } from "./notices.js";
import { drawStrip } from "./strip.js";
import { KEPT, read, remember, write } from "./url.js";
import { onTheme } from "../lib/theme.js";
import { complain } from "../shell/toast.js";

const store = new Store({
  ...BLANK,
  catalog: { models: [], datasets: [], analyzers: [], colormaps: {} },
  suggestion: null,
  answers: {}, // plot -> the server's last answer
  problem: null,
  posting: false,
  basket: { dataset: null, images: [] },
  ranking: null, // of the view by evidence: the server's last answer, with the page of the list
  rankProblem: null,
  rankPosting: false,
});
const line = createAddress({ read, write, remember });
const runner = createSuggestRunner(store);
const byEvidence = () => store.state.by === "evidence";

/** What goes to Visualize with the selection, unless that is of another dataset, which brings models of its own. */
function along(state) {
  if (state.basket.dataset !== state.dataset) return {};
  return byEvidence() && state.ranking ? ranking.along(state) : { models: state.models };
}

const basket = createBasket(store, () => along(store.state));
const ranking = createRankingView(store, basket, line.waits);
const gallery = createGallery(store, basket);
const cards = new Map();

function score() {
  if (obstacle(store.state)) return false;
  const kept = matches(store.state) ? {} : { look: null, views: {}, page: 1 };
  runner.run(kept);
  return true;
}

/** What could be shown at once if it is kept: other scores than those that are shown or on their way. */
function keptWanted(state) {
  const { suggestion, posting } = state;
  const idle = !posting && !line.waits() && !running(suggestion) && !matches(state);
  return idle && !byEvidence() && !obstacle(state) ? requestOf(state) : null;
}

/** What was looked at belongs to the scores that were shown; with none, to these. */
const showScores = () => runner.run(store.state.suggestion ? { look: null, views: {}, page: 1 } : {});

const acts = {
  run() {
    const begun = byEvidence() ? ranking.run() : score();
    if (begun && matchMedia("(max-width: 1000px)").matches) $("#panel").open = false;
  },
  stop: () => runner.stop().catch(complain),
  look(look) {
    if (look) gallery.expect();
    store.set({ look, page: 1, sort: null, order: null });
  },
  /** Other bins are other images: what was looked at in this plot's bins is closed. */
  view(kind, view) {
    const { views, look } = store.state;
    store.set({ views: { ...views, [kind]: view }, look: look?.plot === kind && look.bin !== undefined ? null : look });
  },
  told: (kind, answer) => store.set({ answers: { ...store.state.answers, [kind]: answer } }),
  problems: () => listProblems().catch(complain),
  /** The same suggestion under its new names: plots and images are drawn again. */
  async renew() {
    const id = store.state.suggestion?.id;
    const { models, datasets } = await holdings();
    store.set({ catalog: { ...store.state.catalog, models, datasets } });
    if (!id || id !== store.state.suggestion?.id) return; // other scores were chosen meanwhile
    store.set({ look: null, views: {}, className: null });
    cards.clear();
    await runner.reopen(id);
  },
};
const panel = createSuggestPanel(store, acts);
const drawKinds = createKinds(store, acts.look, () => show("evidence"));

function cardOf(kind) {
  if (!cards.has(kind)) cards.set(kind, createPlotCard(plotOf(store, kind, acts)));
  return cards.get(kind);
}

/** Cards stay when others come and go, so that nothing is drawn twice. */
function drawPlots(state) {
  if (byEvidence()) return;
  const asked = kind => kind !== "distance" || distanceAsked(state);
  const shown = Object.keys(PLOTS).filter(kind => state.suggestion && state.show.includes(kind) && asked(kind));
  const elements = shown.map(kind => cardOf(kind).element);
  arrange($("#plots"), elements);
  for (const kind of shown) cardOf(kind).draw();
}

/** Another suggestion brings new plots; whoever was at one by keyboard is at the new one of its kind. */
function drawSuggestion(state, changed) {
  const left = /** @type {HTMLElement | null} */ (document.activeElement?.closest("#plots [data-plot]"));
  if (changed.has("run")) cards.clear();
  drawPlots(state);
  if (!left || left.isConnected) return;
  const place = $(`#plots [data-plot=${left.dataset.plot}] .figure`);
  place ? place.focus({ preventScroll: true }) : toPage();
}

/** The whole request is said to differ, and numbers that nobody would get today are dimmed. */
function drawOthers(state) {
  drawApart(apartWords(state), "Score", Boolean(obstacle(state)));
  $("#result").classList.toggle("apart", outdated(state).length > 0);
}

function drawState(state) {
  if (byEvidence()) {
    ranking.drawState(state);
    return;
  }
  drawOthers(state);
  document.body.dataset.state = drawStrip($("#strip"), state, acts);
  $("#scores").hidden = !state.suggestion;
  drawNotices(state, acts.renew);
  if (document.body.dataset.state === "error" && !state.suggestion) document.body.dataset.state = "empty";
  drawEmpty(state);
}

function drawEmpty(state) {
  const why = obstacle(state);
  const record = datasetOf(state);
  const [words, act, href] = !record
    ? [
        "Suggestions compare models on a labelled or unlabelled dataset. Two images are enough to start.",
        "Open a dataset",
        "/images",
      ]
    : state.models.length || !why
      ? [
          `Scoring runs ${state.models.length === 1 ? "the model" : `${state.models.length} models`} over ${record.name} once. The scores are kept and feed every plot.`,
          null,
          null,
        ]
      : ["Suggestions come from what models say about images.", "Add a model", "/models"];
  $("#empty-title").textContent = "No scores yet";
  $("#empty-words").textContent = words;
  const button = href
    ? h("a", { class: "btn primary", href }, act)
    : h(
        "button",
        { class: "btn primary", type: "button", disabled: Boolean(why), onclick: acts.run },
        $("#run-label").textContent,
      );
  replace($("#empty-acts"), button);
}

const TITLES = { scores: "Where the models need you", evidence: "Same answer, different evidence" };

/** The two ways to choose images: by what models answer, and by what they look at. */
function drawBy({ by }) {
  document.body.dataset.by = by;
  $("#page-title").textContent = TITLES[by];
  for (const radio of $$("#by input")) radio.checked = radio.value === by;
}

/** The scores that the address names are asked for when they are looked at. */
const scored = () => (store.state.run && !obstacle(store.state) ? runner.reopen(store.state.run) : null);

function show(by) {
  store.set({ by });
  if (byEvidence()) ranking.reopen();
  else if (!store.state.suggestion) scored();
}

function drawProblem({ problem }) {
  $("#request-error").hidden = !problem;
  $("#request-error").textContent = problem ? (problem.sentence ?? problem.message) : "";
  if (problem) $("#panel").open = true;
}

async function listProblems() {
  const { id } = store.state.suggestion;
  const { problems, total } = await get(`/suggestions/${encodeURIComponent(id)}/problems?page=1`);
  if (id === store.state.suggestion?.id) showProblems(problems, total, "; all are in the scores file");
}

function fillScoresMenu() {
  const { id } = store.state.suggestion;
  const item = (ending, words) => h("a", { class: "item-l", href: address.scores(id, ending), download: "" }, words);
  replace($("#scores-menu"), h("h3", {}, "All scores, one row per image"), item("csv", "CSV"), item("parquet", "Parquet"));
  placeUnder($("#scores-menu"), $("#scores"));
}

const redrawInTheme = () => onTheme(() => drawPlots(store.state));

function toImages() {
  if (byEvidence()) return store.state.ranking ? ranking.focus() : false;
  return store.state.look ? gallery.focus() : false;
}

function listen() {
  onKeys({
    "Ctrl+Enter": acts.run,
    Escape: () =>
      document.querySelector(":popover-open") || !store.state.look || byEvidence() ? false : gallery.close(),
    ArrowRight: toImages,
    ArrowDown: toImages,
    1: () => show("scores"),
    2: () => show("evidence"),
  });
  addEventListener("innv:cancelled", ({ detail }) => {
    if (detail.id === store.state.suggestion?.job?.id) acts.stop();
  });
  $("#by").addEventListener("change", event => show(event.target.value));
  $("#apart-run").addEventListener("click", acts.run);
  $("#copy-link").addEventListener("click", copyLink);
  $("#scores-menu").addEventListener("toggle", fillScoresMenu);
  $("#large-close").addEventListener("click", () => $("#large").close());
  redrawInTheme();
}

const PLOT_FIELDS = [
  "by",
  "suggestion",
  "show",
  "className",
  "group",
  "rule",
  "neuron",
  "modelShown",
  "views",
  "tables",
  "look",
];

const STATE_FIELDS = [
  ...["by", "catalog", "dataset", "models", "layers", "suggestion", "posting", "problem"],
  ...["analyzer", "params", "scope", "measure", "basket", "rank", "ranking", "rankPosting", "rankProblem"],
];

function observe() {
  store.on(["catalog"], drawRefused);
  store.on(["by"], drawBy);
  store.on(PLOT_FIELDS, drawSuggestion);
  store.on(STATE_FIELDS, drawState);
  store.on(["problem"], drawProblem);
  store.on(["dataset"], runner.forget);
  store.on(["models", "by"], basket.draw);
  const request = ["by", "dataset", "models", "layers", "catalog"];
  showKept(store, request, { path: "/suggestions", wanted: keptWanted, show: showScores, result: "suggestion" });
  store.on(KEPT, line.keep);
}

const askBasket = () => get("/basket").catch(() => store.state.basket);

async function open(catalog, asked = askBasket()) {
  const held = await asked;
  const first = firstState(catalog, held);
  if (line.opening(first)) Object.assign(first, { run: null, rank: null });
  const { ranking: shown, posting } = store.state;
  if (posting) runner.forget();
  if (shown?.id !== first.rank) ranking.forget();
  store.set({ ...first, catalog, basket: held, ranking: shown?.id === first.rank ? shown : null, rankProblem: null });
  for (const draw of [drawBy, panel.draw, ranking.draw, drawState, drawKinds]) draw(store.state);
  const going = byEvidence() ? ranking.reopen() : scored();
  Promise.resolve(going).catch(complain); // not waited for: another address may come while it goes on
}

const unready = ({ models, datasets }) => {
  const waits = records => records.length > 0 && !records.some(({ status }) => status !== "loading");
  const asked = read();
  const loading = (records, ids) => records.some(({ id, status }) => status === "loading" && ids.includes(id));
  return waits(models) || waits(datasets) || loading(models, asked.models ?? []) || loading(datasets, [asked.dataset]);
};

/** Whether the strip above the plots or the list tells of a job, or will when its request is answered. */
function isOwn({ id, kind }) {
  const { ranking: ranked, suggestion, posting, rankPosting } = store.state;
  const [shown, awaited] = byEvidence() ? [ranked, rankPosting && "rank"] : [suggestion, posting && "score"];
  return kind === awaited || shown?.job?.id === id;
}

async function start() {
  startShell({ own: isOwn });
  loadBokeh().catch(() => {}); // a plot says so when it is not there
  try {
    const held = askBasket(); // with the catalog, not after it
    const { run, by } = read();
    if (run && by !== "evidence") runner.expect(run);
    const { catalog } = await openCatalog(unready, () => {});
    observe();
    listen();
    createSavedList(store, basket);
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
