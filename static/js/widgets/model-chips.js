// Models to choose from: letter, colour, name; a toggle each.
import { modelLink } from "../lib/address-names.js";
import { $, colour, h, icon, key, replace } from "../lib/dom.js";
import { ready } from "../lib/choices.js";
import { chooseModels } from "../lib/changes.js";
import { keepFocus } from "../lib/focus.js";

function chip(model, checked, ontoggle) {
  const onchange = event => ontoggle(model.id, event.target.checked);
  return h(
    "label",
    { class: `chip ${colour(model.letter)}`, title: model.name },
    h("input", { type: "checkbox", id: `chip-${model.id}`, checked, value: model.id, onchange }),
    key(model),
    h("span", { class: "clip" }, model.name),
  );
}

/** What the accuracy probe found, where results are asked for; the click to fix it is on Models. */
function advice(model) {
  const { words, then, now } = model.advice;
  return h(
    "a",
    { class: "call advice", href: modelLink(model.id) },
    icon("warn"),
    h("span", { class: "grow" }, `${model.name}: ${then} right instead of ${now} with another preprocessing (${words}). See and change it.`),
  );
}

/** lettered(state): the models with the letters of the page, where those are not the ones of the catalog. */
export function createModelChips(store, lettered = ({ catalog }) => catalog.models) {
  function toggle(id, on) {
    const chosen = new Set(store.state.models);
    if (on) chosen.add(id);
    else chosen.delete(id);
    const order = store.state.catalog.models.map(model => model.id);
    chooseModels(
      store,
      order.filter(other => chosen.has(other)),
    );
  }

  const draw = keepFocus(state => {
    const { catalog, models } = state;
    replace(
      $("#model-chips"),
      ready(lettered(state)).map(model => chip(model, models.includes(model.id), toggle)),
      h("a", { class: "chip add", href: "/models" }, icon("plus"), "Add"),
      ready(catalog.models)
        .filter(model => model.advice && models.includes(model.id))
        .map(advice),
    );
  });
  store.on(["catalog", "models"], draw);
  return draw;
}
