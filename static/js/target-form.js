// What is explained: the predicted class or one by name; for the Grad-CAM family also the layer, one choice a model.
import { $, h, key, replace } from "./dom.js";
import { get } from "./api.js";
import { shape } from "./format.js";
import { classesOf } from "./request.js";

const MANY_CLASSES = 30;
const layers = new Map();

const usableLayers = (model, analyzer) => {
  const name = `${model.id} ${analyzer.name}`;
  if (!layers.has(name))
    layers.set(
      name,
      get(`/models/${encodeURIComponent(model.id)}/layers?analyzer=${encodeURIComponent(analyzer.name)}`).then(answer =>
        answer.layers.filter(layer => layer.usable),
      ),
    );
  layers.get(name).catch(() => layers.delete(name));
  return layers.get(name);
};

function classControl(classes, chosen, onchange) {
  const attributes = { id: "class-name", class: "field", onchange: event => onchange(event.target.value.trim()) };
  if (classes.length <= MANY_CLASSES)
    return h(
      "select",
      attributes,
      classes.map(name => h("option", { value: name, selected: name === String(chosen) }, name)),
    );
  return [
    h("input", {
      ...attributes,
      list: "class-names",
      autocomplete: "off",
      placeholder: `one of ${classes.length}`,
      value: chosen,
    }),
    h(
      "datalist",
      { id: "class-names" },
      classes.map(name => h("option", { value: name })),
    ),
  ];
}

export function drawClassChoice(root, models, target, onchange) {
  if (target === "predicted") return root.replaceChildren();
  const classes = classesOf(models);
  return replace(
    root,
    h(
      "div",
      { class: "line" },
      h("label", { class: "label", htmlFor: "class-name" }, "Class"),
      classControl(classes, target, onchange),
    ),
  );
}

function layerSelect(model, usable, chosen, onchange, label) {
  const automatic = model.cam_layer ? `auto · ${model.cam_layer}` : "no spatial layer";
  return h(
    "select",
    {
      class: "field mono low",
      "aria-label": label,
      id: `layer-${model.id}`,
      disabled: !usable.length,
      onchange: event => onchange(model.id, event.target.value || null),
    },
    h("option", { value: "" }, automatic),
    [...usable]
      .reverse()
      .map(layer =>
        h(
          "option",
          { value: layer.name, selected: layer.name === chosen },
          `${layer.name} · ${shape(layer.output_shape)}`,
        ),
      ),
  );
}

let newest = 0;

/** One line a model; drawn when the lists have come. */
export async function drawLayerChoice(root, analyzer, models, chosen, onchange) {
  const mine = ++newest;
  if (analyzer?.targets !== "cam" || !models.length) return root.replaceChildren();
  const lists = await Promise.all(models.map(model => usableLayers(model, analyzer).catch(() => [])));
  if (mine !== newest) return null;
  if (models.length === 1)
    return replace(
      root,
      h(
        "div",
        { class: "line" },
        h("label", { class: "label", htmlFor: `layer-${models[0].id}` }, "Layer"),
        layerSelect(models[0], lists[0], chosen[models[0].id], onchange, null),
      ),
    );
  return replace(
    root,
    h(
      "fieldset",
      { class: "params" },
      h("legend", {}, "Layer of each model"),
      models.map((model, k) =>
        h(
          "div",
          { class: "line even" },
          h("span", { class: "row" }, key(model), h("span", { class: "clip small", title: model.name }, model.name)),
          layerSelect(model, lists[k], chosen[model.id], onchange, `Layer of ${model.name}`),
        ),
      ),
    ),
  );
}

export function fillEngines(select, analyzer, chosen) {
  const offered = [
    "auto",
    ...["native", "innvestigate"].filter(engine => !analyzer || analyzer.runtimes.includes(engine)),
  ];
  replace(
    select,
    offered.map(engine =>
      h(
        "option",
        { value: engine, selected: engine === chosen },
        engine === "auto" ? `auto · ${analyzer?.runtimes[0] ?? "native"}` : engine,
      ),
    ),
  );
}

/** Methods that explain nothing have no target to choose. */
export function drawTargetNote(section, analyzer) {
  const none = analyzer?.targets === "none",
    note = $("#target-note", section);
  for (const part of ["#target-kind", "#class-choice", "#layer-choice"]) $(part, section).hidden = none;
  note.hidden = !none;
  note.textContent = none ? `${analyzer.name} shows the same whatever the class is.` : "";
}
