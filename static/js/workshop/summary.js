// What the networks of one run have in common: means over seeds, with and without marks.
import { fixed } from "../lib/format.js";

export const decimals = (value, places = 2) =>
  Number.isFinite(value) ? fixed(value, places) : "–";

/** More has its sign too; what rounds to zero has none. */
export const change = (value, places = 2) => (Number(value.toFixed(places)) > 0 ? "+" : "") + fixed(value, places);

const ENDED = new Set(["done", "failed", "cancelled"]);
export const isLive = run => !ENDED.has(run.status);
export const isMarked = run => run.classes.some(one => one.marked) && (run.request.way ?? "none") !== "none";

const known = values => values.filter(value => value !== null && Number.isFinite(value));

export const mean = values => {
  const all = known(values);
  return all.length ? all.reduce((sum, value) => sum + value, 0) / all.length : null;
};

/** Of a sample; null for fewer than two values. */
export function deviation(values) {
  const all = known(values);
  if (all.length < 2) return null;
  const middle = mean(all);
  return Math.sqrt(all.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (all.length - 1));
}

/** Places of the networks that a row is about: those trained with marks, where there are marks. */
export function mainTrials(run) {
  const places = run.trials.map((_, place) => place);
  return isMarked(run) ? places.filter(place => run.trials[place].way !== "none") : places;
}

/** Places of those that were trained without the marks, for comparison. */
export const plainTrials = run =>
  isMarked(run) ? run.trials.map((_, place) => place).filter(place => run.trials[place].way === "none") : [];

export const valuesOf = (run, places, field) => places.map(place => run.trials[place][field]);

export const filmOf = (trial, name) => trial.films.find(film => film.class === name) ?? null;

/** Of one class: how alike its pictures are to it in each network, on average, and how far that varies. */
export function likeness(run, name, places = mainTrials(run)) {
  const all = places.map(place => filmOf(run.trials[place], name)?.r ?? null);
  return { all, mean: mean(all), deviation: deviation(all) };
}

/** The network that trains now, or will next; null when all are done. */
export const unfinished = run => run.trials.find(trial => trial.films_epoch !== run.request.epochs) ?? null;

/** Epochs done of all networks, in [0, 1]. */
export function share(run) {
  const all = run.trials.length * run.request.epochs;
  return all ? Math.min(1, run.trials.reduce((sum, trial) => sum + trial.epoch, 0) / all) : 0;
}

export function seedWords({ seed, seeds }) {
  return seeds > 1 ? `seeds ${seed} to ${seed + seeds - 1}` : `seed ${seed}`;
}

const NETWORKS = { mlp: "MLP", cnn: "CNN", file: "Keras file" };
export const WAYS = { penalty: "penalty", filling: "filling", both: "penalty and filling" };

/**
 * The settings of a run, a few words each. file: the name of its model, where it is a file.
 * @param {{request: any, file?: string}} run
 */
export function settingWords({ request, file = null }) {
  return [
    file ?? NETWORKS[request.model] ?? request.model,
    `${request.initial} start`,
    `step ${request.step_size}`,
    `${request.epochs} epochs`,
    seedWords(request),
  ];
}
