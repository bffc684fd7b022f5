// What is explained: the predicted class or one by name, seen from which layer, by which engine.
import { $, $$, h, replace } from "../lib/dom.js";
import { drawLayerChoice } from "./layer-choice.js";
import { analyzerOf } from "../widgets/method-choice.js";
import { GRIDS, parsed } from "../lib/neuron-target.js";
import { beside, classesOf } from "../lib/choices.js";
import { enginesOf } from "../lib/changes.js";
import { keepFocus } from "../lib/focus.js";
import { wholeNumber } from "../widgets/whole-number.js";

const MANY_CLASSES = 30;
const ENGINES = { innvestigate: "iNNvestigate", both: "both, compared" };

/** A list, or for many classes a field that searches while the person types. */
function classControl(classes, chosen, onchoose) {
  const onchange = event => onchoose(event.target.value.trim());
  const attributes = { id: "class-name", class: "field", onchange };
  const option = name => h("option", { value: name, selected: name === String(chosen) }, name);
  if (classes.length <= MANY_CLASSES) return h("select", attributes, classes.map(option));
  const search = { list: "class-names", autocomplete: "off", placeholder: `one of ${classes.length}`, value: chosen };
  const list = classes.map(name => h("option", { value: name }));
  return [h("input", { ...attributes, ...search }), h("datalist", { id: "class-names" }, list)];
}

function neuronControl(neurons, onchoose) {
  const { top, index } = parsed(neurons);
  const words = n => (n === 1 ? "the most active" : `the ${n} most active`);
  const which = h(
    "select",
    { class: "field", id: "neuron-which", onchange: event => onchoose(event.target.value) },
    GRIDS.map(n => h("option", { value: `top${n}`, selected: n === top }, words(n))),
    h("option", { value: "0", selected: index !== undefined }, "one by its index"),
  );
  const number = h("input", {
    ...{ class: "field num", id: "neuron-index", inputmode: "numeric", autocomplete: "off", value: index ?? 0 },
    "aria-describedby": "neuron-index-error",
  });
  const wrong = h("p", { class: "bad-text", id: "neuron-index-error", role: "alert", hidden: true });
  wholeNumber(number, wrong, chosen => onchoose(String(chosen)));
  return [
    h("div", { class: "line" }, h("label", { class: "label", htmlFor: "neuron-which" }, "Which"), which),
    index === undefined
      ? null
      : h("div", { class: "line" }, h("label", { class: "label", htmlFor: "neuron-index" }, "Index"), number, wrong),
    h("p", { class: "why" }, "Of the layer below. A channel's activation is its largest value over the image."),
  ];
}

const kindOf = ({ neurons, target }) => (neurons ? "neurons" : target === "predicted" ? "predicted" : "class");

export function createTargetSection(store) {
  const chosen = ({ catalog, models, dataset }) =>
    beside(catalog.models, dataset).filter(model => models.includes(model.id));
  const choose = target => store.set({ target: target || "predicted" });

  /** Starts with the class that was predicted last, so that the choice is never empty. */
  function switchKind(kind) {
    if (kind === "neurons") return store.set({ neurons: "top1", target: "predicted" });
    store.set({ neurons: null });
    if (kind === "predicted") return choose("predicted");
    const classes = classesOf(chosen(store.state));
    const predicted = store.state.explanation?.cells.find(cell => cell.top?.length)?.top[0].name;
    return choose(classes.includes(predicted) ? predicted : classes[0]);
  }

  const drawClass = keepFocus(state => {
    const kind = kindOf(state);
    for (const radio of $$("#target-kind input")) {
      radio.checked = radio.value === kind;
      radio.disabled = radio.value === "neurons" && analyzerOf(state)?.targets === "cam";
    }
    const label = h("label", { class: "label", htmlFor: "class-name" }, "Class");
    const line = () => h("div", { class: "line" }, label, classControl(classesOf(chosen(state)), state.target, choose));
    const neurons = () => neuronControl(state.neurons, value => store.set({ neurons: value }));
    replace($("#class-choice"), kind === "class" ? line() : kind === "neurons" ? neurons() : null);
  });

  const drawLayers = state =>
    drawLayerChoice(analyzerOf(state), chosen(state), state.layers, (id, layer) =>
      store.set({ layers: { ...store.state.layers, [id]: layer } }),
    );

  const drawEngine = keepFocus(state => {
    const runtimes = analyzerOf(state)?.runtimes ?? [];
    const titles = { ...ENGINES, auto: `auto · ${runtimes[0] ?? ""}` };
    replace(
      $("#engine"),
      enginesOf(runtimes).map(name =>
        h("option", { value: name, selected: name === state.engine }, titles[name] ?? name),
      ),
    );
    $("#engine-note").hidden = state.engine !== "both";
    $("#logits").checked = !state.softmax;
  });

  /** Methods that explain nothing have no target to choose, and some explain classes only: it is said, not greyed. */
  function drawNote(state) {
    const { targets } = analyzerOf(state) ?? {};
    const none = targets === "none";
    const words = {
      none: `${state.analyzer} gives the same map for every class.`,
      cam: `${state.analyzer} explains classes only. For neurons choose another method, such as lrp.epsilon.`,
    };
    for (const id of ["target-kind", "class-choice", "layer-choice"]) $(`#${id}`).hidden = none;
    $("#target-note").hidden = !words[targets];
    $("#target-note").textContent = words[targets] ?? "";
  }

  $("#target-kind").addEventListener("change", event => switchKind(event.target.value));
  $("#engine").addEventListener("change", event => store.set({ engine: event.target.value }));
  $("#logits").addEventListener("change", event => store.set({ softmax: !event.target.checked }));
  store.on(["catalog", "models", "analyzer", "target", "neurons"], drawClass);
  store.on(["catalog", "models", "analyzer", "layers"], drawLayers);
  store.on(["analyzer", "engine", "softmax"], drawEngine);
  store.on(["analyzer"], drawNote);
  return state => [drawClass, drawLayers, drawEngine, drawNote].forEach(draw => draw(state));
}
