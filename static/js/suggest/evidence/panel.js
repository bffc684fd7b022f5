// The part of the request that only the view by evidence has: method, measure, images, and what it would cost.
import { $, $$, h, replace, segmented } from "../../lib/dom.js";
import { count, group } from "../../lib/format.js";
import { withFocus } from "../gallery-grid.js";
import { createMethodSection } from "../../widgets/method-choice.js";
import { MEASURES, cost, countOf, obstacle, selected, unusable } from "./request.js";
import { datasetOf } from "../request.js";
import { MEASURES as TERMS, meaning } from "../../shell/term.js";

/** Which images: how many they are stands below, where a press tells. */
function scopeWords(state) {
  const record = datasetOf(state);
  if (!record) return "";
  if (state.scope === "all") return `All ${count(record.n, "image")} of ${record.name}.`;
  const n = selected(state).length;
  return n ? `${count(n, "selected image")} of ${record.name}.` : `Nothing is selected in ${record.name} yet.`;
}

const SCOPES = [
  ["all", "Whole dataset"],
  ["selection", "Selection"],
];

function drawRun(state) {
  const why = obstacle(state);
  $("#run-label").textContent = why ? "Rank" : `Rank ${group(countOf(state))} × ${state.models.length}`;
  $("#run").disabled = Boolean(why);
  $("#cost").textContent = why ?? cost(state);
  replace(
    $("#panel-summary"),
    h("strong", {}, datasetOf(state)?.name ?? "No dataset"),
    ` · ${count(state.models.length, "model")} · ${state.analyzer ?? "no method"}`,
  );
}

/** Drawn once, so that the arrows keep walking through it. */
function drawChoice(root, name, label, options, chosen, onchoose) {
  if (!root.firstChild) replace(root, segmented(name, label, options, chosen, onchoose));
  for (const radio of $$("input", root)) radio.checked = radio.value === chosen;
}

export function createRankingPanel(store) {
  const choose = analyzer => store.set({ analyzer, params: {} });
  const { draw: drawMethod, form } = createMethodSection(store, choose, unusable);

  function drawMeasure({ measure }) {
    drawChoice($("#measure"), "measure", "Compare by", MEASURES, measure, chosen => store.set({ measure: chosen }));
    meaning(TERMS[measure]).then(words => {
      if (measure === store.state.measure) $("#measure-words").textContent = words;
    });
  }
  function drawScope(state) {
    drawChoice($("#scope"), "scope", "Images", SCOPES, state.scope, scope => store.set({ scope }));
    $("#scope-words").textContent = scopeWords(state);
  }
  function say(error, placed) {
    const shown = error && !placed && error.status !== 404;
    $("#ranking-error").hidden = !shown;
    $("#ranking-error").textContent = shown ? (error.sentence ?? error.message) : "";
  }

  store.on(["models", "catalog"], state => withFocus($("#request"), () => drawMethod(state)));
  store.on(["measure"], drawMeasure);
  store.on(["scope", "basket", "dataset", "catalog"], drawScope);
  store.on(["rankProblem"], ({ rankProblem }) => say(rankProblem, form.complain(rankProblem)));
  $("#params").addEventListener("checked", ({ detail }) => say(detail.error, detail.placed));

  function draw(state) {
    for (const part of [drawMethod, drawMeasure, drawScope]) part(state);
  }
  return { draw, drawRun, firstInvalid: form.firstInvalid };
}
