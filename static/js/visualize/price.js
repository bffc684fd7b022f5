// What a run will cost: the method's forward passes of the network, times how long one takes, as finished runs taught.
import { group, seconds } from "../lib/format.js";

const SHORTEST_S = 0.01;
const MANY = 20; // forward passes a map, above which their number is said
const ANY = "any method"; // a first guess for one that has not run yet

const keyOf = (method, models) => JSON.stringify([method, models]);

/** Remembers of `fresh` computed maps how many seconds a pass took under these models. Without passes a map is one. */
export function learnPace(pace, { request, passes, seconds: taken }, fresh) {
  const each = taken / fresh / (passes ?? 1);
  pace.set(keyOf(request.analyzer, request.models), each);
  if (passes) pace.set(keyOf(ANY, request.models), each);
}

/** Forward passes of one map with the chosen settings; null where the model decides, or they are not known yet. */
function passesOf({ catalog, analyzer, params, costs }) {
  if (costs?.params === params) return costs.passes;
  return Object.keys(params).length ? null : (catalog.analyzers.find(({ name }) => name === analyzer)?.passes ?? null);
}

/** In words, of so many maps under `models`. */
export function priceOf(state, models, maps, pace) {
  const passes = passesOf(state);
  const known = pace.get(keyOf(state.analyzer, models)) ?? (passes && pace.get(keyOf(ANY, models)));
  const time = known ? `about ${seconds(Math.max(SHORTEST_S, known * maps * (passes ?? 1)))}` : null;
  const many = passes > MANY ? `${group(passes)} forward passes each` : null;
  return [many, time].filter(Boolean).join(", ") || "the first map takes longest";
}
