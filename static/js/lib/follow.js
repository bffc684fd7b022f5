// Post, follow, silence the one before, stop: what every page does with a job.
import { ENDED, cancel, get, pause, post } from "./api.js";

const STEP_MS = 300;

export const ended = answer => ENDED.has(answer.status);

/**
 * path: of the resource, whose answers have id, status and job. opened(answer): the answer of a post -> the resource.
 * query(): added to each question. Calls set({[key], posting, problem}) as it goes.
 */
export function createFollower({ path, key, set, opened, query = () => "" }) {
  let turn = 0;
  const at = id => `${path}/${encodeURIComponent(id)}${query()}`;

  /** asked: the query that was answered last; where another one is wanted by now, it is asked for at once. */
  async function watch(answer, mine, asked) {
    while (mine === turn && (!ended(answer) || asked !== query())) {
      const asked_ms = performance.now();
      if (asked === query()) await pause(document.hidden ? 4 * STEP_MS : STEP_MS);
      asked = query();
      answer = await get(at(answer.id));
      if (mine !== turn) return;
      set({ [key]: answer });
      const took_ms = performance.now() - asked_ms - STEP_MS;
      if (took_ms > STEP_MS) await pause(2 * took_ms); // a slow answer is asked for less often
    }
  }

  async function started(make) {
    const mine = ++turn;
    const asked = query();
    set({ problem: null, posting: true });
    try {
      const answer = await make();
      if (mine !== turn) return;
      if (!answer) return void set({ posting: false });
      if (!ended(answer)) dispatchEvent(new CustomEvent("innv:job", { detail: answer.job }));
      set({ [key]: answer, posting: false });
      await watch(answer, mine, asked);
    } catch (problem) {
      if (mine === turn) set({ problem, posting: false });
    }
  }

  return {
    run: body => started(() => post(path, body).then(opened)),
    /** By its id; `otherwise()` where the server no longer has it: another one, or null where nothing is shown then. */
    reopen: (id, otherwise) =>
      started(() =>
        get(at(id)).catch(error => {
          if (error.status === 404 && otherwise) return otherwise();
          throw error;
        }),
      ),
    async stop(answer) {
      if (!answer || ended(answer)) return;
      const mine = turn;
      await cancel(answer.job);
      const stopped = await get(at(answer.id));
      if (mine === turn) set({ [key]: stopped });
    },
    forget: () => {
      turn += 1;
    },
  };
}
