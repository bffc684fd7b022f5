// The request of Suggest as a value: where it starts from, what is posted, what each plot asks for.
import { methodFor, lacks, modelsFor, ready } from "../lib/choices.js";
import { apartSentences, changedModels } from "../lib/made-with.js";
import { read, remembered } from "./url.js";

export const POINTS_AT_MOST = 50_000; // above, the server counts what is in view

export const PLOTS = {
  scatter: { title: "Disagreement", why: "Models sure of different classes" },
  distance: { title: "Distance to a class", why: "All models far from the label" },
  layer: { title: "Layer activation", why: "Mean over a layer’s neurons" },
  neuron: { title: "Neuron activation", why: "One neuron, weakest and strongest" },
};

/** What the view by evidence asks for beside dataset and models, and what is shown of its answer. */
const BLANK_RANKING = {
  by: "scores", // or "evidence"
  analyzer: null,
  params: {},
  measure: "spearman",
  scope: "all", // or "selection"
  alike: "same", // or "other", "all": which answers are listed
  place: 1, // page of the list
  rank: null,
};

export const BLANK = {
  ...BLANK_RANKING,
  dataset: null,
  models: [],
  layers: {},
  show: ["scatter", "distance"],
  className: null, // null: from the labels
  group: null,
  modelShown: null,
  neuron: 0,
  rule: "sturges",
  views: {}, // plot -> the part that is zoomed into
  tables: [],
  look: null,
  sort: null,
  order: null,
  page: 1,
  run: null,
};

export const datasetOf = ({ catalog, dataset }) => catalog.datasets.find(({ id }) => id === dataset) ?? null;
export const modelOf = ({ catalog }, id) => catalog.models.find(model => model.id === id) ?? null;
const open = datasets => datasets.filter(({ status }) => status === "ready");

/** One label for all, several, or none: what the class question starts from. */
export function labelsOf(state) {
  const told = state.suggestion?.dataset.id === state.dataset ? state.suggestion.labels : null;
  const names = datasetOf(state)?.class_names ?? [];
  return (
    told ?? {
      has: names.length > 0,
      classes: names.map(name => ({ name })),
      same: names.length === 1 ? names[0] : null,
    }
  );
}

/** The class that distance is measured to: the answer, the only label there is, or null for each image's own label. */
export const classShown = state => state.className ?? labelsOf(state).same ?? null;
export const distanceAsked = state => state.className !== null || labelsOf(state).has;

/** From the address, else from this tab's last view, else sensible: the basket's dataset, models whose classes fit. */
export function firstState(catalog, basket) {
  const asked = read();
  const given = Object.keys(asked).length ? asked : read(remembered());
  const known = open(catalog.datasets);
  const wanted = [given.dataset, basket.dataset].find(id => known.some(dataset => dataset.id === id));
  const dataset = wanted ?? known[0]?.id ?? null;
  return { ...BLANK, ...given, dataset, ...fitting(given, dataset, catalog) };
}

function fitting(given, dataset, catalog) {
  const usable = new Set(ready(catalog.models).map(({ id }) => id));
  const models = (given.models ?? []).filter(id => usable.has(id));
  const record = catalog.datasets.find(({ id }) => id === dataset);
  const { run = null, rank = null } = given.dataset === dataset ? given : {};
  const { analyzer, params = {} } = given;
  const method = methodFor(analyzer, catalog.analyzers);
  return {
    models: models.length ? models : modelsFor(record, catalog.models),
    analyzer: method,
    params: method === analyzer ? params : {},
    run,
    rank,
  };
}

/**
 * What is posted. The class and the neuron are asked for again with each plot; here they go into the scores file.
 * @returns {import("../../../tools/types/rest").NewSuggestion}
 */
export function requestOf({ dataset, models, layers, neuron, show, modelShown: wanted, className }) {
  /** @type {import("../../../tools/types/rest").NewSuggestion} */
  const request = { dataset, models };
  const chosen = Object.fromEntries(models.filter(id => layers[id]).map(id => [id, layers[id]]));
  if (Object.keys(chosen).length) request.layers = chosen;
  if (className !== null) request.class = className;
  if (show.includes("neuron")) request.neuron = { [models.includes(wanted) ? wanted : models[0]]: neuron };
  return request;
}

/** What prevents it, in the words of the next action; null when nothing does. */
export const obstacle = state => lacks(datasetOf(state), state, "Suggestions compare at least 2.");

/** What of the panel the shown scores are not of. */
function others({ catalog, suggestion, dataset, models, layers }) {
  const scored = suggestion.models.map(({ id }) => id);
  const usual = id => catalog.models.find(model => model.id === id)?.explained_layer;
  const layerOf = id => layers[id] ?? usual(id) ?? suggestion.layers[id];
  const same = {
    "another dataset": suggestion.dataset.id === dataset,
    "other models": String(scored) === String(models),
    "another layer": models.every(id => !scored.includes(id) || layerOf(id) === suggestion.layers[id]),
  };
  return Object.keys(same).filter(noun => !same[noun]);
}

/** The models whose scores would be others today. */
export const outdated = state => (state.suggestion ? changedModels(state, state.suggestion.models) : []);

/** Whether the panel asks for what is shown. */
export const matches = state => Boolean(state.suggestion) && !others(state).length && !outdated(state).length;

const MADE = { made: "these scores were made", press: "Press Score to update them." };

/** The sentences where the shown scores are not those asked for; null where they are. */
export const apartWords = state =>
  state.suggestion && !state.posting ? apartSentences(others(state), outdated(state), MADE) : null;

/** Another dataset brings its own models and forgets what was looked at. */
export function chooseDataset(state, id) {
  const record = state.catalog.datasets.find(other => other.id === id);
  const { by, analyzer, params, measure, show, rule } = state;
  const kept = { by, analyzer, params, measure, show, rule };
  const models = modelsFor(record, state.catalog.models);
  return { ...BLANK, ...kept, dataset: id, models, suggestion: null, ranking: null };
}

/** What goes with a change that gives these plots other numbers: their zoom, and the bin that was looked at. */
export function withNewNumbers({ views, look }, kinds) {
  const kept = Object.fromEntries(Object.entries(views).filter(([kind]) => !kinds.includes(kind)));
  return { views: kept, look: look?.bin !== undefined && kinds.includes(look.plot) ? null : look };
}

/** The model whose layer or neuron is drawn. */
export function modelShown({ suggestion, modelShown: wanted }) {
  const ids = suggestion.models.map(({ id }) => id);
  return ids.includes(wanted) ? wanted : ids[0];
}

const ofLayer = state => {
  const model = modelShown(state);
  return { model, layer: state.suggestion.layers[model] };
};

/** Up to POINTS_AT_MOST dots are all sent and zoomed here; more are counted by the server, in view. */
const partOf = ({ views, suggestion }, kind) => {
  if (!views[kind] || (kind === "scatter" && suggestion.dataset.n <= POINTS_AT_MOST)) return {};
  const [x0, x1, y0 = null, y1 = null] = views[kind];
  return { x0, x1, y0, y1 };
};

const QUERY = {
  scatter: () => ({}),
  distance: state => ({ class: classShown(state), group: state.group }),
  layer: ofLayer,
  neuron: state => ({ ...ofLayer(state), neuron: state.neuron }),
};

/** What determines a plot, as a query; `theme` and sizes are added by whoever draws. */
export function plotQuery(state, kind) {
  const rule = kind === "scatter" ? {} : { rule: state.rule };
  const given = { ...QUERY[kind](state), ...rule, ...partOf(state, kind) };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined));
}

/** Which images `look` means, as a query for images and indices. A box or a press on dots does not depend on the view. */
export function lookQuery(state, look) {
  if (look.list) return { list: look.list };
  const { x0, x1, y0, y1, ...rest } = plotQuery(state, look.plot);
  const query = { plot: look.plot, ...rest };
  if (look.bin !== undefined) return { ...plotQuery(state, look.plot), plot: look.plot, bin: look.bin };
  if (look.rows) return { ...query, rows: look.rows.join(",") };
  const [left, right, bottom, top] = look.box;
  return { ...query, x0: left, x1: right, y0: bottom, y1: top };
}

export const asQuery = values => new URLSearchParams(Object.entries(values)).toString();
