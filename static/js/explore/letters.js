// Queries, orders and columns name a model by its letter, which is its place: what they say of other models, carried over.
import { tokensOf } from "./rows/tokens.js";
import { letterAt, letterOf, partOf } from "./rows/values.js";

const NONE = new Set();

/** Letter of a model before -> its letter now, null where it is no longer among them. */
function movesOf(before, after) {
  const letter = place => (place < 0 ? null : letterAt(place));
  return new Map(before.map((id, place) => [letterAt(place), letter(after.indexOf(id))]));
}

/** A column as it is called now; null where its model is gone, itself where it is of none. */
function moved(name, moves) {
  const letter = letterOf(name)?.toUpperCase();
  if (!moves.has(letter)) return name;
  const now = moves.get(letter);
  return now && `${now}.${partOf(name)}`;
}

/** The query in the letters of now; empty where it says something of a model that is gone. */
function movedQuery(query, moves) {
  const pieces = tokensOf(query, NONE).map(({ text, kind }) => (kind === "word" ? moved(text, moves) : text));
  return pieces.includes(null) ? "" : pieces.join("");
}

/**
 * Those of {query, sort, order, columns, colour} that a state has, as they read of other models. before, after: their ids.
 * @param {{query?: string, sort?: string|null, order?: string|null, columns?: string[]|null, colour?: string}} state as that of the page
 */
export function carried(state, before, after) {
  const moves = movesOf(before, after);
  const changes = {};
  if (state.query) changes.query = movedQuery(state.query, moves);
  const columns = state.columns?.map(name => moved(name, moves)).filter(Boolean) ?? [];
  if (state.columns?.length) changes.columns = columns.length ? columns : null;
  if (state.colour) changes.colour = moved(state.colour, moves) ?? "label";
  if (state.sort) {
    changes.sort = moved(state.sort, moves);
    if (!changes.sort) changes.order = null;
  }
  return changes;
}
