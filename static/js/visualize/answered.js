// Whether the maps that are shown are those that the panel asks for, and how it is said where they are not.
import { beside } from "../lib/choices.js";
import { count } from "../lib/format.js";
import { apartSentences, changedModels } from "../lib/made-with.js";
import { parsed } from "../lib/neuron-target.js";
import { differing, equal, inWords, sameParams } from "../lib/same.js";
import { requestOf } from "./request.js";

const layerOf = (layer, id) => (layer && typeof layer === "object" ? layer[id] : layer) ?? null;

function sameClass(state, asked, shown) {
  const named = beside(state.catalog.models, state.dataset);
  const names = named.find(model => model.id === asked.models[0])?.class_names ?? [];
  return Boolean(parsed(state.neurons)) || [shown.class, names[shown.class]].map(String).includes(String(asked.class));
}

/**
 * What of the panel the shown maps are not of, as nouns. The server answers with the request complete: every parameter,
 * the class as an index, a layer for each model, the engine that was chosen for "auto".
 */
function otherSettings(state, explanation) {
  const [asked, shown] = [requestOf(state), explanation.request];
  const method = state.catalog.analyzers.find(analyzer => analyzer.name === asked.analyzer);
  const same = {
    method: asked.analyzer === shown.analyzer,
    parameters: sameParams(method?.fields, asked.params, shown.params),
    class: sameClass(state, asked, shown),
    neurons: asked.neuron === shown.neuron && asked.top_neurons === shown.top_neurons,
    layer: asked.models.every(id => !shown.models.includes(id) || layerOf(asked.layer, id) === layerOf(shown.layer, id)),
    engine: [shown.engine, shown.engine === method?.runtimes[0] ? "auto" : null].includes(asked.engine),
    score: asked.softmax === shown.softmax && asked.unchecked === shown.unchecked,
    dataset: asked.dataset === shown.dataset,
  };
  const changed = changedModels(state, explanation.models).flatMap(({ nouns }) => nouns);
  return [...differing(same), ...new Set(changed)];
}

/** Whether the panel asks for exactly what is shown. */
export const matches = (state, explanation) =>
  !otherSettings(state, explanation).length &&
  ["models", "images"].every(name => equal(requestOf(state)[name], explanation.request[name]));

function ofOtherSettings(nouns, asked, shown) {
  if (nouns.includes("dataset")) return "These maps show images of another dataset. Press Explain for those chosen.";
  if (nouns.includes("method")) return `These are ${shown.analyzer} maps. Press Explain for ${asked.analyzer}.`;
  return `These maps were made with different settings (${inWords(nouns)}). Press Explain for those chosen.`;
}

/** Maps of the chosen settings, but not of every chosen image and model. */
function missing(asked, shown) {
  const images = asked.images.filter(index => !shown.images.includes(index)).length;
  const models = asked.models.filter(id => !shown.models.includes(id)).length;
  const what = [images && count(images, "image"), models && count(models, "model")].filter(Boolean).join(" and ");
  return what ? `${what} ${images + models === 1 ? "is" : "are"} not explained yet. Press Explain.` : null;
}

/** -> {wrong, words}: whether the shown maps are of other settings, and the sentence; null when nothing is to be said. */
export function standsApart(state) {
  const { explanation, posting } = state;
  if (!explanation || posting) return null;
  const nouns = otherSettings(state, explanation);
  const asked = requestOf(state);
  const words = nouns.length ? ofOtherSettings(nouns, asked, explanation.request) : missing(asked, explanation.request);
  return words && { wrong: nouns.length > 0, words };
}

const MADE = { made: "these maps were made", press: "Press Explain to update them." };

/** The same of the maps of several methods: they go with every change of the panel, but not with one on Models. */
export function methodsApart(state) {
  const runs = [...state.sheets.values()].map(({ explanation }) => explanation).filter(Boolean);
  const changed = new Map(runs.flatMap(run => changedModels(state, run.models)).map(model => [JSON.stringify(model), model]));
  const words = apartSentences([], [...changed.values()], MADE);
  return words && { wrong: true, words };
}
