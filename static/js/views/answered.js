// Whether what is shown is what the panel asks for, and how it is said where it is not.
import { differing, inWords, sameParams, sameSet } from "../lib/same.js";
import { requestOf, viewOf } from "./request.js";

const idsOf = models => models.map(({ id }) => id);

/** What of the panel the shown parts are not of, as nouns. Their settings are complete: the server adds the usual ones. */
function otherWishes(state, shown) {
  const wanted = requestOf(state);
  const current = wanted.view === shown.view;
  return differing({
    view: current,
    settings: !current || sameParams(viewOf(state)?.fields, wanted.params, shown.params),
    dataset: wanted.dataset === shown.dataset,
    images: wanted.dataset !== shown.dataset || sameSet(wanted.images, shown.images.map(({ index }) => index)),
    models: sameSet(wanted.models, idsOf(shown.models)),
  });
}

function wordsOf(nouns, state, shown) {
  if (nouns.includes("view")) return `This is the view ${shown.title}. Press Show for ${viewOf(state)?.title ?? "another view"}.`;
  return `This was made with different ${inWords(nouns)}. Press Show for those chosen.`;
}

/** -> {wrong, words}; null when nothing is to be said. Each model's parts are its own: other models make none wrong. */
export function standsApart(state) {
  const { shown, posting } = state;
  if (!shown || posting) return null;
  const nouns = otherWishes(state, shown);
  return nouns.length ? { wrong: nouns.some(noun => noun !== "models"), words: wordsOf(nouns, state, shown) } : null;
}
