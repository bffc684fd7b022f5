// What is asked of the server, and what is missing for it.
import { ready } from "../../lib/choices.js";

export const FOR_ALL = "all";
export const SPREADS = [
  [FOR_ALL, "the same part"],
  ["painted", "what most painted ones have"],
  ["samples", "the sample set’s sky"],
];
export const OPTIONS = ["way", "fill", "strength", "steps", "learning_rate", "forget", "seed"];

export const BLANK = {
  model: null,
  dataset: null,
  image: null,
  spread: FOR_ALL,
  regions: {},
  way: null,
  fill: null,
  strength: null,
  steps: null,
  learning_rate: null,
  forget: null,
  seed: null,
};

/** Under which the paint of the image that is shown is kept: one for all, or its own. */
export const keyOf = ({ spread, image }) => (spread === FOR_ALL ? FOR_ALL : String(image));

export const boxesHere = state => state.regions[keyOf(state)] ?? [];

/** The painted images, by index. */
export const paintedOnes = ({ regions }) => Object.entries(regions).filter(([key, boxes]) => key !== FOR_ALL && boxes.length);

export function regionsOf(state) {
  if (state.spread === "samples") return "samples";
  if (state.spread === FOR_ALL) return state.regions[FOR_ALL]?.length ? state.regions[FOR_ALL] : null;
  const painted = paintedOnes(state);
  return painted.length ? Object.fromEntries(painted) : null;
}

export const requestOf = (state, more = {}) => ({
  model: state.model,
  dataset: state.dataset,
  regions: regionsOf(state),
  ...Object.fromEntries(OPTIONS.map(name => [name, state[name]])),
  ...more,
});

export const datasetOf = ({ datasets, dataset }) => datasets.find(({ id }) => id === dataset) ?? null;
export const modelOf = ({ models, model }) => models.find(({ id }) => id === model) ?? null;

/** What is missing, in the words of the next thing to do; null when nothing is. */
export function obstacle(state) {
  if (!ready(state.models).length) return "Add a model first.";
  if (!ready(state.datasets).length) return "Open a dataset first.";
  if (!modelOf(state)) return "Choose the model.";
  if (!datasetOf(state)) return "Choose the images.";
  if (!datasetOf(state).class_names) return "These images have no labels: training needs the class of each.";
  return strangers(state) ?? (regionsOf(state) ? null : "Paint what it should not use.");
}

/** What is wrong where no label of the images is a class of the model; null too while that is not known. */
function strangers(state) {
  const [model, dataset] = [modelOf(state), datasetOf(state)];
  return !dataset.fits || dataset.fits.includes(model.id) ? null : `No label of ${dataset.name} is a class of ${model.name}.`;
}

/** The wish, or what is recommended; null until the server has said it. */
export const valueOf = (state, name) => state[name] ?? state.recommended?.[name] ?? null;

/** What a try of a failed cure changes. */
export const withTry = (state, { changes }) => ({ ...state, ...changes });

/** Other images have nothing painted on them. */
export const chooseDataset = dataset => ({ dataset, image: null, regions: {}, spread: "all" });
