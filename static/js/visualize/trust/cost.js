// What a press costs, asked for while the request is put together: forward passes, those that are kept, about how long.
import { pause, post } from "../../lib/api.js";
import { debounced } from "../../lib/dom.js";
import { group } from "../../lib/format.js";
import { TRUST_REQUEST } from "./request.js";

const WAIT_MS = 200;
const AGAIN_MS = 1000; // a model's speed is measured meanwhile
const MOST_ASKED = 60;

/** "about 3 min": as a person would say it before it starts. */
export function about(seconds) {
  if (seconds < 1) return "less than 1 s";
  if (seconds < 90) return `about ${Math.round(seconds)} s`;
  return seconds < 5400 ? `about ${Math.round(seconds / 60)} min` : `about ${(seconds / 3600).toFixed(1)} h`;
}

/** "12 000 forward passes, about 3 min; 2 400 kept from before". */
export function costWords({ passes, kept, seconds }) {
  const all = `${group(passes)} forward passes`;
  if (kept >= passes) return `${all}, all kept from before`;
  const long = seconds === null ? "" : `, ${about(seconds)}`;
  return `${all}${long}${kept ? `; ${group(kept)} kept from before` : ""}`;
}

/** wanted(state): the request or null; onkept(): all of it is kept, so that nothing has to be computed. */
export function createCost(store, wanted, onkept) {
  let turn = 0;

  async function ask(body, mine) {
    for (let asked = 0; asked < MOST_ASKED; asked++) {
      const cost = await post("/trust/cost", body).catch(problem => ({ problem }));
      if (mine !== turn) return;
      store.set({ cost });
      if (cost.problem || cost.kept >= cost.passes) return void (cost.problem || onkept());
      if (cost.seconds !== null) return;
      await pause(AGAIN_MS);
      if (mine !== turn) return;
    }
  }

  const later = debounced(() => {
    const body = wanted(store.state);
    if (body) ask(body, turn);
    else store.set({ cost: null });
  }, WAIT_MS);
  /** From the change on: what was asked for before is answered for nobody. */
  function look() {
    turn += 1;
    later();
  }
  store.on([...TRUST_REQUEST, "view", "trust"], (state, changed) => {
    const ended = changed.has("trust") && state.trust && ["done", "failed", "cancelled"].includes(state.trust.status);
    const other = [...changed].some(name => name !== "trust");
    if (state.view === "trust" && (other || ended)) look();
    else if (other) turn += 1;
  });
  return { look };
}
