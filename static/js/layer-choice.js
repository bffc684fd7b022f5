// For methods of the Grad-CAM family: the layer to look from, one choice a model.
import { $, h, key, replace } from "./dom.js";
import { get } from "./api.js";
import { shape } from "./format.js";

const lists = new Map();

function usableLayers(model, analyzer) {
  const name = `${model.id} ${analyzer.name}`;
  const path = `/models/${encodeURIComponent(model.id)}/layers?analyzer=${encodeURIComponent(analyzer.name)}`;
  if (!lists.has(name)) {
    lists.set(
      name,
      get(path).then(({ layers }) => layers.filter(layer => layer.usable)),
    );
    lists.get(name).catch(() => lists.delete(name));
  }
  return lists.get(name);
}

function select(model, usable, chosen, onchange, label) {
  const attributes = {
    class: "field mono low",
    id: `layer-${model.id}`,
    "aria-label": label,
    disabled: !usable.length,
    onchange: event => onchange(model.id, event.target.value || null),
  };
  const option = layer =>
    h("option", { value: layer.name, selected: layer.name === chosen }, `${layer.name} · ${shape(layer.output_shape)}`);
  const automatic = model.cam_layer ? `auto · ${model.cam_layer}` : "no spatial layer";
  return h("select", attributes, h("option", { value: "" }, automatic), [...usable].reverse().map(option));
}

function single(model, usable, chosen, onchange) {
  const label = h("label", { class: "label", htmlFor: `layer-${model.id}` }, "Layer");
  return h("div", { class: "line" }, label, select(model, usable, chosen, onchange, null));
}

function several(models, usable, chosen, onchange) {
  const line = (model, k) =>
    h(
      "div",
      { class: "line even" },
      h("span", { class: "row" }, key(model), h("span", { class: "clip small", title: model.name }, model.name)),
      select(model, usable[k], chosen[model.id], onchange, `Layer of ${model.name}`),
    );
  return h("fieldset", { class: "params" }, h("legend", {}, "Layer of each model"), models.map(line));
}

let newest = 0;

/** Drawn when the lists of layers have come; an older answer is dropped. */
export async function drawLayerChoice(analyzer, models, chosen, onchange) {
  const root = $("#layer-choice");
  const mine = ++newest;
  if (analyzer?.targets !== "cam" || !models.length) return root.replaceChildren();
  const usable = await Promise.all(models.map(model => usableLayers(model, analyzer).catch(() => [])));
  if (mine !== newest) return null;
  const one = models.length === 1;
  return replace(
    root,
    one ? single(models[0], usable[0], chosen[models[0].id], onchange) : several(models, usable, chosen, onchange),
  );
}
