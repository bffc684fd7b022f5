// Trains: posts a run, follows it and, when it has ended, the next one that is still under way, also of an earlier visit.
import { createFollower } from "../lib/follow.js";
import { cancel } from "../lib/api.js";
import { requestOf } from "./request.js";
import { isLive } from "./summary.js";
import * as api from "./workshop-api.js";

/** The newest first: a run that is known takes the place of what was known of it. */
export const withRun = (runs, run) =>
  runs.some(({ id }) => id === run.id) ? runs.map(other => (other.id === run.id ? run : other)) : [run, ...runs];

/** onended(run): after a run has ended that was seen under way. */
export function createWorkshopRunner(store, onended) {
  const known = id => store.state.runs.find(run => run.id === id);

  function arrive(run) {
    const before = known(run.id);
    store.set({ runs: withRun(store.state.runs, run) });
    if (before && isLive(before) && !isLive(run)) onended(run);
  }

  function set({ arrived, ...rest }) {
    if (arrived) arrive(arrived);
    if (Object.keys(rest).length) store.set(rest);
  }

  const follower = createFollower({ path: api.RUNS, key: "arrived", set, opened: ({ run }) => run });

  /** Every run under way, one after another; while one is being asked for, it comes first. */
  async function follow() {
    if (store.state.posting) return;
    for (;;) {
      const next = store.state.runs.findLast(isLive);
      if (!next) return;
      await follower.reopen(next.id, () => null);
      if (store.state.problem || known(next.id) === next) return;
    }
  }

  const restarted = async run => {
    arrive(run);
    store.set({ problem: null });
    await follow();
  };

  return {
    /** name: of the run, where it has one already. */
    async train(name) {
      await follower.run(requestOf(store.state, name ? { name } : {}));
      await follow();
    },
    resume: async (run, epochs) => restarted((await api.resume(run.id, epochs)).run),
    async stop(run) {
      await cancel(run.job);
      dispatchEvent(new CustomEvent("innv:job", { detail: run.job }));
    },
    follow,
  };
}
