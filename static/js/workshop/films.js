// The frames of films, fetched once: 32-bit floats, one class after another.
import { PIXELS } from "./packing.js";
import * as api from "./workshop-api.js";

/** counts: frames of each class -> per class its frames, each a view of 784 values. */
export function cut(buffer, counts) {
  const values = new Float32Array(buffer);
  let place = 0;
  return counts.map(count =>
    Array.from({ length: count }, () => {
      place += PIXELS;
      return values.subarray(place - PIXELS, place);
    }),
  );
}

const keyOf = (run, trial) => `${run.id}/${trial}/${run.trials[trial].films_epoch}`;
const isMade = (run, trial) => run.trials[trial].films.length > 0;

/** fetched(id, trial): its bytes. */
export function createFilms(fetched = api.films) {
  const kept = new Map(); // key -> frames
  const asked = new Map(); // key -> promise of them

  async function load(run, trial) {
    const key = keyOf(run, trial);
    if (!isMade(run, trial) || kept.has(key)) return;
    if (!asked.has(key)) asked.set(key, fetched(run.id, trial));
    try {
      kept.set(key, cut(await asked.get(key), run.trials[trial].films.map(film => film.steps + 1)));
    } finally {
      asked.delete(key);
    }
  }

  return {
    /** Frames of every class of a trial; null while they are not here. */
    of: (run, trial) => kept.get(keyOf(run, trial)) ?? null,
    /** All trials of a run; whether any came that was not here. */
    async load(run) {
      const missing = run.trials.map((_, trial) => trial).filter(trial => isMade(run, trial) && !kept.has(keyOf(run, trial)));
      await Promise.all(missing.map(trial => load(run, trial)));
      return missing.length > 0;
    },
  };
}
