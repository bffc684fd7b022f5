// The request on the left: dataset, models, plots, the class, layers, neuron, binning, and the button that scores.
import { $, h, key, replace } from "../lib/dom.js";
import { layersOf } from "../lib/layers.js";
import { askClass } from "./class-question.js";
import { count, group, shape } from "../lib/format.js";
import { createModelChips } from "../widgets/model-chips.js";
import {
  PLOTS,
  chooseDataset,
  classShown,
  datasetOf,
  distanceAsked,
  labelsOf,
  matches,
  modelOf,
  obstacle,
  withNewNumbers,
} from "./request.js";
import { running } from "./runner.js";
import { keepFocus } from "../lib/focus.js";
import { wholeNumber } from "../widgets/whole-number.js";

const dataWords = ({ name, n, status, class_names }) => {
  if (status !== "ready") return `${name} · ${status}`;
  const labels = class_names?.length ? `, ${count(class_names.length, "label")}` : "";
  return `${name} · ${count(n, "image")}${labels}`;
};

function drawDatasets({ catalog, dataset }) {
  replace(
    $("#dataset"),
    catalog.datasets.map(record =>
      h(
        "option",
        { value: record.id, selected: record.id === dataset, disabled: record.status !== "ready" },
        dataWords(record),
      ),
    ),
  );
}

/** Why a plot cannot be drawn for what is chosen; null when it can. */
function missing(kind, { models, suggestion }) {
  const told = suggestion?.plots.find(plot => plot.kind === kind);
  if (kind === "scatter" || kind === "distance") return models.length < 2 ? "Needs two or more models" : null;
  return kind === "layer" && told && !told.available ? told.reason : null;
}

function createPicks(store, pick) {
  const line = (state, kind) => {
    const why = missing(kind, state);
    const onchange = event => pick(kind, event.target.checked);
    const box = {
      type: "checkbox",
      id: `pick-${kind}`,
      checked: state.show.includes(kind),
      disabled: Boolean(why),
      onchange,
    };
    return h(
      "label",
      {},
      h("input", box),
      h("span", {}, PLOTS[kind].title),
      h("span", { class: "why" }, why ?? PLOTS[kind].why),
    );
  };
  const draw = keepFocus(state => {
    replace(
      $("#picks"),
      Object.keys(PLOTS).map(kind => line(state, kind)),
    );
    $("#show-count").textContent = `${state.show.length} chosen`;
  });
  store.on(["show", "models", "suggestion"], draw);
  return draw;
}

function drawClass(state) {
  const own = labelsOf(state).has ? "each image’s label" : "not answered";
  const from = state.className === null && classShown(state) ? " · from labels" : "";
  $("#class-words").textContent = classShown(state) === null ? own : `${classShown(state)}${from}`;
  $("#class-open").setAttribute("aria-label", `Class: ${$("#class-words").textContent}. Change`);
}

/** One line per model: a field that finds a layer by name; empty is the layer before the softmax. */
function layerLine(model, layers, chosen, onchoose) {
  const list = `layers-${model.id}`;
  const onchange = event => {
    const wanted = event.target.value.trim();
    const known = !wanted || layers.some(({ name }) => name === wanted);
    event.target.setAttribute("aria-invalid", String(!known));
    if (known) onchoose(model.id, wanted || null);
  };
  const label = `Layer of ${model.name}`;
  const field = {
    class: "field mono low",
    id: `layer-of-${model.id}`,
    list,
    value: chosen ?? "",
    placeholder: "default: logits",
    autocomplete: "off",
    spellcheck: "false",
    "aria-label": label,
    onchange,
  };
  return h(
    "div",
    { class: "line layer-line" },
    h("span", { class: "row" }, key(model), h("span", { class: "label clip" }, "Layer")),
    h("input", field),
    h(
      "datalist",
      { id: list },
      layers.map(layer => h("option", { value: layer.name }, `${layer.type} ${shape(layer.output_shape)}`)),
    ),
  );
}

function createLayerLines(store) {
  let newest = 0;
  const choose = (id, layer) => store.set({ layers: { ...store.state.layers, [id]: layer } });
  async function draw(state) {
    const mine = ++newest;
    const wanted = state.show.some(kind => kind === "layer" || kind === "neuron");
    const models = wanted ? state.models.map(id => modelOf(state, id)) : [];
    const lists = await Promise.all(models.map(({ id }) => layersOf(id).catch(() => [])));
    if (mine !== newest) return;
    keepFocus(() =>
      replace(
        $("#layer-lines"),
        models.map((model, k) => layerLine(model, lists[k], state.layers[model.id], choose)),
      ),
    )();
  }
  store.on(["models", "layers", "show"], draw);
  return draw;
}

function createNeuron(store) {
  const field = $("#neuron");
  wholeNumber(field, $("#neuron-error"), neuron =>
    store.set({ neuron, ...withNewNumbers(store.state, ["neuron"]) }),
  );
  return ({ neuron, show }) => {
    $("#neuron-line").hidden = !show.includes("neuron");
    if (document.activeElement !== field) field.value = String(neuron);
  };
}

function cost(state) {
  const { suggestion } = state;
  if (!matches(state)) return "computed once, then kept";
  return running(suggestion)
    ? "running"
    : suggestion.n_scored < suggestion.dataset.n
      ? "finished scores are kept"
      : "scored and kept";
}

function drawRun(state) {
  if (state.by === "evidence") return; // the button is that view's
  const why = obstacle(state);
  const record = datasetOf(state);
  $("#run-label").textContent = why ? "Score" : `Score ${group(record.n)} × ${state.models.length}`;
  $("#run").disabled = Boolean(why);
  $("#cost").textContent = why ?? `${count(record.n * state.models.length, "score")} · ${cost(state)}`;
  replace(
    $("#panel-summary"),
    h("strong", {}, record?.name ?? "No dataset"),
    ` · ${count(state.models.length, "model")} · ${count(state.show.length, "plot")}`,
  );
}

/** acts: run(). */
export function createSuggestPanel(store, acts) {
  async function pick(kind, on) {
    const shown = store.state.show.filter(other => other !== kind);
    const show = Object.keys(PLOTS).filter(other => shown.includes(other) || (on && other === kind));
    if (on && kind === "distance" && !distanceAsked(store.state)) {
      const answer = await askClass(store.state);
      if (!answer) {
        $("#pick-distance").checked = false;
        return;
      }
      store.set(answer);
    }
    store.set({ show });
  }

  async function changeClass() {
    const answer = await askClass(store.state);
    if (answer) store.set({ ...answer, group: null, ...withNewNumbers(store.state, ["distance"]) });
  }

  const chips = createModelChips(store);
  const picks = createPicks(store, pick);
  const layers = createLayerLines(store);
  const neuron = createNeuron(store);
  const drawRule = ({ rule }) => ($("#rule").value = rule);
  const parts = [drawDatasets, chips, picks, drawClass, layers, neuron, drawRule, drawRun];

  $("#dataset").addEventListener("change", event => store.set(chooseDataset(store.state, event.target.value)));
  $("#rule").addEventListener("change", event =>
    store.set({ rule: event.target.value, look: withNewNumbers(store.state, Object.keys(PLOTS)).look }),
  );
  $("#class-open").addEventListener("click", changeClass);
  $("#run").addEventListener("click", () => acts.run());
  $("#request").addEventListener("submit", event => {
    event.preventDefault();
    acts.run();
  });
  store.on(["catalog", "dataset"], keepFocus(drawDatasets));
  store.on(["className", "dataset", "suggestion"], drawClass);
  store.on(["neuron", "show"], neuron);
  store.on(["rule"], drawRule);
  store.on(["dataset", "models", "layers", "show", "suggestion", "catalog", "by"], drawRun);
  return { draw: state => parts.forEach(part => part(state)) };
}
