// Before anything is measured: the question, one sentence, the button and what it costs.
import { $, h, replace } from "../../lib/dom.js";
import { count } from "../../lib/format.js";
import { testedOf } from "./request.js";
import { trustLine } from "./run-line.js";

const sentence = n =>
  `${count(n, "method gives", "methods give")} ${n === 1 ? "a map" : "as many different maps"}: each is tried on your pictures, beside three maps that know nothing of the model. What does not beat them tells you nothing.`;

/** missing: what Grid would lack, too; otherAct(state, run): the next action then. */
export function trustEmpty(state, missing, run, otherAct) {
  const chosen = state.catalog.models.filter(({ id }) => state.models.includes(id));
  const line = trustLine(state, missing);
  $("#empty-title").textContent = state.trustProblem
    ? "This request was not accepted"
    : `Which explanation should I trust${chosen.length === 1 ? ` for ${chosen[0].name}` : chosen.length ? ` for these ${chosen.length} models` : ""}?`;
  $("#empty-words").textContent = state.trustProblem
    ? state.trustProblem.sentence
    : (missing ?? sentence(testedOf(state).length));
  const button = h("button", { class: "btn primary", type: "button", disabled: line.disabled, onclick: run }, line.label);
  replace($("#empty-acts"), missing ? otherAct(state, run) : button);
  $("#empty-cost").textContent = missing ? "" : `${line.cost} · runs in the background`;
}
