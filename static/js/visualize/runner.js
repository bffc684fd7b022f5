// Posts the request, follows the job, and hands every step to the store. A newer run silences an older one.
import { ENDED, cancel, get, pause, post } from "../lib/api.js";
import { requestOf } from "./request.js";

const STEP_MS = 300;

/** An explanation has ended when its job has, or when it never needed one. */
export const ended = explanation => ENDED.has(explanation.job?.status ?? explanation.status);

export function createRunner(store) {
  let turn = 0;

  async function watch(explanation, mine) {
    while (mine === turn && !ended(explanation)) {
      const asked_ms = performance.now();
      await pause(STEP_MS);
      explanation = await get(`/explanations/${encodeURIComponent(explanation.id)}`);
      if (mine !== turn) return;
      store.set({ explanation });
      const took_ms = performance.now() - asked_ms - STEP_MS;
      if (took_ms > STEP_MS) await pause(2 * took_ms); // a slow answer is asked for less often
    }
  }

  async function started(make) {
    const mine = ++turn;
    store.set({ problem: null, posting: true });
    try {
      const explanation = await make();
      if (mine !== turn) return;
      const job = explanation.job;
      if (job && !ended(explanation)) dispatchEvent(new CustomEvent("innv:job", { detail: job }));
      store.set({ explanation, run: explanation.id, posting: false });
      await watch(explanation, mine);
    } catch (problem) {
      if (mine === turn) store.set({ problem, posting: false });
    }
  }

  const posted = () =>
    post("/explanations", requestOf(store.state)).then(async answer =>
      answer.explanation.cells ? answer.explanation : get(`/explanations/${encodeURIComponent(answer.explanation.id)}`),
    );

  async function run(changes = {}) {
    const { explanation } = store.state;
    if (explanation && !ended(explanation) && explanation.job) cancel(explanation.job).catch(() => {});
    store.set(changes);
    return started(posted);
  }

  /** Shows a run by its id; when the server no longer has it, the same request is posted again. */
  const reopen = id =>
    started(() =>
      get(`/explanations/${encodeURIComponent(id)}`).catch(error => {
        if (error.status === 404) return posted();
        throw error;
      }),
    );

  async function stop() {
    const { explanation } = store.state;
    if (!explanation?.job) return;
    const mine = turn;
    await cancel(explanation.job);
    dispatchEvent(new CustomEvent("innv:job", { detail: explanation.job }));
    const stopped = await get(`/explanations/${encodeURIComponent(explanation.id)}`);
    if (mine === turn) store.set({ explanation: stopped });
  }

  return { run, reopen, stop };
}
