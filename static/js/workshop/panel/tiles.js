// Step 1, the training images: a tile for each shape and each custom class, marks shown on them.
import { $, h, icon, replace } from "../../lib/dom.js";
import { address } from "../../lib/api.js";
import { keepFocus } from "../../lib/focus.js";
import { tilePicture } from "../pictures.js";
import { LEAST_CLASSES, chosenNames, classOf, marksOf, obstacle, toggled } from "../request.js";

/**
 * The picture of a class: its pixels, or the first image where it is images of a dataset.
 * @param {{pixels: any, own: any}} one
 * @param {{marks?: any, class?: string}} options
 */
export function classPicture({ pixels, own }, { marks = null, ...attributes } = {}) {
  if (pixels) return tilePicture(pixels, { marks, ...attributes });
  const first = own?.images?.[0] ?? 0;
  const look = `pic photo ${attributes.class ?? ""}`;
  return h("img", { ...attributes, class: look, src: address.thumbnail(own.dataset, first), alt: "" });
}

const tipOf = ({ label, noise, own }) => {
  if (noise) return `${label}: drawn again for every copy`;
  return own?.dataset ? `${label}: images of a dataset, in grey and 28 × 28` : label;
};

function tile(state, name, id, acts) {
  const one = classOf(state, name);
  const on = state.chosen.includes(name);
  const marked = Boolean(state.marks[name]?.some(Boolean));
  const attributes = {
    id,
    type: "button",
    class: "tile",
    "data-class": name,
    "aria-pressed": String(on),
    "aria-label": marked ? `${one.label}, marked` : one.label,
    "data-tip": tipOf(one),
    onclick: () => acts.toggle(name),
  };
  return h(
    "button",
    attributes,
    classPicture(one, { marks: marked ? state.marks[name] : null }),
    on ? h("i", { class: "on" }, icon("check")) : null,
    marked ? h("i", { class: "mk" }, icon("brush")) : null,
  );
}

/** A custom class can be changed, too. */
function ownTile(state, name, place, acts) {
  const label = `Change ${name}`;
  const edit = { id: `own-edit-${place}`, type: "button", class: "tile-edit", "aria-label": label, "data-tip": label, onclick: () => acts.edit(name) };
  return h("span", { class: "own-tile" }, tile(state, name, `own-${place}`, acts), h("button", edit, icon("edit")));
}

const newTile = (id, symbol, words, act) =>
  h("button", { id, type: "button", class: "tile new", "aria-label": words, "data-tip": words, onclick: act }, icon(symbol, false));

function drawCounts(state) {
  const n = chosenNames(state).length;
  const few = n < LEAST_CLASSES;
  $("#chosen-count").textContent = `${n} chosen`;
  $("#chosen-count").className = `small num ${few ? "bad-text" : "quiet"}`;
  $("#few").hidden = !few;
  replace($("#few"), icon("warn"), h("span", { class: "grow" }, few ? obstacle(state) : ""));
  const n_marked = Object.keys(marksOf(state)).length;
  $("#mark-open").hidden = few;
  $("#mark-count").textContent = n_marked ? `· ${n_marked} marked` : "";
}

/** acts: draw(), mark(), pictures(), edit(name). */
export function createTiles(store, acts) {
  const own = { ...acts, toggle: name => store.set({ chosen: toggled(store.state, name) }) };
  const draw = keepFocus(state => {
    const tiles = state.options?.tiles ?? [];
    replace(
      $("#tiles"),
      tiles.map(({ id }, place) => tile(state, id, `tile-${place}`, own)),
    );
    replace(
      $("#own-tiles"),
      state.own.map(({ name }, place) => ownTile(state, name, place, own)),
      newTile("draw-class", "edit", "Draw a class", acts.draw),
      newTile("pictures-class", "images", "Use images of a dataset as a class", acts.pictures),
    );
    drawCounts(state);
  });
  $("#mark-open").addEventListener("click", acts.mark);
  store.on(["options", "chosen", "own", "marks"], draw);
  return draw;
}
