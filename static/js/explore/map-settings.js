// The two maps: what each is of, how images are placed, and the settings of the method.
import { $, h, key, replace, segmented } from "../lib/dom.js";
import { layersOf } from "../lib/layers.js";
import { keepFocus } from "../lib/focus.js";
import { layerField } from "../widgets/layer-field.js";
import { datasetOf, fittingMaps, letteredModels } from "./request.js";

const SIDES = [["left", "Left"], ["right", "Right"]];
const NUMBERS = {
  perplexity: { title: "Perplexity", least: 5, most: 100, of: "tsne" },
  neighbours: { title: "Neighbours", least: 2, most: 200, of: "umap" },
  seed: { title: "Seed", least: 0, most: 2 ** 31 - 1, of: null },
};

const settingsOf = method => Object.entries(NUMBERS).filter(([, { of }]) => method !== "pca" && (of === null || of === method));

/** Which layers have features: any with neurons. */
const usable = layers => layers.map(layer => ({ ...layer, usable: Boolean(layer.output_shape?.at(-1)), why_not: "No neurons" }));

/** The maps as they are now, or as they will be begun. */
function mapsOf(state) {
  const n = state.exploration?.dataset.n ?? datasetOf(state)?.n ?? 0;
  const models = state.exploration?.models.map(({ id }) => id) ?? state.models;
  return fittingMaps({ maps: state.maps, models }, n);
}

function choicesOf(state) {
  const shown = state.exploration?.models.map(({ id }) => id) ?? state.models;
  const models = letteredModels({ catalog: state.catalog, models: shown }).filter(({ letter }) => letter);
  return [["pixels", "Raw pixels"], ...models.map(({ id, letter, name }) => [id, `${letter} · ${name}`])];
}

export function createMapSettings(store) {
  let side = "right";
  let painted = side; // whose fields are shown: those of another side come with its layers
  let methods = [];
  const root = $("#map-settings");

  const change = changes => {
    const maps = mapsOf(store.state);
    store.set({ maps: { ...maps, [painted]: { ...maps[painted], ...changes } } });
  };

  function numberLine([name, { title, least, most }], map) {
    const onchange = event => {
      const value = Math.round(Number(event.target.value));
      const wanted = event.target.value !== "" && Number.isFinite(value) ? Math.max(least, Math.min(most, value)) : map[name];
      event.target.value = String(wanted);
      change({ [name]: wanted });
    };
    const field = { class: "field num", id: `map-${name}`, type: "number", min: least, max: most, step: 1, value: String(map[name]), onchange };
    return h("div", { class: "line" }, h("label", { class: "label", for: `map-${name}` }, title), h("input", field));
  }

  function fold(map) {
    const listed = settingsOf(map.method);
    if (!listed.length) return null;
    const words = listed.map(([name, { title }]) => `${title.toLowerCase()} ${map[name]}`).join(", ");
    const open = $("details", root)?.open ?? false;
    return h(
      "details",
      { class: "fold", open },
      h("summary", {}, h("span", { class: "num" }, words)),
      h("div", { class: "lines" }, listed.map(one => numberLine(one, map))),
    );
  }

  const ofLine = (state, map) =>
    h(
      "div",
      { class: "line" },
      h("label", { class: "label", for: "map-of" }, "Features of"),
      h(
        "select",
        { class: "field", id: "map-of", onchange: event => change({ of: event.target.value }) },
        choicesOf(state).map(([value, title]) => h("option", { value, selected: value === map.of }, title)),
      ),
    );

  /** Another layer is another request: its features have to be computed. */
  function layerLine(state, map, layers) {
    const model = letteredModels({ catalog: state.catalog, models: state.models }).find(({ id }) => id === map.of);
    if (!model?.letter || !layers.length) return null;
    const shown = state.exploration?.models.find(({ id }) => id === map.of)?.layer;
    const automatic = state.layers[map.of] ? "default" : (shown ?? "default");
    const onchoose = layer => store.set({ layers: { ...store.state.layers, [map.of]: layer } });
    const field = layerField({
      ...{ id: "map-layer", label: `Layer of ${model.name}`, layers: usable(layers) },
      ...{ chosen: state.layers[map.of] ?? null, automatic, onchoose },
    });
    return h("div", { class: "line" }, h("span", { class: "row label" }, key(model), "Layer"), field);
  }

  function methodChoice(map) {
    const titles = methods.map(({ name, title }) => [name, title]);
    const choice = segmented("map-method", "Method", titles, map.method, method => change({ method }));
    for (const { name, available } of methods) $(`[value="${name}"]`, choice).disabled = !available;
    return choice;
  }

  function wordsOf(map) {
    const method = methods.find(({ name }) => name === map.method);
    const missing = methods.filter(({ available }) => !available);
    return [method?.summary, ...missing.map(({ why }) => why)].map(words => words && h("p", { class: "why" }, words));
  }

  const paint = keepFocus((state, map, layers) =>
    replace(
      root,
      segmented("side-set", "Which map", SIDES, side, chosen => ((side = chosen), draw(store.state))),
      ofLine(state, map),
      layerLine(state, map, layers),
      methods.length ? methodChoice(map) : null,
      wordsOf(map),
      fold(map),
    ),
  );

  let newest = 0;
  let drawn = "";
  async function draw(state) {
    const mine = ++newest;
    const wanted = side;
    const map = mapsOf(state)[wanted];
    const layers = map.of === "pixels" ? [] : await layersOf(map.of).catch(() => []);
    const now = JSON.stringify([wanted, map, choicesOf(state), state.models, state.layers[map.of], state.exploration?.id, layers.length, methods]);
    if (mine !== newest || now === drawn) return;
    drawn = now;
    painted = wanted;
    paint(state, map, layers);
  }

  store.on(["catalog", "dataset", "models", "layers", "maps", "exploration", "methods"], state => {
    methods = state.methods;
    draw(state);
  });
  return draw;
}
