// Whether the pictures that are shown are those that the panel asks for, and how it is said where they are not.
import { count } from "../lib/format.js";
import { differing, equal, inWords, sameParams } from "../lib/same.js";
import { MANY, modelOf, presetOf } from "./request.js";

const PLURALS = { start: "another start", preset: "another preset", settings: "other settings", seed: "another seed" };
const startOf = ({ initial, dataset, image }) => (initial === "image" ? [initial, dataset, image] : [initial]);

/** Pictures of a feature of another model, kind or layer. */
function otherFeatures(state, { model, request }) {
  if (request.model !== state.model)
    return `These pictures are of ${model.name}. Press Maximise for ${modelOf(state)?.name ?? "another model"}.`;
  if (request.kind !== state.kind) return `These pictures are of ${MANY[request.kind]}. Press Maximise for ${MANY[state.kind]}.`;
  if (state.kind === "class" || request.layer === state.layer) return null;
  return `These pictures are of the layer ${request.layer}. Press Maximise for ${state.layer ?? "another layer"}.`;
}

function otherSettings(state, { request }) {
  const nouns = differing({
    start: equal(startOf({ ...state, dataset: state.source }), startOf(request)),
    preset: state.preset === request.preset,
    settings: state.preset !== request.preset || sameParams(presetOf(state)?.fields, state.params, request.params),
    seed: state.seed === request.seed,
  });
  return nouns.length ? `These pictures were made with ${inWords(nouns.map(noun => PLURALS[noun]))}. Press Maximise for what is chosen.` : null;
}

/** Chosen classes, neurons or channels that have no picture. */
function missing({ kind, index }, { request }) {
  const n = index.filter(one => !request.index.includes(one)).length;
  return n ? `${count(n, `${kind} has`, `${MANY[kind]} have`)} no picture yet. Press Maximise.` : null;
}

/** -> {wrong, words}: whether the pictures are of another request, and the sentence; null when nothing is to be said. */
export function standsApart(state) {
  const { ascent, posting } = state;
  if (!ascent || posting) return null;
  const wrong = otherFeatures(state, ascent) ?? otherSettings(state, ascent);
  const words = wrong ?? missing(state, ascent);
  return words && { wrong: Boolean(wrong), words };
}
