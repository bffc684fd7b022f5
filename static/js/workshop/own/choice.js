// For which choice the retraining that is shown was made, and whether that is still what is chosen.
import { h } from "../../lib/dom.js";
import { datasetOf, modelOf, regionsOf } from "./request.js";

export const choiceOf = ({ model, dataset, image, spread, regions }) => ({ model, dataset, image, spread, regions });

/** asked: the choice when it was asked for, or when it was opened again; its model and images are those of the answer. */
export function madeFor(retraining, asked) {
  if (!retraining) return null;
  const image = asked.image ?? retraining.examples[0]?.index ?? null;
  return { ...asked, image, model: retraining.model.id, dataset: retraining.dataset };
}

const paint = choice => JSON.stringify(regionsOf(choice));

/** Numbers of another model, other images or another painting say nothing about what is chosen. */
export function isOfChoice(state) {
  const { made } = state;
  return Boolean(made) && made.model === state.model && made.dataset === state.dataset && paint(made) === paint(state);
}

/** What the address holds: a run is named only beside the choice that it belongs to. */
export const addressed = state => (state.retraining && !isOfChoice(state) ? { ...state, shown: null } : state);

/** To which choice the last result belongs, in words. */
export function ownerOf(state) {
  const { made, retraining, model, dataset } = state;
  const images = datasetOf({ ...state, dataset: made.dataset })?.name ?? "other images";
  const other = made.model === model && made.dataset === dataset ? ", with another part painted" : "";
  return `The last result belongs to ${retraining.model.name} on ${images}${other}.`;
}

/** Says so, and leads back where its model and images are still open. */
export function elsewhere(state, back) {
  const isOpen = modelOf({ ...state, ...state.made }) && datasetOf({ ...state, ...state.made });
  const button = isOpen ? h("button", { class: "btn tiny", type: "button", onclick: back }, "Show it") : null;
  return h("div", { class: "in" }, h("div", { class: "row wrap" }, h("p", { class: "why grow", role: "status" }, ownerOf(state)), button));
}
