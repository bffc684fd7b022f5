// The request of Features as a value: where it starts from, what is posted, what prevents it.
import { ready } from "../lib/choices.js";
import { read, remembered } from "./url.js";

export const MOST_TARGETS = 100;
const FIRST_CLASSES = 10;
const FIRST_CHANNELS = 9;
export const MANY = { class: "classes", neuron: "neurons", channel: "channels" };

export const BLANK = {
  model: null,
  kind: "class",
  index: [],
  layer: null,
  initial: "noise",
  source: null, // dataset of the initial image
  image: 0,
  seed: 0,
  preset: "modern", // what it makes can be seen; plain ascent gives noise in deep networks
  params: {},
  dataset: null,
  shown: 0, // place of the card that is shown large
  contrast: "stretched",
  run: null,
};

export const modelOf = ({ catalog, model }) => catalog.models.find(({ id }) => id === model) ?? null;
export const presetOf = ({ catalog, preset }) => catalog.presets.find(({ name }) => name === preset) ?? null;

/** How many classes, neurons or channels there are to choose from; null where the layer is not known yet. */
export function countOf(state) {
  if (state.kind === "class") return modelOf(state)?.n_classes ?? 0;
  const name = state.layer ?? modelOf(state)?.explained_layer;
  return state.layers?.find(layer => layer.name === name)?.output_shape.at(-1) ?? null;
}

export const nameOf = (state, index) =>
  state.kind === "class" ? (modelOf(state)?.class_names?.[index] ?? `class ${index}`) : `${state.kind} ${index}`;

const upTo = n => Array.from({ length: n }, (_, k) => k);
export const firstIndex = (kind, count) =>
  upTo(Math.min(count ?? 1, kind === "class" ? FIRST_CLASSES : FIRST_CHANNELS));

/** The dataset whose labels are this model's classes, else none. */
export function datasetFor(model, datasets) {
  const fits = dataset => dataset.fits?.includes(model?.id);
  return ready(datasets).find(fits)?.id ?? null;
}

/** Another model has other layers and classes, and images of its own. */
export function chooseModel({ catalog }, id) {
  const model = catalog.models.find(other => other.id === id);
  const index = firstIndex("class", model.n_classes);
  return { model: id, kind: "class", layer: null, layers: null, index, shown: 0, dataset: datasetFor(model, catalog.datasets) };
}

/** From the address, else this tab's last view, else the first model with all its classes. */
export function firstState(catalog) {
  const asked = read();
  const given = asked.model || asked.kind ? asked : { ...read(remembered()), run: null, ...asked };
  const models = ready(catalog.models);
  const model = models.find(({ id }) => id === given.model) ?? models[0] ?? null;
  const same = model && model.id === given.model;
  const kind = same ? (given.kind ?? "class") : "class";
  const known = ready(catalog.datasets).map(({ id }) => id);
  return {
    ...BLANK,
    ...given,
    model: model?.id ?? null,
    kind,
    layer: same ? (given.layer ?? null) : null,
    index: same && given.index?.length ? given.index : firstIndex(kind, kind === "class" ? model?.n_classes : null),
    preset: catalog.presets.some(({ name }) => name === given.preset) ? given.preset : BLANK.preset,
    initial: catalog.starts.includes(given.initial) ? given.initial : BLANK.initial,
    source: known.includes(given.source) ? given.source : null,
    dataset: known.includes(given.dataset) ? given.dataset : datasetFor(model, catalog.datasets),
  };
}

const wanted = ({ model, kind, index, layer }) => ({
  model,
  [MANY[kind]]: index,
  layer: kind === "class" ? null : layer,
});

export const requestOf = state => ({
  ...wanted(state),
  initial: state.initial,
  ...(state.initial === "image" ? { dataset: state.source, image: state.image } : {}),
  preset: state.preset,
  params: state.params,
  seed: state.seed,
});

/** Which images of the dataset activate what an ascent was about. */
export const extremesOf = ({ model, kind, index, layer }, dataset) => ({
  ...wanted({ model, kind, index, layer }),
  dataset,
  count: 12,
});

/** What prevents a run, in the words of its next action; null when nothing does. */
export function obstacle(state) {
  if (!state.model) return ready(state.catalog.models).length ? "Choose a model." : "Add a model first.";
  if (!state.index.length) return `Choose at least one ${state.kind}.`;
  if (state.index.length > MOST_TARGETS) return `Choose at most ${MOST_TARGETS} ${MANY[state.kind]}.`;
  if (state.initial === "image" && state.source === null) return "Choose the image to start from.";
  return null;
}
