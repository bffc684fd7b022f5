// The layer that is explained, one choice per model. Grad-CAM looks from a spatial layer, the rest at any.
import { $, h, key, replace } from "../lib/dom.js";
import { get } from "../lib/api.js";
import { layerField } from "../widgets/layer-field.js";

const lists = new Map();

/** Every layer of a model, with `usable` and `why_not` for a method. */
export function layersFor(model, analyzer) {
  const name = `${model.id} ${analyzer.name}`;
  const path = `/models/${encodeURIComponent(model.id)}/layers?analyzer=${encodeURIComponent(analyzer.name)}`;
  if (!lists.has(name)) {
    lists.set(
      name,
      get(path).then(({ layers }) => layers),
    );
    lists.get(name).catch(() => lists.delete(name));
  }
  return lists.get(name);
}

const automatic = (analyzer, model) => (analyzer.targets === "cam" ? model.cam_layer : model.explained_layer);

function field(analyzer, model, layers, chosen, onchange, label) {
  return layerField({
    id: `layer-${model.id}`,
    label,
    layers,
    chosen: chosen[model.id] ?? null,
    automatic: automatic(analyzer, model),
    onchoose: name => onchange(model.id, name),
  });
}

function line(words, control) {
  return h("div", { class: "line" }, words, control);
}

function single(analyzer, model, layers, chosen, onchange) {
  const label = h("label", { class: "label", htmlFor: `layer-${model.id}` }, "Layer");
  return line(label, field(analyzer, model, layers, chosen, onchange, `Layer of ${model.name}`));
}

function several(analyzer, models, lists, chosen, onchange) {
  const open = models.some(model => chosen[model.id]);
  return h(
    "details",
    { class: "fold", open },
    h("summary", {}, "Layer of each model"),
    models.map((model, k) =>
      line(
        h("span", { class: "row label" }, key(model), h("span", { class: "clip small", title: model.name }, model.name)),
        field(analyzer, model, lists[k], chosen, onchange, `Layer of ${model.name}`),
      ),
    ),
  );
}

let newest = 0;

/** Drawn when the lists of layers have come; an older answer is dropped. */
export async function drawLayerChoice(analyzer, models, chosen, onchange) {
  const root = $("#layer-choice");
  const mine = ++newest;
  if (!analyzer || analyzer.targets === "none" || !models.length) return root.replaceChildren();
  const found = await Promise.all(models.map(model => layersFor(model, analyzer).catch(() => [])));
  if (mine !== newest || root.contains(document.activeElement)) return null;
  const one = models.length === 1;
  return replace(
    root,
    one
      ? single(analyzer, models[0], found[0], chosen, onchange)
      : several(analyzer, models, found, chosen, onchange),
  );
}
