// A map from the server: begun, asked for while it becomes finer, its points fetched with every finer state.
import { pause } from "../../lib/api.js";

const STEP_MS = 400;
const ENDED = new Set(["done", "failed", "cancelled"]);
const NOTHING = { map: null, points: null, problem: "", waiting: false };

const problemOf = map =>
  map.problem || (map.job.status === "failed" ? map.job.error?.message || map.job.message || "The map could not be made." : "");

/** told({map, points, problem, waiting}) at every change. api: exploration-api.js. */
export function createFeed(api, told) {
  let wanted = "";
  let turn = 0;
  let stop = new AbortController();
  let now = NOTHING;

  const tell = changes => told((now = { ...now, ...changes }));

  async function take(id, map, mine) {
    const finer = map.placed > 0 && (map.version !== now.map?.version || map.id !== now.map?.id || !now.points);
    const points = finer ? await api.points(id, map.id, map.version, stop.signal) : now.points;
    const ended = ENDED.has(map.job.status);
    if (mine === turn) tell({ map, points, waiting: !ended, problem: ended ? problemOf(map) : "" });
    return ended;
  }

  async function follow(id, wish, mine) {
    const answer = await api.startMap(id, wish);
    if (mine !== turn) return;
    if (!ENDED.has(answer.job.status)) dispatchEvent(new CustomEvent("innv:job", { detail: answer.job }));
    let map = answer.map;
    while (mine === turn && !(await take(id, map, mine))) {
      await pause(document.hidden ? 4 * STEP_MS : STEP_MS);
      if (mine === turn) map = await api.map(id, map.id, stop.signal);
    }
  }

  function begin(id, wish) {
    stop.abort();
    stop = new AbortController();
    const mine = ++turn;
    tell({ waiting: true, problem: "" });
    follow(id, wish, mine).catch(error => {
      if (mine === turn && error.name !== "AbortError") tell({ waiting: false, problem: error.sentence ?? error.message });
    });
  }

  return {
    /** Nothing is asked when it is what is wanted already. `again`: also then. */
    want(id, wish, again = false) {
      const key = JSON.stringify([id, wish]);
      if (key === wanted && !again) return;
      const other = !wanted.startsWith(`["${id}"`);
      wanted = key;
      if (other) now = NOTHING;
      begin(id, wish);
    },
    forget() {
      stop.abort();
      turn += 1;
      wanted = "";
      tell(NOTHING);
    },
  };
}
