// The request of Trust as a value: where it starts from, what is posted, what prevents a run, whether a table answers it.
import { count } from "../../lib/format.js";
import { changedModels } from "../../lib/made-with.js";
import { differing, equal, inWords, sameSet } from "../../lib/same.js";
import { requestOf } from "../request.js";

export const FEW_IMAGES = 8;

/** What the numbers depend on. */
export const TRUST_REQUEST =
  "models images dropped dataset target tested metrics fills steps regions ownMasks analyzer params metricCatalog".split(" ");

export const testedOf = ({ tested, metricCatalog, catalog }) => {
  const known = new Set(catalog.analyzers.map(({ name }) => name));
  return (tested ?? metricCatalog?.shortlist ?? []).filter(name => known.has(name));
};

/** Boxes of the images that are measured. */
export function regionsOf(state) {
  const { images } = requestOf(state);
  return Object.fromEntries(
    Object.entries(state.regions).filter(([index, boxes]) => boxes.length && images.includes(Number(index))),
  );
}

export const hasOwnMasks = ({ catalog, dataset }) => catalog.datasets.some(({ id, own_masks: own }) => id === dataset && own);
export const takesOwnMasks = state => state.ownMasks && hasOwnMasks(state);
export const hasRegions = state => takesOwnMasks(state) || Object.keys(regionsOf(state)).length > 0;

/** What is posted: the samples' own masks, boxes, or nothing. */
function regionsWish(state) {
  const regions = regionsOf(state);
  if (takesOwnMasks(state)) return "samples";
  return Object.keys(regions).length ? regions : null;
}

/** Metrics of a region are left out where none is drawn. */
export function metricsOf(state) {
  const all = state.metricCatalog?.metrics ?? [];
  const drawn = hasRegions(state);
  return all
    .filter(({ name, needs_region: needs }) => (state.metrics?.includes(name) ?? true) && (drawn || !needs))
    .map(({ name }) => name);
}

/** The method of the panel keeps the settings that it has there. */
const methodOf = (name, { analyzer, params }) =>
  name === analyzer && Object.keys(params).length ? { analyzer: name, params } : name;

/** @returns {import("../../../../tools/types/rest").NewTrust} */
export function trustRequestOf(state) {
  const { models, dataset, images, class: class_ } = requestOf(state);
  return {
    models,
    dataset,
    images,
    methods: testedOf(state).map(name => methodOf(name, state)),
    metrics: metricsOf(state),
    fills: state.fills,
    steps: state.steps,
    class: class_,
    regions: regionsWish(state),
  };
}

/** What prevents a run, in the words of its next action; null when nothing does. */
export function trustObstacle(state, missing) {
  if (missing) return missing;
  if (!state.metricCatalog) return "Loading the metrics.";
  if (!testedOf(state).length) return "Choose at least one method.";
  if (!metricsOf(state).length) return "Choose at least one metric.";
  return state.fills.length ? null : "Choose at least one fill.";
}

export const tooFew = state => requestOf(state).images.length < FEW_IMAGES;

const methodsOf = ({ rows }) => rows.filter(({ control }) => !control).map(({ analyzer }) => analyzer);

/** What was changed on Models since a table was measured. */
const changesSince = (state, trust) => [...new Set(changedModels(state, trust.models).flatMap(({ nouns }) => nouns))];

/** What of the panel a table does not answer, as nouns; asked: what it was posted with, null where that is not known. */
export function otherWishes(state, trust, asked) {
  const wanted = trustRequestOf(state);
  const name = method => (typeof method === "string" ? method : method.analyzer);
  const same = {
    dataset: wanted.dataset === trust.dataset,
    images: sameSet(wanted.images, trust.images.map(({ index }) => index)),
    models: sameSet(wanted.models, trust.models.map(({ id }) => id)),
    methods: sameSet(wanted.methods.map(name), methodsOf(trust)),
    settings: !asked || equal(wanted.methods, asked.methods) || wanted.methods.every(one => typeof one === "string"),
    metrics: equal(
      wanted.metrics,
      trust.metrics.map(metric => metric.name),
    ),
    fills: sameSet(wanted.fills, trust.fills),
    steps: wanted.steps === trust.steps,
    class: !asked || wanted.class === asked.class,
    regions: !asked || equal(wanted.regions, asked.regions),
  };
  return [...differing(same), ...changesSince(state, trust)];
}

/** The sentence where a table is of another request; null where it answers this one. */
export function apartWords(state) {
  if (!state.trust || state.trustPosting || !state.metricCatalog) return null;
  const nouns = otherWishes(state, state.trust, state.trustAsked);
  return nouns.length ? `This table was measured with different ${inWords(nouns)}. Press Measure for a new one.` : null;
}

/** "Measure 15 × 2 methods", what the button says. */
export function measureWords(state) {
  const [methods, models] = [testedOf(state).length, state.models.length];
  return `Measure ${models > 1 ? `${methods} × ${models} methods` : count(methods, "method")}`;
}
