// The page Visualize: joins request, run, result and address.
import { $, $$, h, replace } from "./dom.js";
import { get, put } from "./api.js";
import { loading, openCatalog, settle } from "./catalog.js";
import { createDisplayBar } from "./display-bar.js";
import { createExportMenu } from "./export-menu.js";
import { createGrid } from "./grid.js";
import { count } from "./format.js";
import { onKeys } from "./keyboard.js";
import { BLANK, firstState, remember, requestOf, unready } from "./request.js";
import { createRequestPanel, obstacle } from "./request-panel.js";
import { createRunner, ended } from "./runner.js";
import { createSlideshow } from "./slideshow.js";
import { startShell } from "./shell.js";
import { Store } from "./store.js";
import { drawStrip, factsOf } from "./strip.js";
import { complain, toast } from "./toast.js";
import { KEPT, read, write } from "./url.js";

const store = new Store({
  ...BLANK,
  catalog: { models: [], datasets: [], analyzers: [], colormaps: {} },
  explanation: null,
  problem: null,
  posting: false,
  bare: false,
  names: new Map(),
});
const pace = new Map();
const runner = createRunner(store);
const result = $("#result");

const classNames = id => store.state.catalog.models.find(model => model.id === id)?.class_names ?? null;
const last = () => (store.state.explanation?.images.length ?? store.state.images.length) - 1;
const go = place => store.set({ image: Math.max(0, Math.min(last(), place)) });

const acts = {
  run() {
    const invalid = panel.firstInvalid(),
      missing = obstacle(store.state);
    if (missing) return;
    if (invalid) {
      invalid.focus();
      return;
    }
    runner.run({
      image: Math.min(store.state.image, Math.max(0, requestOf(store.state).images.length - 1)),
      ...ownDisplay(),
    });
    if (matchMedia("(max-width: 1000px)").matches) $("#panel").open = false;
  },
  unchecked: () => runner.run({ unchecked: true }),
  stop: () => runner.stop().catch(complain),
  open: place => store.set({ image: place, view: "slide" }),
  go,
  step: by => {
    const n = last() + 1;
    if (n > 0) go((store.state.image + by + n) % n);
  },
};

/** Another method brings its own colours; the same method keeps the person's. */
const ownDisplay = () =>
  store.state.explanation && store.state.explanation.request.analyzer !== store.state.analyzer
    ? { opacity: null, colormap: null }
    : {};

const panel = createRequestPanel(store, acts, pace);
const display = createDisplayBar(store);
const grid = createGrid(result, acts, classNames);
const slideshow = createSlideshow(result, acts, classNames);
createExportMenu(store);

function drawEmpty(state) {
  const missing = obstacle(state),
    models = state.catalog.models.length,
    datasets = state.catalog.datasets.length;
  $("#empty-title").textContent = state.problem ? "This request was not accepted" : "Nothing explained yet";
  $("#empty-words").textContent = state.problem
    ? state.problem.sentence
    : !models
      ? "Add a Keras model. Input size, classes and preprocessing are read from the file and can be changed."
      : !datasets
        ? "Open some images: drop files into the browser, or name a folder when the server is started."
        : missing
          ? `${missing} Then press Explain.`
          : "Press Explain to see what each model looks at, next to what it predicted.";
  replace(
    $("#empty-acts"),
    !models
      ? h("a", { class: "btn primary", href: "/models" }, "Add a model")
      : !datasets
        ? h("a", { class: "btn primary", href: "/images" }, "Open images")
        : missing
          ? h("a", { class: "btn", href: "/images" }, "Choose images")
          : h("button", { class: "btn primary", type: "button", onclick: acts.run }, $("#run-label").textContent),
  );
}

function drawResult(state) {
  const name = drawStrip($("#strip"), state, acts),
    { explanation } = state;
  document.body.dataset.state = name;
  $("#run-facts").textContent = factsOf(explanation);
  if (name === "empty") drawEmpty(state);
  if (!explanation) {
    grid.clear();
    slideshow.clear();
    return;
  }
  const over = ended(explanation),
    place = Math.min(state.image, explanation.images.length - 1);
  if (state.view === "slide") {
    grid.clear();
    slideshow.update(
      explanation,
      over,
      place,
      state.catalog.datasets.find(d => d.id === explanation.request.dataset),
    );
  } else {
    slideshow.clear();
    if (result.firstChild?.classList.contains("slide")) result.replaceChildren();
    grid.update(explanation, over);
    grid.mark(place, state.dropped, explanation);
  }
}

/** Before the first request: the server is still opening what this page starts with. */
function drawWaiting({ models, datasets }) {
  const what = [
    loading(models).length && count(loading(models).length, "model"),
    loading(datasets).length && count(loading(datasets).length, "dataset"),
  ]
    .filter(Boolean)
    .join(" and ");
  $("#strip").hidden = false;
  replace(
    $("#strip"),
    h("span", { class: "strong" }, `Loading ${what || "the example"}`),
    h("progress", { "aria-label": "Loading" }),
  );
}

function drawView(state) {
  for (const radio of $$("#view input")) radio.checked = radio.value === state.view;
}

/** What a finished run teaches: names of its images, seconds a map. */
function learn({ explanation, names }) {
  if (!explanation) return;
  if (explanation.images.some(image => names.get(image.index) !== image.name))
    store.set({ names: new Map([...names, ...explanation.images.map(image => [image.index, image.name])]) });
  const fresh = explanation.cells.filter(cell => cell.status === "done" && !cell.cached).length;
  if (ended(explanation) && fresh && explanation.seconds)
    pace.set(explanation.request.analyzer, explanation.seconds / fresh);
}

function keepAddress(state) {
  const hash = write(state);
  if (hash !== location.hash) history.replaceState(null, "", hash);
  remember(hash);
}

function moveRow(by) {
  go(store.state.image + by);
  if (store.state.view === "grid") grid.focusRow(store.state.image);
}

function toggleSelected() {
  const focused = document.activeElement?.dataset?.image,
    { explanation, dropped, images, image } = store.state;
  const index = focused !== undefined ? Number(focused) : (explanation?.images[image]?.index ?? images[image]);
  if (!images.includes(index)) return;
  store.set({ dropped: dropped.includes(index) ? dropped.filter(other => other !== index) : [...dropped, index] });
  toast(dropped.includes(index) ? "Selected again." : "Taken out of the selection.", { stay_ms: 2000 });
}

async function copyLink() {
  try {
    await navigator.clipboard.writeText(location.href);
    toast("Link copied. It opens this very view.", { stay_ms: 3000 });
  } catch {
    toast(`The browser does not allow copying here. The link is in the address line.`);
  }
}

onKeys({
  "Ctrl+Enter": acts.run,
  ArrowLeft: () => (store.state.view === "slide" ? acts.step(-1) : moveRow(-1)),
  ArrowRight: () => (store.state.view === "slide" ? acts.step(1) : moveRow(1)),
  ArrowUp: () => (store.state.view === "grid" && store.state.explanation ? moveRow(-1) : false),
  ArrowDown: () => (store.state.view === "grid" && store.state.explanation ? moveRow(1) : false),
  Enter: event => (event.target.matches("button, a, summary, input, select") ? false : store.set({ view: "slide" })),
  Escape: () => (document.querySelector(":popover-open") ? false : store.set({ view: "grid" })),
  1: () => store.set({ view: "grid" }),
  2: () => store.set({ view: "slide" }),
  "[": () => display.nudge(-5),
  "]": () => display.nudge(5),
  h: () => store.set({ bare: true }),
  s: toggleSelected,
});
addEventListener("keyup", event => {
  if (event.key.toLowerCase() === "h") store.set({ bare: false });
});
addEventListener("blur", () => store.set({ bare: false }));
$("#view").addEventListener("change", event => store.set({ view: event.target.value }));
$("#copy-link").addEventListener("click", copyLink);
result.addEventListener("focusin", event => {
  const row = event.target.dataset?.row;
  if (row !== undefined) go(Number(row));
});
addEventListener("innv:cancelled", ({ detail }) => {
  if (detail.id === store.state.explanation?.job?.id) runner.stop().catch(() => {});
});
addEventListener("hashchange", () => {
  const asked = read();
  if (asked.analyzer) {
    store.set({ ...BLANK, ...asked });
    show(store.state.run, true);
  }
});

store.on(["explanation", "posting", "problem", "view", "image", "dropped", "catalog"], drawResult);
store.on(["view"], drawView);
store.on(["explanation"], learn);
store.on(KEPT, keepAddress);
store.on(["images", "dataset", "dropped"], state => {
  const { dataset, images } = requestOf(state);
  if (dataset) put("/basket", { dataset, images }).catch(() => {});
});

/** Names of the selected images that stand on the dataset's first page; the rest come with the run. */
async function nameImages({ dataset }) {
  if (!dataset) return;
  const { images } = await get(`/datasets/${encodeURIComponent(dataset)}/images?page=0&per_page=60`).catch(() => ({
    images: [],
  }));
  if (store.state.dataset === dataset) store.set({ names: new Map(images.map(image => [image.index, image.name])) });
}
store.on(["dataset"], nameImages);

function show(run, go) {
  if (run) runner.reopen(run);
  else if (go && !obstacle(store.state)) acts.run();
}

async function start() {
  startShell();
  try {
    const { catalog, start: opening } = await openCatalog(unready, drawWaiting);
    const {
      state: { go: _, ...first },
      go,
    } = await firstState(catalog, opening);
    store.set({ ...first, catalog });
    panel.draw(store.state);
    drawResult(store.state);
    drawView(store.state);
    display.draw(store.state);
    show(first.run, go);
    await settle(catalog, next => store.set({ catalog: next }));
  } catch (error) {
    document.body.dataset.state = "empty";
    $("#empty-title").textContent = "The page could not be filled";
    $("#empty-words").textContent = error.sentence || error.message;
  }
}

start();
