// What a model said about an image, in words, bars and ticks: predictions, verdict against the label, facts.
import { about } from "../shell/about.js";
import { h, icon } from "../lib/dom.js";
import { ENGINES, term } from "../shell/term.js";
import { listed } from "./neurons.js";
import { preprocessing, probability, parameter, seconds, signed } from "../lib/format.js";

const meter = (value, name) =>
  h("meter", { min: 0, max: 1, value: Number.isFinite(value) ? value : 0, "aria-label": `Probability of ${name}` });

/** What the model says: a class, or where several can be right all with p > 0.5. predicted: their names, or {name}. */
export const saying = (predicted, top) =>
  !predicted ? (top[0]?.name ?? "–") : predicted.length ? predicted.map(said => said.name ?? said).join(", ") : "no class above 0.5";

/** What is said with a bar for the likeliest class, the next two in small. */
export function topThree(top, predicted) {
  const [first, ...rest] = top;
  if (!first) return [];
  const said = saying(predicted, top);
  return [
    h(
      "div",
      { class: "pred" },
      h("span", { class: "wrap-any" }, said),
      h("span", { class: "num" }, probability(first.probability)),
    ),
    meter(first.probability, first.name),
    rest
      .slice(0, 2)
      .map(({ name, probability: p }) =>
        h(
          "div",
          { class: "next" },
          h("span", { class: "wrap-any" }, name),
          h("span", { class: "num" }, probability(p)),
        ),
      ),
  ];
}

export const topFive = top =>
  h(
    "ol",
    { class: "tops", "aria-label": "Predictions" },
    top.map(({ name, probability: p }) =>
      h(
        "li",
        {},
        h("span", { class: "clip", title: name }, name),
        meter(p, name),
        h("span", { class: "num" }, probability(p)),
      ),
    ),
  );

/** Verdict against the label, when the label is one of the model's classes: the server says which. */
export function verdict({ top = [], predicted, label_class: labelClass }, label) {
  if (label === null || label === undefined || !top.length) return null;
  if (labelClass === null || labelClass === undefined)
    return h(
      "button",
      { class: "verdict none term", type: "button", "data-tip": `The label “${label}” is not one of this model's classes.` },
      "other labels",
    );
  const right = (predicted ?? top.slice(0, 1)).some(said => said.class === labelClass);
  return h(
    "button",
    { class: `term verdict ${right ? "ok" : "bad"}`, type: "button", "data-term": "as-labelled" },
    icon(right ? "check" : "cross"),
    h("span", {}, right ? "as labelled" : "not as labelled"),
  );
}

/** "explains tree" where the explained class is not the predicted one. */
export function explained(cell) {
  if ((cell.targets?.length ?? 1) > 1) return null;
  const name = cell.target?.name;
  return name !== undefined && name !== null && cell.top?.length && name !== cell.top[0].name
    ? h("span", { class: "tag hi" }, h("span", { class: "clip" }, `explains ${name}`))
    : null;
}

const neurons = request => request.neuron !== null || request.top_neurons !== null;

function explainedTarget(cell, model, request) {
  if (neurons(request)) return [cell.targets.length > 1 ? "Neurons" : "Neuron", listed(cell)];
  return ["Class", explainedClass(cell, model, request)];
}

function explainedClass(cell, model, request) {
  const predicted = (request.class ?? "predicted") === "predicted";
  const name = cell.target?.name ?? "";
  const score = Number.isFinite(cell.score)
    ? `, ${request.softmax ? "probability" : (model.explained ?? "logit")} ${signed(cell.score)}`
    : "";
  return `${predicted ? "predicted, " : ""}${name}${score}`;
}

/** Everything that is behind one heatmap, as a list of facts. */
export function facts(cell, model, request) {
  const params = Object.entries(request.params || {}).map(([name, value]) => `${name} ${parameter(value)}`);
  const engine = cell.engine || model.engine;
  const by = [
    engine ? term(ENGINES[engine], engine) : null,
    seconds(cell.seconds),
    cell.cached ? term("kept-from-before", "kept from before") : null,
  ].filter(Boolean);
  const rows = [
    ["Method", about(request.analyzer, request.analyzer, { class: "about mono" })],
    params.length ? ["Parameters", params.join(" · ")] : null,
    model.layer ? ["Layer", h("span", { class: "mono" }, model.layer)] : null,
    cell.target ? explainedTarget(cell, model, request) : null,
    model.preprocessing ? ["Input", preprocessing(model.preprocessing)] : null,
    by.length ? ["Engine", by.flatMap((part, place) => (place ? [", ", part] : [part]))] : null,
    ...(cell.health ?? []).filter(({ level }) => level === "ok").map(({ reason }) => ["Checked", reason]),
    request.unchecked ? ["Checks", term("unchecked", "switched off for this run")] : null,
    ...[...(model.notes || []), ...(cell.notes || [])].map(note => ["Note", note]),
  ];
  return h(
    "dl",
    { class: "facts-l" },
    rows.filter(Boolean).map(([term, words]) => [h("dt", {}, term), h("dd", {}, words)]),
  );
}
