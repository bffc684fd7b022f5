// Posts a ranking, follows its job with the page of the list that is looked at, and hands every step to the store.
import { ENDED, cancel, get, pause, post } from "../../lib/api.js";
import { SIZE, learn, requestOf } from "./request.js";
import { asQuery } from "../request.js";

const STEP_MS = 500;
const UNRANKED = { total: 0, n_ranked: 0, n_same_answer: 0, rows: [], problems: [] };
const ALIKE = { same: { same_answer: true }, other: { same_answer: false } };

export const running = ranking => Boolean(ranking) && !ENDED.has(ranking.job.status);
const tell = job => dispatchEvent(new CustomEvent("innv:job", { detail: job }));

export function createRankingRunner(store) {
  let turn = 0;

  function page({ rank, alike, place }) {
    const query = asQuery({ page: place - 1, size: SIZE, ...ALIKE[alike] });
    return get(`/rankings/${encodeURIComponent(rank)}?${query}`);
  }

  /** A list that is shorter than the page of the address shows its last page. */
  function take(ranking) {
    const last = Math.max(1, Math.ceil(ranking.total / SIZE));
    if (!running(ranking)) learn(ranking);
    store.set(store.state.place > last ? { ranking, place: last } : { ranking });
  }

  async function watch(mine) {
    for (;;) {
      const asked_ms = performance.now();
      const ranking = await page(store.state);
      if (mine !== turn) return;
      take(ranking);
      if (!running(ranking)) return;
      const took_ms = performance.now() - asked_ms; // a slow answer is asked for less often
      await pause(Math.max(document.hidden ? 4 * STEP_MS : STEP_MS, 3 * took_ms));
      if (mine !== turn) return;
    }
  }

  /**
   * Silences whoever followed before.
   * @param {(turn: number) => any} before
   */
  async function follow(before = () => {}) {
    const mine = ++turn;
    try {
      await before(mine);
      if (mine === turn) await watch(mine);
    } catch (rankProblem) {
      const gone = rankProblem.status === 404 ? { ranking: null } : {};
      if (mine === turn) store.set({ rankProblem, rankPosting: false, ...gone });
    }
  }

  const drop = job => cancel(job).catch(() => {}); // its place is taken; it is shown no more

  async function begin(mine, wishes) {
    const answer = await post("/rankings", { ...requestOf(store.state), ...wishes });
    if (mine !== turn) {
      drop(answer.job);
      return;
    }
    const { ranking: before } = store.state;
    if (running(before)) drop(before.job);
    tell(answer.job);
    const ranking = { ...answer.ranking, ...UNRANKED };
    store.set({ rank: ranking.id, ranking, rankPosting: false, place: 1 });
  }

  /** A request that is refused leaves the ranking that is shown: it may still be growing, or its page was turned. */
  async function run(wishes = {}) {
    store.set({ rankProblem: null, rankPosting: true });
    await follow(mine => begin(mine, wishes));
    if (store.state.rankProblem && store.state.ranking) await follow();
  }

  /** Shows a ranking by its id; one that the server no longer has is reported as such, and not begun again. */
  function reopen() {
    store.set({ rankProblem: null });
    return follow();
  }

  /** Another page, or other answers, of what is shown; a ranking that is on its way begins at its first. */
  const refresh = () => (store.state.ranking && !store.state.rankPosting ? follow() : null);

  async function stop() {
    const { ranking } = store.state;
    if (!ranking) return;
    const mine = turn;
    await cancel(ranking.job);
    tell(ranking.job);
    if (mine === turn) await follow();
  }

  function forget() {
    turn++;
    store.set({ rankPosting: false });
  }

  return { forget, refresh, reopen, run, stop };
}
