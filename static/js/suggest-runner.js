// Posts the request, follows the job, and hands every step to the store. A newer run silences an older one.
import { ENDED, cancel, get, pause, post } from "./api.js";
import { requestOf } from "./suggest-request.js";

const STEP_MS = 500;
const part = encodeURIComponent;
const ended = ({ job, status }) => ENDED.has(job?.status ?? status);

export const running = suggestion => Boolean(suggestion) && !ended(suggestion);

export function createSuggestRunner(store) {
  let turn = 0;

  async function watch(suggestion, mine) {
    while (mine === turn && !ended(suggestion)) {
      await pause(document.hidden ? 4 * STEP_MS : STEP_MS);
      suggestion = await get(`/suggestions/${part(suggestion.id)}`);
      if (mine === turn) store.set({ suggestion });
    }
  }

  async function started(make, changes) {
    const mine = ++turn;
    store.set({ problem: null, posting: true });
    try {
      const suggestion = await make();
      if (mine !== turn) return;
      if (running(suggestion)) dispatchEvent(new CustomEvent("innv:job", { detail: suggestion.job }));
      store.set({ suggestion, run: suggestion.id, posting: false, ...changes });
      await watch(suggestion, mine);
    } catch (problem) {
      if (mine === turn) store.set({ problem, posting: false });
    }
  }

  async function posted() {
    const answer = await post("/suggestions", requestOf(store.state));
    const id = answer.suggestion.id ?? answer.suggestion;
    return answer.suggestion.plots ? answer.suggestion : get(`/suggestions/${part(id)}`);
  }

  /** Scores; what was looked at stays when the same things are scored again. */
  const run = (changes = {}) => started(posted, changes);

  /** Shows a suggestion by its id; when the server no longer has it, the same request is posted again. */
  const reopen = id =>
    started(() =>
      get(`/suggestions/${part(id)}`).catch(error => {
        if (error.status === 404) return posted();
        throw error;
      }),
    );

  async function stop() {
    const { suggestion } = store.state;
    if (!suggestion?.job) return;
    await cancel(suggestion.job);
    dispatchEvent(new CustomEvent("innv:job", { detail: suggestion.job }));
    store.set({ suggestion: await get(`/suggestions/${part(suggestion.id)}`) });
  }

  const forget = () => {
    turn++;
  };

  return { forget, reopen, run, stop };
}
