// What is known of images behind a bin, a point or a list; the small answers for hover cards are kept.
import { get } from "../lib/api.js";
import { asQuery } from "./request.js";

const KEPT = 400;
const kept = new Map();

export const fetchImages = (suggestion, query, signal) =>
  get(`/suggestions/${encodeURIComponent(suggestion.id)}/images?${asQuery(query)}`, signal);

export const fetchIndices = async (suggestion, query) =>
  (await get(`/suggestions/${encodeURIComponent(suggestion.id)}/indices?${asQuery(query)}`)).indices;

/** As fetchImages, remembered for as long as no further image has been scored. */
export function glimpse(suggestion, query) {
  const name = `${suggestion.id} ${suggestion.n_scored} ${asQuery(query)}`;
  if (!kept.has(name)) {
    const answer = fetchImages(suggestion, query);
    answer.catch(() => kept.delete(name));
    kept.set(name, answer);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value);
  }
  return kept.get(name);
}
