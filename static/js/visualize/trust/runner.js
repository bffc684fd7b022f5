// Begins a measuring, follows it, stops it. What is kept of it comes at once, so that pressing again goes on.
import { cancel, get } from "../../lib/api.js";
import { createFollower, ended } from "../../lib/follow.js";
import { turns } from "../../lib/turns.js";
import { trustRequestOf } from "./request.js";

const KEYS = { posting: "trustPosting", problem: "trustProblem" };

export function createTrustRunner(store) {
  const renamed = changes => Object.fromEntries(Object.entries(changes).map(([name, value]) => [KEYS[name] ?? name, value]));
  const fillOf = ({ shownFill, trust, fills }) => ((trust?.fills ?? fills).includes(shownFill) ? shownFill : null);
  const query = () => (fillOf(store.state) ? `?fill=${fillOf(store.state)}` : "");
  const path = id => `/trust/${encodeURIComponent(id)}`;
  const follower = createFollower({
    path: "/trust",
    key: "trust",
    set: changes => store.set({ ...renamed(changes), ...(changes.trust ? { trustId: changes.trust.id } : {}) }),
    opened: async answer => (query() ? get(path(answer.trust.id) + query()) : answer.trust),
    query,
  });

  /** Another table may have other rows: one that is opened and gone is closed. */
  async function run() {
    const { trust } = store.state;
    if (trust && !ended(trust)) cancel(trust.job).catch(() => {});
    const asked = trustRequestOf(store.state);
    store.set({ trustAsked: asked });
    await follower.run(asked);
  }

  /** By its id, with nothing where the server no longer has it: the cost then says whether its numbers are kept. */
  async function reopen(id) {
    store.set({ trustAsked: null });
    await follower.reopen(id, () => {
      store.set({ trustId: null });
      return null;
    });
  }

  const filled = turns();
  /** Of the last fill that was chosen; numbers that came meanwhile are newer. */
  async function showFill() {
    const { trust } = store.state;
    const current = filled();
    if (!trust) return;
    const shown = await get(path(trust.id) + query());
    if (current() && store.state.trust === trust) store.set({ trust: shown });
  }

  const stop = () => follower.stop(store.state.trust);
  return { run, reopen, showFill, stop, forget: follower.forget };
}
