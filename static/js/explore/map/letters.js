// The letters of an exploration's models, in their order, as columns have them.
import { letterAt } from "../rows/values.js";

/** The model of an id with its letter, or null. */
export function modelOf({ models }, id) {
  const place = models.findIndex(model => model.id === id);
  return place < 0 ? null : { ...models[place], letter: letterAt(place) };
}
