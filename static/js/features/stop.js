// Why a picture stopped, in words; the same on a card, beside the large picture and in the table of starts.
import { h, icon } from "../lib/dom.js";
import { count, group, probability } from "../lib/format.js";

const high = (target, limit) => target.probability !== null && target.probability > Math.min(limit, 0.99);

/** -> [look, icon, words] */
export function reasonOf(target, { params }) {
  const steps = count(target.steps, "step");
  if (target.stopped === "probability") return ["ok", "check", `p > ${params.stop_at} · ${steps}`];
  if (target.stopped === "flat") return ["warn", "warn", `no slope left · ${steps}`];
  if (target.stopped === "not finite") return ["bad", "warn", `not finite · ${steps}`];
  if (target.stopped === "failed") return ["bad", "warn", `failed · ${steps}`];
  if (target.stopped === "cancelled") return ["warn", "warn", `cancelled at step ${group(target.steps)}`];
  if (!target.stopped) return ["", null, `step ${group(target.steps)}`];
  if (target.value <= target.curve[0].value) return ["warn", "warn", `did not grow · ${steps}`];
  if (target.probability === null) return ["", "check", steps];
  if (high(target, params.stop_at)) return ["ok", "check", `p ${probability(target.probability)} · ${steps}`];
  return ["warn", "warn", `stopped at the cap · ${steps}`];
}

export function stopLine(target, request) {
  const [look, sign, words] = reasonOf(target, request);
  return h("span", { class: `stop ${look}` }, sign ? icon(sign) : null, h("span", {}, words));
}

const SENTENCES = {
  probability: (target, { params }) =>
    `p > ${params.stop_at} after ${group(target.steps)} of ${count(params.iterations, "step")}`,
  iterations: (target, { params }) => `at the cap of ${count(params.iterations, "step")}`,
  flat: target => `the derivative is zero everywhere, after ${count(target.steps, "step")}; try another start`,
  "not finite": target => `a value was not finite, after ${count(target.steps, "step")}`,
  cancelled: target => `cancelled at step ${group(target.steps)}`,
  failed: target => `failed after ${count(target.steps, "step")}`,
  "": target => `still going, step ${group(target.steps)}`,
};
export const sentenceOf = (target, request) => SENTENCES[target.stopped](target, request);

/** "Class 8", "vehicle", "Neuron 3". */
export const titleOf = ({ name }, kind) =>
  kind === "class" && /^\d+$/.test(name)
    ? `Class ${name}`
    : name.replace(/^(class|neuron|channel) /, word => word[0].toUpperCase() + word.slice(1));
