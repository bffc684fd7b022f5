// The request on the left: dataset, models, the two maps, the colouring, and the button that explores.
import { $, h, replace } from "../lib/dom.js";
import { count, group } from "../lib/format.js";
import { createModelChips } from "../widgets/model-chips.js";
import { keepFocus } from "../lib/focus.js";
import { createColourList } from "./colour-list.js";
import { createMapSettings } from "./map-settings.js";
import { chooseDataset, datasetOf, letteredModels, lettersNote, matches, obstacle } from "./request.js";
import { running } from "./runner.js";

const dataWords = ({ name, n, status, class_names: labels }) =>
  status === "ready" ? `${name} · ${count(n, "image")}${labels?.length ? `, ${count(labels.length, "label")}` : ""}` : `${name} · ${status}`;

function drawDatasets({ catalog, dataset }) {
  const option = record =>
    h(
      "option",
      { value: record.id, selected: record.id === dataset, disabled: record.status !== "ready" },
      dataWords(record),
    );
  replace($("#dataset"), catalog.datasets.map(option));
}

function drawLetters(state) {
  const words = lettersNote(state);
  replace($("#letters-note"), words);
  $("#letters-note").hidden = !words;
}

function costOf(state) {
  const { exploration } = state;
  if (!matches(state)) return "then kept";
  if (running(exploration)) return "running";
  return exploration.scored < exploration.dataset.n ? "finished ones are kept" : "kept";
}

function drawRun(state) {
  const why = obstacle(state);
  const record = datasetOf(state);
  const n_models = state.models.length;
  $("#run-label").textContent = why ? "Explore" : `Explore ${group(record.n)} × ${n_models}`;
  $("#run").disabled = Boolean(why);
  $("#cost").textContent = why ?? `${count(record.n * n_models, "prediction")}, 2 maps · ${costOf(state)}`;
  replace(
    $("#panel-summary"),
    h("strong", {}, record?.name ?? "No dataset"),
    ` · ${count(n_models, "model")}`,
  );
}

/** acts: run(). */
export function createExplorePanel(store, acts) {
  const chips = createModelChips(store, letteredModels);
  const settings = createMapSettings(store);
  const colours = createColourList(store);
  $("#dataset").addEventListener("change", event => store.set(chooseDataset(store.state, event.target.value)));
  $("#run").addEventListener("click", () => acts.run());
  $("#request").addEventListener("submit", event => {
    event.preventDefault();
    acts.run();
  });
  store.on(["catalog", "dataset"], keepFocus(drawDatasets));
  store.on(["catalog", "models"], drawLetters);
  store.on(["catalog", "dataset", "models", "layers", "exploration", "asked"], drawRun);
  return {
    draw: state => {
      for (const part of [drawDatasets, chips, drawLetters, settings, colours, drawRun]) part(state);
    },
  };
}
