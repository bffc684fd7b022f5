// A map from the server: begun, asked for while it becomes finer, its points fetched with every finer state.
import { pause } from "../../lib/api.js";

const STEP_MS = 400;
const ENDED = new Set(["done", "failed", "cancelled"]);
const NOTHING = { map: null, points: null, problem: "", error: null, waiting: false };

/** What kept a map from being finished: {problem: a sentence, error: whether trying again may help}. */
function endOf({ problem, job }) {
  if (job.status === "cancelled") return { problem: "The map was cancelled.", error: { retry: true } };
  if (job.status !== "failed") return { problem: problem || "", error: null };
  return { problem: problem || job.error?.message || job.message || "The map could not be made.", error: job.error };
}

class Feed {
  #wanted = "";
  #turn = 0;
  #stop = new AbortController();
  #now = NOTHING;

  constructor(api, told) {
    this.api = api;
    this.told = told;
  }

  #tell(changes) {
    this.#now = { ...this.#now, ...changes };
    this.told(this.#now);
  }

  /** Takes a state of the map over; -> whether it is the last. */
  async #take(id, map, mine) {
    const { map: before, points: known } = this.#now;
    const finer = map.placed > 0 && (map.version !== before?.version || map.id !== before?.id || !known);
    const points = finer ? await this.api.points(id, map.id, map.version, this.#stop.signal) : known;
    const ended = ENDED.has(map.job.status);
    if (mine === this.#turn) this.#tell({ map, points, waiting: !ended, ...(ended ? endOf(map) : {}) });
    return ended;
  }

  async #follow(id, wish, mine) {
    const { job, map: first } = await this.api.startMap(id, wish);
    if (mine !== this.#turn) return;
    if (!ENDED.has(job.status)) dispatchEvent(new CustomEvent("innv:job", { detail: job }));
    let map = first;
    while (mine === this.#turn && !(await this.#take(id, map, mine))) {
      await pause(document.hidden ? 4 * STEP_MS : STEP_MS);
      if (mine === this.#turn) map = await this.api.map(id, map.id, this.#stop.signal);
    }
  }

  #begin(id, wish) {
    this.#stop.abort();
    this.#stop = new AbortController();
    const mine = ++this.#turn;
    this.#tell({ waiting: true, problem: "", error: null });
    this.#follow(id, wish, mine).catch(error => {
      if (mine === this.#turn) this.#tell({ waiting: false, problem: error.sentence ?? error.message, error });
    });
  }

  /** Nothing is asked when it is what is wanted already. `again`: also then. */
  want(id, wish, again = false) {
    const key = JSON.stringify([id, wish]);
    if (key === this.#wanted && !again) return;
    if (!this.#wanted.startsWith(`["${id}"`)) this.#now = NOTHING;
    this.#wanted = key;
    this.#begin(id, wish);
  }

  forget() {
    this.#stop.abort();
    this.#turn += 1;
    this.#wanted = "";
    this.#tell(NOTHING);
  }
}

/** told({map, points, problem, error, waiting}) at every change. api: exploration-api.js. -> {want, forget} */
export const createFeed = (api, told) => new Feed(api, told);
