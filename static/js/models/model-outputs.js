// What a model's outputs are: how that was determined, what speaks against it, and the choice among what its values allow.
import { h, icon } from "../lib/dom.js";
import { EARLIER } from "./model-advice.js";

export const OUTPUTS = {
  softmax: "softmax: probabilities, one class",
  logits: "logits: softmax gives probabilities",
  probabilities: "probabilities, as they are",
  log_probabilities: "logarithms of probabilities",
  binary: "one unit: two classes, 1 − p and p",
  multilabel: "each class by itself, p > 0.5",
};

/** The choice of a kind; onchoose(kind). */
export function outputsSelect(model, onchoose, attributes = {}) {
  const { kind, choices } = model.outputs;
  return h(
    "select",
    { class: "field", onchange: event => onchoose(event.target.value), ...attributes },
    choices.map(choice => h("option", { value: choice, selected: choice === kind }, OUTPUTS[choice])),
  );
}

/** The part of the details: a choice where there is one, words where there is none. */
export function outputsPart(model, onchoose) {
  const { kind, choices, reason, doubt, explained } = model.outputs;
  const source = model.chosen_earlier?.includes("outputs") ? `${EARLIER} ${reason}` : reason;
  return h(
    "section",
    { class: "part", id: "outputs-part" },
    h("h3", {}, "Outputs"),
    h("p", { class: "why" }, source),
    doubt ? h("p", { class: "call warn" }, icon("warn"), h("span", { class: "grow" }, doubt, " Choose what is right.")) : null,
    choices.length > 1
      ? h(
          "div",
          { class: "line" },
          h("label", { class: "label", htmlFor: "outputs-kind" }, "They are"),
          outputsSelect(model, onchoose, { id: "outputs-kind", "data-field": "outputs" }),
        )
      : h("p", {}, OUTPUTS[kind]),
    h("p", { class: "why" }, `Explanations explain the ${explained}.`),
  );
}

/** A line under the model's row while there is a doubt: the question, and a button for each answer. */
export function outputsQuestion(model, onchoose) {
  const { doubt, choices, kind } = model.outputs ?? {};
  if (!doubt) return null;
  const answers = choices.map(choice =>
    h(
      "button",
      { class: "btn tiny", type: "button", onclick: () => onchoose(model, choice) },
      choice === kind ? `Yes: ${OUTPUTS[choice]}` : OUTPUTS[choice],
    ),
  );
  return h("div", { class: "call warn" }, icon("warn"), h("span", { class: "grow" }, h("strong", {}, doubt)), answers);
}
