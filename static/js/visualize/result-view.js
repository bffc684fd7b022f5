// The right side of Visualize: strip, empty state, and the result as grid or slideshow.
import { $, $$, h, replace } from "../lib/dom.js";
import { methodsApart, standsApart } from "./answered.js";
import { loading } from "../lib/catalog.js";
import { columnsOfRuns, common, modelsOf } from "./compare.js";
import { toPage } from "../lib/focus.js";
import { count } from "../lib/format.js";
import { createGrid } from "./grid.js";
import { asOne, columnsOf } from "./methods.js";
import { createMethodsView } from "./methods-view.js";
import { obstacle, requestOf } from "./request.js";
import { drawApart } from "../widgets/apart.js";
import { secondOf } from "./both-engines.js";
import { ended } from "./runner.js";
import { createSlideshow } from "./slideshow.js";
import { drawFacts, drawStrip } from "./strip.js";
import { trustEmpty } from "./trust/empty.js";
import { createTrustView } from "./trust/view.js";
import { TRUST_REQUEST } from "./trust/request.js";
import { ready } from "../lib/choices.js";

const NO_MODEL = "Add a Keras model. Input size, classes and preprocessing are read from the file and can be changed.";
const NO_DATASET = "Open some images: drop files into the browser, or name a folder when the server is started.";
const NOTHING_MISSING = "Press Explain to see what each model looks at, next to what it predicted.";

function emptyWords(state) {
  if (state.problem) return state.problem.sentence;
  if (!ready(state.catalog.models).length) return NO_MODEL;
  if (!ready(state.catalog.datasets).length) return NO_DATASET;
  const missing = obstacle(state);
  return missing ? `${missing} Then press Explain.` : NOTHING_MISSING;
}

/** The next action as a button. */
function emptyAct(state, run) {
  const link = (href, words) => h("a", { class: "btn primary", href }, words);
  if (!ready(state.catalog.models).length) return link("/models", "Add a model");
  if (!ready(state.catalog.datasets).length) return link("/images", "Open images");
  if (obstacle(state)) return link("/images", "Choose images");
  return h("button", { class: "btn primary", type: "button", onclick: run }, $("#run-label").textContent);
}

function drawEmpty(state, run) {
  $("#empty-title").textContent = state.problem ? "This request was not accepted" : "Nothing explained yet";
  $("#empty-words").textContent = emptyWords(state);
  replace($("#empty-acts"), emptyAct(state, run));
}

/** Before the first request: the server is still opening what this page starts with. */
export function drawWaiting({ models, datasets }) {
  const [m, d] = [loading(models).length, loading(datasets).length];
  const what = [m && count(m, "model"), d && count(d, "dataset")].filter(Boolean).join(" and ");
  $("#strip").hidden = false;
  replace(
    $("#strip"),
    h("span", { class: "strong" }, `Loading ${what || "the example"}`),
    h("progress", { "aria-label": "Loading" }),
  );
}

export function drawFailure(error) {
  document.body.dataset.state = "empty";
  $("#strip").hidden = true;
  $("#empty-title").textContent = "The page could not be filled";
  $("#empty-words").textContent = error.sentence || error.message;
}

const APART = { grid: standsApart, slide: standsApart, methods: methodsApart };

/** Maps that are not of the settings chosen are dimmed, and it is said whose they are: nobody reads them as the answer. */
function drawOthers(state) {
  if (state.view === "trust") return; // its table says so itself
  const apart = APART[state.view]?.(state);
  drawApart(apart?.words, "Explain", Boolean(obstacle(state)));
  $("#result").classList.toggle("apart", Boolean(apart?.wrong));
}

const TRUST_FIELDS = [..."trust trustPosting trustProblem cost shownModel shownFill sortedBy sortedModel openRow openImage".split(" "), ...TRUST_REQUEST];

/** acts: run, again, stop, unchecked, open, go, step. */
export function createResultView(store, acts) {
  const root = $("#result");
  const grid = createGrid(root, acts);
  const slideshow = createSlideshow(root, acts);
  const methods = createMethodsView(root);
  const trust = createTrustView(store, acts);
  $("#apart-run").addEventListener("click", () => {
    acts.run();
    toPage(); // the button goes with the maps that come
  });

  function drawGrid(state, explanation, place) {
    slideshow.clear();
    grid.update(explanation, ended(explanation), (model, image) => secondOf(state, model, image));
    grid.mark(place, state.dropped, explanation);
  }

  function drawSlideshow(state, explanation, place) {
    grid.clear();
    const dataset = state.catalog.datasets.find(({ id }) => id === explanation.request.dataset);
    const second = (model, image) => secondOf(state, model, image);
    slideshow.update(explanation, ended(explanation), place, dataset, second);
  }

  const imagesOf = state => requestOf(state).images.map(index => ({ index, ...labelled(state, index) }));

  /** Name and label of an image, as far as a run has given them. */
  function labelled(state, index) {
    const runs = [...state.sheets.values()].map(sheet => sheet.explanation).concat(state.explanation);
    const known = runs.flatMap(run => run?.images ?? []).find(image => image.index === index);
    return { name: known?.name ?? state.names.get(index) ?? `image ${index + 1}`, label: known?.label ?? null };
  }

  /** The strip and the facts of several runs taken as one; returns the state of the page. */
  function standing(one, posting = false) {
    const name = drawStrip($("#strip"), { explanation: one, posting }, acts);
    document.body.dataset.state = name;
    drawFacts($("#run-facts"), one);
    grid.clear();
    slideshow.clear();
    if (name === "empty") {
      methods.clear();
      root.replaceChildren();
    }
    return name;
  }

  function drawMethods(state) {
    const models = state.catalog.models.filter(model => state.models.includes(model.id));
    const images = imagesOf(state);
    const columns = columnsOf(state);
    if (standing(asOne(state.sheets, columns, models, images)) === "empty")
      return drawEmpty({ ...state, explanation: null }, acts.run);
    const { sheets, dataset, catalog, colormap } = state;
    return methods.update({ columns, sheets, dataset, catalog, colormap, between: "Agreement between methods" }, images, models);
  }

  /** A run that was cancelled some time ago is shown as far as it came. */
  const asTheyAre = one => (one?.job.status === "cancelled" ? { ...one, job: { status: "done" } } : one);

  /** Earlier runs side by side, on the images that all of them explain. */
  function drawCompared({ earlier, compared, catalog, colormap }) {
    const columns = columnsOfRuns(compared, earlier, catalog);
    const { dataset, images, note, obstacle: why } = common(compared, earlier);
    const models = modelsOf(compared, earlier);
    const one = asOne(earlier, columns, models, images, "runs");
    if (standing(why ? null : asTheyAre(one), !why) === "empty") {
      $("#empty-title").textContent = "These runs cannot be compared";
      $("#empty-words").textContent = why;
      return replace($("#empty-acts"));
    }
    const between = "Agreement between runs";
    return methods.update({ columns, sheets: earlier, dataset, catalog, colormap, between, open: true, note }, images, models);
  }

  function drawTrust(state) {
    for (const part of [grid, slideshow, methods]) part.clear();
    root.replaceChildren();
    if (trust.draw(state) === "empty") trustEmpty(state, obstacle(state), acts.run, emptyAct);
  }

  function draw(state) {
    document.body.dataset.view = state.view;
    for (const radio of $$("#view input")) radio.checked = radio.value === state.view;
    $("#view input[value=compare]").parentElement.hidden = !state.compared.length;
    if (state.view === "trust") return drawTrust(state);
    trust.leave();
    if (state.view === "methods") return drawMethods(state);
    if (state.view === "compare") return drawCompared(state);
    methods.clear();
    return drawRun(state);
  }

  function drawRun(state) {
    const { explanation, view } = state;
    const name = drawStrip($("#strip"), state, acts);
    document.body.dataset.state = name;
    drawFacts($("#run-facts"), explanation);
    if (name === "empty") drawEmpty(state, acts.run);
    if (!explanation) {
      root.replaceChildren();
      return;
    }
    const place = Math.min(state.image, explanation.images.length - 1);
    (view === "slide" ? drawSlideshow : drawGrid)(state, explanation, place);
  }

  const request = ["models", "images", "dropped", "dataset", "analyzer", "params", "target", "neurons", "layers"];
  store.on([...request, "engine", "softmax", "unchecked", "explanation", "sheets", "posting", "catalog", "view"], drawOthers);
  store.on(["sheets", "earlier", "compared", "methods", "models", "images", "explanation", "reference", "engine", "posting", "problem", "view", "image", "dropped", "catalog", "colormap"], draw);
  store.on(TRUST_FIELDS, state => state.view === "trust" && drawTrust(state));
  return { draw, focusRow: grid.focusRow, trust };
}
