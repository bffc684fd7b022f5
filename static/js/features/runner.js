// Posts an ascent, follows it, then looks for the images that activate most and least. A newer run silences an older one.
import { ENDED, cancel, get, pause, post } from "../lib/api.js";
import { extremesOf, requestOf } from "./request.js";

const STEP_MS = 300;
const part = encodeURIComponent;
export const ended = answer => ENDED.has(answer.status);

const tell = job => dispatchEvent(new CustomEvent("innv:job", { detail: job }));

export function createFeatureRunner(store) {
  let turn = 0;
  let search = 0;
  let found = null; // what was searched for last, so that another ascent for the same features does not search again

  async function watch(path, answer, current, onanswer) {
    while (current() && !ended(answer)) {
      const asked_ms = performance.now();
      await pause(STEP_MS);
      answer = await get(`${path}/${part(answer.id)}`);
      if (!current()) return;
      onanswer(answer);
      const took_ms = performance.now() - asked_ms - STEP_MS;
      if (took_ms > STEP_MS) await pause(2 * took_ms); // a slow answer is asked for less often
    }
  }

  async function started(make) {
    const mine = ++turn;
    store.set({ problem: null, posting: true });
    try {
      const ascent = await make();
      if (mine !== turn) return;
      if (!ended(ascent)) tell(ascent.job);
      store.set({ ascent, run: ascent.id, posting: false });
      await watch(
        "/maximizations",
        ascent,
        () => mine === turn,
        next => store.set({ ascent: next }),
      );
      if (mine === turn) await compare();
    } catch (problem) {
      if (mine === turn) store.set({ problem, posting: false });
    }
  }

  /** Needs an ascent and a dataset; the images it shows stay when they are of the same features. */
  async function compare() {
    const { ascent, dataset, extremes: shown, model } = store.state;
    if (ascent && ascent.request.model !== model) return null; // the dataset was chosen for another model
    const wanted = ascent && dataset ? JSON.stringify(extremesOf(ascent.request, dataset)) : null;
    if (wanted && found === wanted && shown) return null;
    const mine = ++search;
    if (!wanted) return store.set({ extremes: null });
    store.set({ extremes: null, extremesProblem: null });
    try {
      const { extremes, job } = await post("/extremes", JSON.parse(wanted));
      if (mine !== search) return cancel(job);
      found = wanted;
      tell(job);
      store.set({ extremes });
      await watch(
        "/extremes",
        extremes,
        () => mine === search,
        next => store.set({ extremes: next }),
      );
    } catch (extremesProblem) {
      if (mine === search) store.set({ extremesProblem });
    }
    return null;
  }

  const posted = () => post("/maximizations", requestOf(store.state)).then(answer => answer.maximization);

  function run() {
    const { ascent, extremes } = store.state;
    for (const going of [ascent, extremes]) if (going && !ended(going)) cancel(going.job).catch(() => {});
    return started(posted);
  }

  /** Shows an ascent by its id; when the server no longer has it, the same request is posted again. */
  const reopen = id =>
    started(() =>
      get(`/maximizations/${part(id)}`).catch(error => {
        if (error.status === 404) return posted();
        throw error;
      }),
    );

  const resume = () =>
    started(() => post(`/maximizations/${part(store.state.ascent.id)}/resume`, {}).then(answer => answer.maximization));

  async function stop() {
    const { ascent } = store.state;
    if (!ascent) return;
    const mine = turn;
    await cancel(ascent.job);
    tell(ascent.job);
    const stopped = await get(`/maximizations/${part(ascent.id)}`);
    if (mine === turn) store.set({ ascent: stopped });
  }

  /** Another address was opened: what was asked for is shown no more. */
  function forget() {
    turn++;
    search++;
    store.set({ posting: false });
  }

  return { run, reopen, resume, stop, compare, forget };
}
