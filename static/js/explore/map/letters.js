// The letters of an exploration's models, in their order, as columns have them.

export const letterAt = place => (place < 26 ? String.fromCharCode(65 + place) : `M${place + 1}`);

/** The model of an id with its letter, or null. */
export function modelOf({ models }, id) {
  const place = models.findIndex(model => model.id === id);
  return place < 0 ? null : { ...models[place], letter: letterAt(place) };
}
