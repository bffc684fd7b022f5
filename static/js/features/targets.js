// Which classes, neurons or channels: chips where they are few, numbers and ranges where they are many.
import { $, $$, h, replace } from "../lib/dom.js";
import { assumedTag } from "../widgets/class-names.js";
import { group } from "../lib/format.js";
import { MANY, countOf, firstIndex, modelOf, nameOf } from "./request.js";
import { createLayerField, layersOf } from "./layers.js";
import { keepFocus } from "../lib/focus.js";

const MOST_CHIPS = 20;
const LONG = 4; // letters; longer names go in two columns
const WORDS = {
  class: "The class's score grows.",
  neuron: "Where the layer has positions, the neuron's strongest one grows.",
  channel: "The mean over all positions of a channel grows.",
};

/** "0, 3, 5-8" -> [0, 3, 5, 6, 7, 8]; class names count, too. What is not understood is left out. */
export function parsed(text, count, names = []) {
  const numbers = text.split(",").flatMap(piece => {
    const word = piece.trim();
    const [, from, to] = word.match(/^(\d+)\s*[-–]\s*(\d+)$/) ?? [];
    if (from !== undefined)
      return Array.from({ length: Math.max(0, Math.min(to, count) - from + 1) }, (_, k) => Number(from) + k);
    const named = names.indexOf(word);
    return word === "" ? [] : [named >= 0 ? named : Number(word)];
  });
  return [...new Set(numbers)].filter(n => Number.isInteger(n) && n >= 0 && n < count);
}

/** [0, 3, 5, 6, 7] -> "0, 3, 5-7" */
export function written(index) {
  const runs = [];
  for (const n of index) {
    const last = runs.at(-1);
    if (last && n === last[1] + 1) last[1] = n;
    else runs.push([n, n]);
  }
  return runs.map(([a, b]) => (a === b ? `${a}` : b === a + 1 ? `${a}, ${b}` : `${a}-${b}`)).join(", ");
}

function chips(state, count, ontoggle) {
  const names = Array.from({ length: count }, (_, index) =>
    nameOf(state, index).replace(/^(class|neuron|channel) /, ""),
  );
  const long = names.some(name => name.length > LONG);
  return h(
    "div",
    { class: long ? "classes long" : "classes", role: "group", "aria-label": MANY[state.kind] },
    names.map((name, index) =>
      h(
        "label",
        { class: "chip", title: nameOf(state, index) },
        h("input", {
          type: "checkbox",
          name: "target",
          value: index,
          checked: state.index.includes(index),
          onchange: () => ontoggle(index),
        }),
        h("span", { class: "clip" }, name),
      ),
    ),
  );
}

function numbers(state, count, onchoose) {
  const names = state.kind === "class" ? (modelOf(state)?.class_names ?? []) : [];
  const hint = state.kind === "class" ? "names or numbers, like 3, 7-9" : "numbers, like 0, 3, 5-8";
  return h(
    "div",
    { class: "line" },
    h("label", { class: "label", htmlFor: "index" }, "Which"),
    h("input", {
      class: "field num",
      id: "index",
      autocomplete: "off",
      spellcheck: "false",
      placeholder: hint,
      value: written(state.index),
      list: names.length ? "class-names" : null,
      onchange: event => onchoose(parsed(event.target.value, count, names)),
    }),
    names.length
      ? h(
          "datalist",
          { id: "class-names" },
          names.map(name => h("option", { value: name })),
        )
      : null,
    h("p", { class: "why" }, `0 to ${group(count - 1)}: ${hint}`),
  );
}

export function createTargets(store) {
  const choose = index => store.set({ index, shown: 0 });
  const showLayers = createLayerField($("#layer-field"), name => chooseLayer(name));
  let newest = 0;

  function toggle(index) {
    const chosen = new Set(store.state.index);
    if (!chosen.delete(index)) chosen.add(index);
    choose([...chosen].sort((a, b) => a - b));
  }

  function chooseLayer(name) {
    store.set({ layer: name });
    const count = countOf(store.state);
    const fitting = store.state.index.filter(index => index < count);
    choose(fitting.length ? fitting : firstIndex(store.state.kind, count));
  }

  /** Another kind keeps the layer where it can, else takes the last that fits. */
  async function loadLayers({ model, kind }) {
    const mine = ++newest;
    if (!model) return showLayers([], null, true);
    const layers = await layersOf(model, kind).catch(() => []);
    if (mine !== newest) return null;
    const usable = layers.filter(layer => layer.usable);
    const { layer, index } = store.state;
    const name = usable.some(other => other.name === layer) ? layer : (usable.at(-1)?.name ?? null);
    store.set({ layers, layer: kind === "class" ? null : name });
    const count = countOf(store.state);
    const fitting = index.filter(one => one < (count ?? 0));
    if (fitting.length !== index.length || !index.length) choose(fitting.length ? fitting : firstIndex(kind, count));
    return null;
  }

  const draw = keepFocus(state => {
    const count = countOf(state);
    const own = state.layer ?? modelOf(state)?.explained_layer;
    for (const radio of $$("#kind input")) radio.checked = radio.value === state.kind;
    $("#kind-words").textContent = WORDS[state.kind];
    $("#chosen-count").textContent = `${group(state.index.length)} chosen`;
    showLayers(state.layers ?? [], own, state.kind === "class");
    replace(
      $("#targets"),
      state.kind === "class" && modelOf(state) ? assumedTag(modelOf(state)) : null,
      !count ? null : count <= MOST_CHIPS ? chips(state, count, toggle) : numbers(state, count, choose),
    );
  });

  $("#kind").addEventListener("change", event => {
    const kind = event.target.value;
    const index = kind === "class" ? firstIndex("class", modelOf(store.state)?.n_classes) : [];
    store.set({ kind, layer: null, layers: null, index, shown: 0 });
  });
  store.on(["model", "kind"], loadLayers);
  store.on(["catalog", "model", "kind", "layer", "layers", "index"], draw);
  return state => {
    draw(state);
    loadLayers(state);
  };
}
