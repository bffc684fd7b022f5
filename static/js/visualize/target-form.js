// What is explained: the predicted class or one by name, seen from which layer, by which engine.
import { $, $$, h, replace } from "../lib/dom.js";
import { drawLayerChoice } from "./layer-choice.js";
import { analyzerOf } from "../widgets/method-choice.js";
import { GRIDS, parsed } from "../lib/neuron-target.js";
import { count, group } from "../lib/format.js";
import { beside, classesOf, sharedClasses } from "../lib/choices.js";
import { enginesOf } from "../lib/changes.js";
import { keepFocus } from "../lib/focus.js";
import { wholeNumber } from "../widgets/whole-number.js";

const MANY_CLASSES = 30;
const ENGINES = { innvestigate: "iNNvestigate", both: "both, compared" };

/** For many classes a field that searches while the person types. What none of them is called is said and changes nothing. */
function classSearch(classes, chosen, onchoose) {
  const wrong = h("p", { class: "bad-text", id: "class-name-error", role: "alert", hidden: true });
  function onchange({ target: field }) {
    const text = field.value.trim();
    wrong.hidden = classes.includes(text);
    wrong.textContent = `Expected one of the ${group(classes.length)} classes in the list, got “${text}”.`;
    field.setAttribute("aria-invalid", String(!wrong.hidden));
    if (wrong.hidden) onchoose(text);
  }
  const attributes = { id: "class-name", class: "field", onchange, "aria-describedby": "class-name-error" };
  const search = { list: "class-names", autocomplete: "off", placeholder: `one of ${classes.length}`, value: chosen };
  const list = classes.map(name => h("option", { value: name }));
  return [h("input", { ...attributes, ...search }), h("datalist", { id: "class-names" }, list), wrong];
}

function classControl(classes, chosen, onchoose) {
  if (classes.length > MANY_CLASSES) return classSearch(classes, chosen, onchoose);
  const onchange = event => onchoose(event.target.value);
  const option = name => h("option", { value: name, selected: name === String(chosen) }, name);
  return h("select", { id: "class-name", class: "field", onchange }, classes.map(option));
}

/** Why classes of one model are not offered, where another one that is chosen lacks them. */
const sharedWords = (models, shared) =>
  shared.length < classesOf(models).length ? h("p", { class: "why" }, `Classes that all ${count(models.length, "model")} have.`) : null;

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

/** Why no class can be chosen; null where one can. */
const noneShared = models =>
  models.length > 1 && !sharedClasses(models).length
    ? "The chosen models have no class in common. To explain one class, choose only models that have it."
    : null;

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
    const classes = sharedClasses(chosen(store.state));
    const predicted = store.state.explanation?.cells.find(cell => cell.top?.length)?.top[0].name;
    return choose(classes.includes(predicted) ? predicted : classes[0]);
  }

  const drawClass = keepFocus(state => {
    const kind = kindOf(state);
    const classes = sharedClasses(chosen(state));
    const closed = { neurons: analyzerOf(state)?.targets === "cam", class: !classes.length };
    for (const radio of $$("#target-kind input")) {
      radio.checked = radio.value === kind;
      radio.disabled = Boolean(closed[radio.value]);
    }
    const label = h("label", { class: "label", htmlFor: "class-name" }, "Class");
    const line = () => [h("div", { class: "line" }, label, classControl(classes, state.target, choose)), sharedWords(chosen(state), classes)];
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
    const said = [none ? null : noneShared(chosen(state)), words[targets]].filter(Boolean).join(" ");
    for (const id of ["target-kind", "class-choice", "layer-choice"]) $(`#${id}`).hidden = none;
    $("#target-note").hidden = !said;
    $("#target-note").textContent = said;
  }

  $("#target-kind").addEventListener("change", event => switchKind(event.target.value));
  $("#engine").addEventListener("change", event => store.set({ engine: event.target.value }));
  $("#logits").addEventListener("change", event => store.set({ softmax: !event.target.checked }));
  store.on(["catalog", "models", "dataset", "analyzer", "target", "neurons"], drawClass);
  store.on(["catalog", "models", "analyzer", "layers"], drawLayers);
  store.on(["analyzer", "engine", "softmax"], drawEngine);
  store.on(["analyzer", "catalog", "models", "dataset"], drawNote);
  return state => [drawClass, drawLayers, drawEngine, drawNote].forEach(draw => draw(state));
}
