// The button of Trust and the line under it.
import { count } from "../../lib/format.js";
import { ended } from "../../lib/follow.js";
import { costWords } from "./cost.js";
import { finishedRows } from "./order.js";
import { measureWords, otherWishes, testedOf, trustObstacle } from "./request.js";

export const going = ({ trust, trustPosting }) => trustPosting || Boolean(trust && !ended(trust));

/** Whether what runs is what the panel asks for: then there is nothing to press. */
export const busy = state =>
  going(state) && (!state.trust || state.trustPosting || !otherWishes(state, state.trust, state.trustAsked).length);

function costOf(state) {
  const { trust, cost } = state;
  if (busy(state)) return trust ? `${finishedRows(trust)} of ${count(testedOf(state).length, "method")}` : "asked for";
  if (cost?.problem) return cost.problem.sentence ?? cost.problem.message;
  return cost ? costWords(cost) : "…";
}

/** -> {label, disabled, title, cost, summary}: missing is what Grid would lack, too. */
export function trustLine(state, missing) {
  const why = trustObstacle(state, missing);
  const closed = Boolean(why) || busy(state);
  return {
    label: busy(state) ? "Measuring…" : why ? "Measure" : measureWords(state),
    disabled: closed,
    title: "",
    cost: why ?? costOf(state),
    lead: "Trust",
    rest: ` · ${count(testedOf(state).length, "method")} · `,
  };
}
