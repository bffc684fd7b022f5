// "Do all images show the same class? Which?": asked before distance to a class is drawn, answered from labels where there
// are any. The answer is a class for all images, or each image's own label.
import { beside, classesOf } from "../lib/choices.js";
import { $, h, replace } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { datasetOf, labelsOf } from "./request.js";

const OWN = "own";
const ONE = "one";

function wordsOf({ has, same, classes }, name) {
  if (same !== null) return `Every image of ${name} is labelled ${same}.`;
  if (has)
    return `${name} has ${count(classes.length, "label")}. Each image can be measured against its own, one label at a time or all together.`;
  return `${name} has no labels. Distance needs to know which class the models should see.`;
}

const modelClasses = ({ catalog, models, dataset }) =>
  classesOf(beside(catalog.models, dataset).filter(({ id }) => models.includes(id)));

function answer(value, words, checked, disabled, ...more) {
  const id = `class-answer-${value}`;
  return h(
    "div",
    { class: "answer" },
    h("input", { type: "radio", name: "class-answer", id, value, checked, disabled }),
    h("label", { htmlFor: id }, words),
    more,
  );
}

function fill(state) {
  const labels = labelsOf(state);
  const names = modelClasses(state);
  const chosen = state.className ?? labels.same ?? names[0];
  const one = state.className !== null || labels.same !== null || !labels.has;
  const select = h(
    "select",
    {
      class: "field",
      id: "class-name",
      "aria-label": "Class",
      onchange: () => ($(`#class-answer-${ONE}`).checked = true),
    },
    names.map(name => h("option", { value: name, selected: name === chosen }, name)),
  );
  const why = labels.has ? "The label says which class an image shows." : "These images have no labels.";
  $("#class-ask-words").textContent = wordsOf(labels, datasetOf(state)?.name ?? "This dataset");
  replace(
    $("#class-answers"),
    answer(ONE, "Yes, all show one class", one, false, select),
    answer(OWN, "No, measure each image against its own label", !one, !labels.has, h("p", { class: "why" }, why)),
  );
}

/** -> {className} or null when the question was left unanswered. */
export function askClass(state) {
  const dialog = $("#class-ask");
  fill(state);
  dialog.returnValue = "keep";
  dialog.showModal();
  return new Promise(done =>
    dialog.addEventListener(
      "close",
      () => {
        if (dialog.returnValue !== "take") return done(null);
        const own = $(`#class-answer-${OWN}`).checked;
        return done({ className: own ? null : $("#class-name").value });
      },
      { once: true },
    ),
  );
}
