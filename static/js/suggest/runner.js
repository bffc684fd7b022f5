// Posts the request, follows the job, and hands every step to the store. A newer run silences an older one.
import { ENDED, cancel, get, pause, post } from "../lib/api.js";
import { requestOf } from "./request.js";

const STEP_MS = 500;
const part = encodeURIComponent;
const ended = ({ job, status }) => ENDED.has(job?.status ?? status);

export const running = suggestion => Boolean(suggestion) && !ended(suggestion);

const suggestionOf = id => get(`/suggestions/${part(id)}`);

export function createSuggestRunner(store) {
  let turn = 0;
  let pressed = null; // the request that was pressed last, as text
  const expected = new Map();

  async function watch(suggestion, mine) {
    while (mine === turn && !ended(suggestion)) {
      await pause(document.hidden ? 4 * STEP_MS : STEP_MS);
      suggestion = await suggestionOf(suggestion.id);
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
    return answer.suggestion.plots ? answer.suggestion : suggestionOf(id);
  }

  /** Scores; what was looked at stays when the same things are scored again. A second press asks nothing twice. */
  async function run(changes = {}) {
    const request = JSON.stringify(requestOf(store.state));
    if (store.state.posting && request === pressed) return;
    pressed = request;
    await started(posted, changes);
  }

  /** Begins to ask for what will be reopened: the server has to read its scores first. */
  function expect(id) {
    expected.set(id, suggestionOf(id));
    expected.get(id).catch(() => {}); // reported when it is reopened
  }

  /** Shows a suggestion by its id; when the server no longer has it, the same request is posted again. */
  function reopen(id) {
    const asked = expected.get(id) ?? suggestionOf(id);
    expected.delete(id);
    pressed = null;
    return started(() =>
      asked.catch(error => {
        if (error.status === 404) return posted();
        throw error;
      }),
    );
  }

  async function stop() {
    const { suggestion } = store.state;
    if (!suggestion?.job) return;
    const mine = turn;
    await cancel(suggestion.job);
    dispatchEvent(new CustomEvent("innv:job", { detail: suggestion.job }));
    const stopped = await suggestionOf(suggestion.id);
    if (mine === turn) store.set({ suggestion: stopped });
  }

  const forget = () => {
    turn++;
    store.set({ posting: false });
  };

  return { expect, forget, reopen, run, stop };
}
