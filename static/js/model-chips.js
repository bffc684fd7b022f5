// Models to choose from: letter, colour, name; a toggle each.
import { colour, h, icon, key, replace } from "./dom.js";

function chip(model, checked, ontoggle) {
  return h(
    "label",
    { class: `chip ${colour(model.letter)}`, title: model.name },
    h("input", {
      type: "checkbox",
      checked,
      value: model.id,
      onchange: event => ontoggle(model.id, event.target.checked),
    }),
    key(model),
    h("span", { class: "clip" }, model.name),
  );
}

export function drawModelChips(root, models, chosen, ontoggle) {
  replace(
    root,
    models.map(model => chip(model, chosen.includes(model.id), ontoggle)),
    h("a", { class: "chip add", href: "/models" }, icon("plus"), "Add"),
  );
}
