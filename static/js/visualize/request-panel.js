// The request on the left: models, images, method with its parameters, target, and the button that runs it.
import { $ } from "../lib/dom.js";
import { createMethodSection } from "../widgets/method-choice.js";
import { createModelChips } from "../widgets/model-chips.js";
import { createRunButton } from "./run-button.js";
import { createTargetSection } from "./target-form.js";
import { createImageSection } from "./thumbs.js";

/** acts: run(), open(place). */
export function createRequestPanel(store, acts, pace) {
  const { draw: drawMethod, form } = createMethodSection(store);
  const sections = [
    createModelChips(store),
    createImageSection(store, acts.open),
    drawMethod,
    createTargetSection(store),
    createRunButton(store, acts.run, pace),
  ];
  const error = $("#request-error");

  /** An error that belongs to no field of the form is shown above the button. */
  function say(problem, placed) {
    error.hidden = !problem || placed;
    error.textContent = problem && !placed ? problem.sentence : "";
  }

  store.on(["problem"], ({ problem, explanation }) => {
    const above = Boolean(problem?.retry && explanation); // said in the strip above the maps
    say(problem, form.complain(problem) || above);
    if (problem && !above) $("#panel").open = true;
  });
  $("#params").addEventListener("checked", ({ detail }) => {
    say(detail.error, detail.placed);
    if (detail.answer) store.set({ costs: { params: detail.params, passes: detail.answer.passes } });
  });
  $("#request").addEventListener("submit", event => {
    event.preventDefault();
    acts.run();
  });
  return { draw: state => sections.forEach(draw => draw(state)), firstInvalid: form.firstInvalid };
}
