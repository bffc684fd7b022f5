// The layers of a model, asked for once; again where the answer did not come.
import { get } from "./api.js";

const layerLists = new Map();

/** A promise of its layers, as `/models/ID/layers` lists them. */
export function layersOf(id) {
  if (!layerLists.has(id)) {
    const answer = get(`/models/${encodeURIComponent(id)}/layers`).then(({ layers }) => layers);
    answer.catch(() => layerLists.delete(id));
    layerLists.set(id, answer);
  }
  return layerLists.get(id);
}
