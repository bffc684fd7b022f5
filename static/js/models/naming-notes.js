// The line under a model's row: names that are assumed, in another order than the labels say, or that did not fit.
import { h } from "../lib/dom.js";
import { EARLIER } from "./model-advice.js";
import { assumedTag, capital, notice } from "../widgets/class-names.js";

const LEFT_OUT = "The class names that were given are left out.";
const FIRST = 6;

const button = (words, onclick, kind = "btn tiny") => h("button", { class: kind, type: "button", onclick }, words);

function some(names) {
  const more = names.length > FIRST ? ` and ${names.length - FIRST} more` : "";
  return `${names.slice(0, FIRST).join(", ")}${more}`;
}

/** Names of the command line that do not fit. */
function misfitOf({ notes = [] }) {
  const misfit = notes.find(note => note.startsWith(LEFT_OUT));
  return misfit ? `${misfit} ` : null;
}

/** acts: confirm(model), edit(model), drop(model), order(model). */
function assumed(model, acts) {
  return notice(
    [
      misfitOf(model),
      h("strong", {}, `Class names are ${model.class_names_words}`),
      `: ${some(model.class_names)}. Are they in the order of the outputs?`,
    ],
    button("These are right", () => acts.confirm(model)),
    button("Edit", () => acts.edit(model), "btn plain tiny"),
    button("Drop", () => acts.drop(model), "btn plain tiny"),
  );
}

function otherOrder(model, acts) {
  return notice(
    h("strong", {}, model.label_order.words),
    button("Use the better order", () => acts.order(model)),
    button("Edit", () => acts.edit(model), "btn plain tiny"),
    button("These are right", () => acts.confirm(model), "btn plain tiny"),
  );
}

/** Notes on the names of a model's classes; null where all is well. */
export function namingNote(model, acts) {
  if (model.status !== "ready") return null;
  if (model.label_order) return otherOrder(model, acts);
  if (model.class_names_origin === "assumed") return assumed(model, acts);
  const misfit = misfitOf(model);
  return misfit ? notice(misfit, button("Edit names", () => acts.edit(model))) : null;
}

const ORIGINS = {
  given: "given by you",
  file: "given by the model's own file",
  bundled: "ImageNet's, which come with innv-gui",
  numbers: "numbers: no names were given",
};

/** How it is known what the classes are called, in the details of a model. */
export function originLine(model) {
  if (model.class_names_origin === "assumed") return h("p", { class: "why" }, assumedTag(model, { href: null, tabindex: 0 }));
  if (model.chosen_earlier?.includes("class_names")) return h("p", { class: "why" }, EARLIER);
  const words = capital(`${ORIGINS[model.class_names_origin]}.`);
  return h("p", { class: "why" }, [words, model.class_names_note].filter(Boolean).join(" "));
}
