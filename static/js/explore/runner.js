// Posts the request, follows the job, and hands every step to the store. A newer run silences an older one.
import { ENDED, cancel, pause } from "../lib/api.js";
import { toast } from "../shell/toast.js";
import * as api from "./exploration-api.js";
import { arrival, requestOf } from "./request.js";

const STEP_MS = 400;

export const running = exploration => Boolean(exploration) && !ENDED.has(exploration.job.status);

export function createExploreRunner(store) {
  let turn = 0;

  /** While scores come in; what takes long to answer is asked for less often. */
  async function watch(exploration, mine) {
    while (mine === turn && running(exploration)) {
      await pause(document.hidden ? 4 * STEP_MS : STEP_MS);
      const asked_ms = performance.now();
      exploration = await api.exploration(exploration.id);
      if (mine === turn) store.set(arrival(store.state, exploration));
      const took_ms = performance.now() - asked_ms;
      if (took_ms > STEP_MS) await pause(2 * took_ms);
    }
  }

  async function started(make) {
    const mine = ++turn;
    store.set({ problem: null, posting: true, asked: JSON.stringify(requestOf(store.state)) });
    try {
      const exploration = await make();
      if (mine !== turn) return;
      if (!exploration) return void store.set({ posting: false });
      if (running(exploration)) dispatchEvent(new CustomEvent("innv:job", { detail: exploration.job }));
      const { query } = store.state;
      store.set({ ...arrival(store.state, exploration), posting: false });
      if (query && !store.state.query) toast(`The query “${query}” was about a model that is no longer here. It is cleared.`);
      await watch(exploration, mine);
    } catch (problem) {
      if (mine === turn) store.set({ problem, posting: false });
    }
  }

  const posted = async () => (await api.explore(requestOf(store.state))).exploration;

  async function stop() {
    const { exploration } = store.state;
    if (!running(exploration)) return;
    const mine = turn;
    await cancel(exploration.job);
    dispatchEvent(new CustomEvent("innv:job", { detail: exploration.job }));
    const stopped = await api.exploration(exploration.id);
    if (mine === turn) store.set(arrival(store.state, stopped));
  }

  return {
    run: () => started(posted),
    /** Shows an exploration by its id; when the server no longer has it, `otherwise()`: another one, or null. */
    reopen: (id, otherwise) =>
      started(() =>
        api.exploration(id).catch(error => {
          if (error.status === 404) return otherwise();
          throw error;
        }),
      ),
    stop,
    forget: () => {
      turn += 1;
      store.set({ posting: false });
    },
  };
}
