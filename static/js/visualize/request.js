// The request of Visualize as a value: where it starts from, what is posted, when two are the same.
import { get } from "../lib/api.js";
import { loading } from "../lib/catalog.js";
import { beside, fittingTarget, knownOf, methodFor, modelsFor, ready, spread } from "../lib/choices.js";
import { FIRST } from "./methods.js";
import { parsed } from "../lib/neuron-target.js";
import { TRUST_BLANK } from "./trust/blank.js";
import { read, remembered } from "./url.js";

export const BLANK = {
  models: [],
  dataset: null,
  images: [],
  dropped: [],
  analyzer: null,
  params: {},
  target: "predicted",
  neurons: null, // "top4": the four most active, "12": neuron 12; null: a class
  layers: {},
  engine: "auto", // "both" is this page's: native, with iNNvestigate's maps beside
  softmax: false,
  unchecked: false,
  view: "grid",
  methods: [], // of the view Methods × models
  compared: [], // earlier runs of the view Runs
  image: 0,
  opacity: null,
  colormap: null,
  clip: 100,
  size: null, // of a map, in pixels; null: what room there is
  run: null,
  ...TRUST_BLANK,
};

/** The address of Visualize is kept for this tab, so that coming back from another page finds the same view. */

function completed(state, { models, datasets, analyzers }, basket) {
  const known = new Set(ready(models).map(model => model.id));
  const has = id => datasets.some(dataset => dataset.id === id && dataset.status === "ready");
  const dataset = [state.dataset, basket.dataset].find(has) ?? datasets.find(d => d.status === "ready")?.id ?? null;
  const record = datasets.find(d => d.id === dataset);
  const inRange = index => index >= 0 && index < (record?.n ?? 0);
  const asked = (state.dataset ?? dataset) === dataset ? (state.images ?? []) : []; // of another dataset, which is not open
  const given = asked.length ? asked : basket.dataset === dataset ? basket.images : [];
  const images = given.filter(inRange);
  const chosen = (state.models || []).filter(id => known.has(id));
  const methods = analyzers.map(analyzer => analyzer.name);
  const analyzer = methodFor(state.analyzer, analyzers);
  const fitting = chosen.length ? chosen : modelsFor(record, models);
  return {
    ...BLANK,
    ...state,
    dataset,
    analyzer,
    models: fitting,
    target: fittingTarget(state.target, fitting, models, dataset),
    params: analyzer === state.analyzer ? state.params || {} : {},
    images: images.length ? images : spread(record?.n ?? 0),
    methods: knownOf(state.methods ?? [], methods) ?? FIRST.filter(name => methods.includes(name)),
    image: Math.max(0, state.image || 0),
  };
}

const asState = start => ({
  models: start.models,
  dataset: start.dataset,
  images: start.images,
  analyzer: start.analyzer,
  params: start.params || {},
  view: start.view === "slide" ? "slide" : "grid",
});

/** -> {state, go}: from the address, else from this tab's last view, else from the server's first words, else sensible. */
export async function firstState(catalog, start) {
  const basket = await get("/basket").catch(() => ({ dataset: null, images: [] }));
  const asked = read();
  const last = read(remembered());
  const known = Boolean(last.analyzer);
  if (asked.analyzer) return { state: completed(asked, catalog, basket), go: Boolean(asked.go) || !asked.run };
  const usual = known ? last : start.models ? asState(start) : {};
  const base = asked.view ? { ...usual, view: asked.view } : usual; // a link to a view alone
  if (asked.images)
    return { state: completed({ ...base, ...fresh(base, asked) }, catalog, basket), go: Boolean(asked.go) };
  if (known && basket.images.length && !same(last, basket))
    return { state: completed({ ...last, ...fresh(last, basket) }, catalog, basket), go: false };
  return { state: completed(base, catalog, basket), go: !known && Boolean(start.models) };
}

/** Whether the page has to wait: what it opens with is loading, or nothing is ready while something is loading. */
export function unready({ models, datasets }, start) {
  const asked = read();
  const own = asked.analyzer ? asked : read(remembered());
  const view = own.analyzer ? own : { ...start, ...own }; // the server's first words may be newer than its lists
  const waits = (records, wanted) =>
    loading(records).length > 0 &&
    (wanted.length
      ? loading(records).some(({ id }) => wanted.includes(id))
      : !records.some(({ status }) => status === "ready"));
  return (
    (start.loading && !own.analyzer) ||
    waits(models, view.models ?? []) ||
    waits(datasets, [asked.dataset ?? view.dataset].filter(Boolean))
  );
}

const same = (a, b) => a.dataset === b.dataset && String(a.images) === String(b.images);

/**
 * Another selection on an older view: other images, and other models where the dataset is another one.
 * @param {any} base
 * @param {any} selection
 */
function fresh(base, { dataset, images, models }) {
  const changes = { dataset, images, image: 0, run: null };
  if (models?.length) return { ...changes, models, ...(base.dataset === dataset ? {} : { layers: {} }) };
  return base.dataset === dataset ? changes : { ...changes, models: [], layers: {} };
}

/**
 * What is posted. One layer for all models is sent as a name, one per model as {model: name}.
 * @returns {import("../../../tools/types/rest").NewExplanation}
 */
export function requestOf(state) {
  const named = state.models.filter(id => state.layers[id]).map(id => [id, state.layers[id]]);
  const neurons = parsed(state.neurons);
  const one = named.length === state.models.length && new Set(named.map(([, layer]) => layer)).size === 1;
  return {
    models: state.models,
    dataset: state.dataset,
    images: state.images.filter(index => !state.dropped.includes(index)),
    analyzer: state.analyzer,
    params: state.params,
    layer: named.length ? (one ? named[0][1] : Object.fromEntries(named)) : null,
    neuron: neurons?.index ?? null,
    top_neurons: neurons?.top ?? null,
    class: neurons ? "predicted" : state.target,
    engine: state.engine === "both" ? "native" : state.engine,
    unchecked: state.unchecked,
    softmax: state.softmax,
  };
}

/** The way back: the request of a run as this page's state. */
export function stateOf({ request }, { models, analyzers }) {
  const { neuron, top_neurons, class: class_, engine, layer } = request;
  const names = beside(models, request.dataset).find(model => model.id === request.models[0])?.class_names ?? [];
  const preferred = analyzers.find(({ name }) => name === request.analyzer)?.runtimes[0];
  return {
    ...Object.fromEntries(["models", "dataset", "images", "analyzer", "params", "softmax", "unchecked"].map(
      name => [name, request[name]],
    )),
    target: class_ === null || class_ === "predicted" ? "predicted" : (names[class_] ?? String(class_)),
    neurons: top_neurons !== null ? `top${top_neurons}` : neuron !== null ? String(neuron) : null,
    layers: Object.fromEntries(Object.entries(layer ?? {}).filter(([, name]) => name)),
    engine: engine === preferred ? "auto" : engine,
  };
}

/** What prevents a run, in the words of its next action; null when nothing does. */
export function obstacle(state) {
  const { models, images } = requestOf(state);
  if (!state.dataset) return "Open a dataset first.";
  if (!models.length) return ready(state.catalog.models).length ? "Choose at least one model." : "Add a model first.";
  if (!images.length) return "Choose at least one image.";
  return state.analyzer ? null : "Choose a method.";
}
