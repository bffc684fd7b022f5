// What a ranking by evidence asks for, as a value: what is posted, what prevents it, how long it may take.
import { count, seconds } from "../../lib/format.js";
import { ready } from "../../lib/choices.js";
import { apartSentences, changedModels } from "../../lib/made-with.js";
import { equal, sameParams } from "../../lib/same.js";
import { datasetOf, modelOf } from "../request.js";

export const SIZE = 24; // images on a page of the list
const SHORTEST_S = 1;

/** Spearman and overlap, in the words of a person who meets them here first. */
export const MEASURES = [
  ["spearman", "Rank correlation"],
  ["iou", "Top-tenth overlap"],
];
export const titleOf = measure => MEASURES.find(([name]) => name === measure)[1].toLowerCase();

const listed = names => (names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0]);

/** Why a method cannot rank under the chosen models; null when it can. Activation maps need a layer with positions. */
export function unusable(state, { targets }) {
  if (targets !== "cam") return null;
  const without = state.models.map(id => modelOf(state, id)).filter(model => model && !model.cam_layer);
  if (!without.length) return null;
  const names = listed(without.map(({ name }) => name));
  return `${names} ${without.length > 1 ? "have" : "has"} no layer with height and width`;
}

const methodOf = ({ catalog, analyzer }) => catalog.analyzers.find(({ name }) => name === analyzer) ?? null;

/** The selected images of the dataset that is looked at. */
export const selected = ({ basket, dataset }) => (basket.dataset === dataset ? basket.images : []);

export const countOf = state => (state.scope === "selection" ? selected(state).length : (datasetOf(state)?.n ?? 0));

/** No images: the whole dataset. */
export const requestOf = state => ({
  models: state.models,
  dataset: state.dataset,
  images: state.scope === "selection" ? selected(state) : [],
  analyzer: state.analyzer,
  params: state.params,
  measure: state.measure,
});

const falling = indices => [...indices].sort((a, b) => b - a);

/** A list of many images does not say which: then their number counts. */
function sameImages(state) {
  const { ranking, scope } = state;
  if (ranking.n_images !== countOf(state)) return false;
  return scope === "all" || !ranking.images || equal(falling(ranking.images), falling(selected(state)));
}

/** What of the panel the shown list is not of. */
function others(state) {
  const { ranking, dataset, models, analyzer, measure } = state;
  const same = {
    "another dataset": ranking.dataset === dataset,
    "other models": String(ranking.models.map(({ id }) => id)) === String(models),
    "other images": ranking.dataset !== dataset || sameImages(state),
    "another method": ranking.analyzer === analyzer,
    "other settings": ranking.analyzer !== analyzer || sameParams(methodOf(state)?.fields, state.params, ranking.params),
    "another measure": ranking.measure === measure,
  };
  return Object.keys(same).filter(noun => !same[noun]);
}

export const outdated = state => (state.ranking ? changedModels(state, state.ranking.models) : []);

const MADE = { made: "this list was made", press: "Press Rank for a new one." };

/** The sentences where the shown list is not the one asked for; null where it is. */
export const apartWords = state =>
  state.ranking && !state.rankPosting ? apartSentences(others(state), outdated(state), MADE) : null;

function fewModels({ catalog, models }) {
  const usable = ready(catalog.models).length;
  if (usable < 2) return usable ? "Add one more model to compare with." : "Add two models to compare.";
  return models.length ? "Choose one more model to compare with." : "Choose two models or more to compare.";
}

/** What prevents it, in the words of the next action; null when nothing does. */
export function obstacle(state) {
  const record = datasetOf(state);
  const method = methodOf(state);
  if (!record) return "Open a dataset first.";
  if (state.models.length < 2) return fewModels(state);
  if (!method) return "Choose a method.";
  const why = unusable(state, method);
  if (why) return `Choose another method: ${why}.`;
  if (countOf(state)) return null;
  return state.scope === "selection"
    ? `Nothing is selected in ${record.name}. Select images, or take the whole dataset.`
    : `${record.name} has no images.`;
}

const paces = new Map(); // method, measure and models -> seconds an image, of rankings that this tab has seen
/** @param {any} asked */
const paceName = ({ analyzer, measure, models }) => [analyzer, measure, ...models].join(" ");

/** A ranking teaches how long an image takes. */
export function learn({ job, models, ...asked }) {
  if (job.rate > 0) paces.set(paceName({ ...asked, models: models.map(({ id }) => id) }), 1 / job.rate);
}

export function cost(state) {
  const n = countOf(state);
  const perImage = paces.get(paceName(state));
  const time = perImage ? `about ${seconds(Math.max(SHORTEST_S, perImage * n))}` : "the time left is shown as it runs";
  return `${count(n * state.models.length, "heatmap")} · ${time}`;
}
