// The request on the left: model, what is maximised, start, preset with its settings, dataset, and the button.
import { $, h, replace, segmented } from "../lib/dom.js";
import { count, group } from "../lib/format.js";
import { MANY, chooseModel, modelOf, obstacle, presetOf } from "./request.js";
import { createStarts } from "./starts.js";
import { ended } from "./runner.js";
import { createTargets } from "./targets.js";
import { aboutOf } from "../shell/about.js";
import { createParameterForm } from "../widgets/parameter-form.js";
import { keepFocus } from "../lib/focus.js";
import { ready } from "../lib/choices.js";

function createModelChoice(store) {
  function draw({ catalog, model, dataset }) {
    const models = ready(catalog.models);
    const option = ({ id, letter, name }) => h("option", { value: id, selected: id === model }, `${letter} · ${name}`);
    replace($("#model"), models.length ? models.map(option) : h("option", { value: "" }, "no model yet"));
    const none = h("option", { value: "", selected: !dataset }, "no dataset");
    const sets = ready(catalog.datasets).map(({ id, name, n }) =>
      h("option", { value: id, selected: id === dataset }, `${name} · ${group(n)}`),
    );
    replace($("#dataset"), none, sets);
  }
  $("#model").addEventListener("change", event => {
    store.set(chooseModel(store.state, event.target.value));
  });
  $("#dataset").addEventListener("change", event => store.set({ dataset: event.target.value || null }));
  store.on(["catalog", "model", "dataset"], draw);
  return draw;
}

function createPresetSection(store) {
  const check = preset => `/presets/${encodeURIComponent(preset.name)}/check`;
  const form = createParameterForm($("#params"), params => store.set({ params }), check);

  function draw(state) {
    const preset = presetOf(state);
    const options = state.catalog.presets.map(({ name, title }) => [name, title.replace(/ ascent$/, "")]);
    const choose = name => store.set({ preset: name, params: {} });
    replace($("#presets"), [...segmented("preset", "Preset", options, state.preset, choose).children]);
    $("#preset-summary").textContent = preset.summary;
    aboutOf($("#preset-about"), preset.name);
    $("#preset-source").href = preset.source;
    $("#preset-source").textContent = `${preset.citation} ↗`;
    form.show(preset, state.params);
  }
  const again = keepFocus(draw);
  store.on(["preset"], again);
  return { draw: again, form };
}

function drawButton(state) {
  const { index, kind, seed, ascent, posting } = state;
  const missing = obstacle(state);
  const many = count(index.length, kind, MANY[kind]);
  $("#run-label").textContent = missing ? "Maximise" : `Maximise ${many}`;
  $("#run").disabled = Boolean(missing);
  const going = posting || (ascent && !ended(ascent));
  $("#cost").textContent = missing ?? `${going ? "running · " : ""}seed ${seed}, repeatable`;
  replace($("#panel-summary"), h("strong", {}, modelOf(state)?.name ?? "No model"), ` · ${many}`);
}

export function createFeaturePanel(store, acts) {
  const preset = createPresetSection(store);
  const sections = [
    createModelChoice(store),
    createTargets(store),
    createStarts(store),
    preset.draw,
    drawButton,
  ];
  const error = $("#request-error");

  store.on(["problem"], ({ problem }) => {
    const placed = preset.form.complain(problem);
    error.hidden = !problem || placed;
    error.textContent = problem && !placed ? problem.sentence : "";
    if (problem) $("#panel").open = true;
  });
  store.on(["catalog", "model", "kind", "index", "seed", "ascent", "posting", "initial", "source"], drawButton);
  $("#run").addEventListener("click", acts.run);
  $("#request").addEventListener("submit", event => {
    event.preventDefault();
    acts.run();
  });
  return { draw: state => sections.forEach(draw => draw(state)), firstInvalid: preset.form.firstInvalid };
}
