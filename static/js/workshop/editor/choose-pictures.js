// Images of a dataset as a class: all of them, those of a label, or the selection; many are thinned out evenly.
import { $, h, icon, replace } from "../../lib/dom.js";
import { address, get } from "../../lib/api.js";
import { ready, spread } from "../../lib/choices.js";
import { count, group } from "../../lib/format.js";
import { classNames, classOf } from "../request.js";
import { bodyOf, complainIn, problemLine } from "./form.js";
import { removeClass, withDrawing } from "./draw-class.js";
import { freeName, nameProblem } from "./rules.js";

const PER_PAGE = 500;
const SHOWN = 8;
const ALL = "all";
const SELECTION = "selection";
const labelled = label => `label:${label}`;

/** At most so many of these, evenly. */
const thinned = (images, most) => (images.length > most ? spread(images.length, most).map(place => images[place]) : images);

async function ofLabel(dataset, label) {
  const found = [];
  for (let page = 0; ; page += 1) {
    const query = new URLSearchParams({ label, page: String(page), per_page: String(PER_PAGE) });
    const { total, images } = await get(`/datasets/${encodeURIComponent(dataset)}/images?${query}`);
    found.push(...images.map(({ index }) => index));
    if (found.length >= total || !images.length) return found;
  }
}

/** Indices that a choice stands for; null where it is all, which the server thins out. */
export async function imagesOf(dataset, which, basket, most) {
  if (which === ALL) return null;
  const found = which === SELECTION ? basket.images : await ofLabel(dataset.id, which.slice(labelled("").length));
  return thinned(found, most);
}

const options = (dataset, basket) => [
  [ALL, `all ${group(dataset.n)} images`],
  ...(basket.dataset === dataset.id && basket.images.length ? [[SELECTION, `the selection, ${count(basket.images.length, "image")}`]] : []),
  ...(dataset.class_names ?? []).map(label => [labelled(label), `labelled ${label}`]),
];

const stemOf = (dataset, which) => (which.startsWith(labelled("")) ? which.slice(labelled("").length) : dataset.name);

function preview(dataset, images, most) {
  const shown = images ? images.slice(0, SHOWN) : spread(dataset.n, SHOWN);
  const n = Math.min(most, images ? images.length : dataset.n);
  return [
    h("div", { class: "shots" }, shown.map(index => h("img", { class: "photo", src: address.thumbnail(dataset.id, index), alt: "" }))),
    h("p", { class: "why" }, `${count(n, "image")}, made grey and 28 × 28${n === most ? ", spread evenly" : ""}.`),
  ];
}

const nothing = dialog =>
  h("div", { class: "acts" }, h("p", { class: "grow" }, "No dataset is open."), h("a", { class: "btn primary", href: "/images" }, "Open images"), h("button", { type: "button", class: "btn", onclick: () => dialog.close() }, "Cancel"));

const header = (dialog, title) =>
  h("header", {}, h("h2", { id: "pictures-title" }, title), h("button", { type: "button", class: "btn plain icon", "aria-label": "Close", onclick: () => dialog.close() }, icon("close", false)));

/** before: the name of the class that is changed, or null. */
export async function openPictures(store, before = null) {
  const dialog = /** @type {HTMLDialogElement} */ ($("#pictures"));
  const title = before ? `Change ${before}` : "Images of a dataset as a class";
  const sets = ready(store.state.datasets);
  if (!sets.length) {
    replace(bodyOf(dialog), header(dialog, title), nothing(dialog));
    return dialog.showModal();
  }
  const basket = await get("/basket").catch(() => ({ dataset: null, images: [] }));
  fill(dialog, store, { before, title, sets, basket });
  return dialog.showModal();
}

function fill(dialog, store, { before, title, sets, basket }) {
  const others = classNames(store.state).filter(name => name !== before).map(name => classOf(store.state, name));
  const own = store.state.own.find(({ name }) => name === before);
  let dataset = sets.find(({ id }) => id === (own?.dataset ?? basket.dataset)) ?? sets[0];
  let images = own?.images ?? null;
  const most = store.state.options.limits.pictures;
  let named = Boolean(before);
  const problem = problemLine();
  const shots = h("div", {});
  const name = h("input", { class: "field", id: "pictures-name", autocomplete: "off", value: before ?? "", oninput: () => (named = true) });
  const which = /** @type {HTMLSelectElement} */ (h("select", { class: "field", id: "pictures-which", onchange: () => choose() }));
  const setChoice = h(
    "select",
    {
      class: "field",
      id: "pictures-dataset",
      onchange: event => {
        dataset = sets.find(({ id }) => id === event.target.value);
        drawWhich();
      },
    },
    sets.map(one => h("option", { value: one.id, selected: one.id === dataset.id }, `${one.name} · ${count(one.n, "image")}`)),
  );

  async function choose() {
    complainIn(problem, null);
    try {
      images = await imagesOf(dataset, which.value, basket, most);
      if (!named) name.value = freeName(stemOf(dataset, which.value), others);
      replace(shots, preview(dataset, images, most));
    } catch (error) {
      complainIn(problem, error.sentence || error.message);
    }
  }

  function drawWhich() {
    const all = options(dataset, basket);
    const usual = all.find(([value]) => value === SELECTION) ?? all.find(([value]) => value !== ALL) ?? all[0];
    replace(which, all.map(([value, words]) => h("option", { value, selected: value === usual[0] }, words)));
    choose();
  }

  function save() {
    const words = nameProblem(name.value.trim(), others);
    complainIn(problem, words);
    if (words) return;
    store.set(withDrawing(store.state, before, { name: name.value.trim(), dataset: dataset.id, images }));
    dialog.close();
  }

  const field = (id, words, element) => h("div", { class: "fieldset" }, h("label", { class: "label", for: id }, words), element);
  replace(
    bodyOf(dialog),
    header(dialog, title),
    h("div", { class: "pictures-form" }, field("pictures-dataset", "Dataset", setChoice), field("pictures-which", "Which images", which), field("pictures-name", "Name of the class", name), shots),
    problem,
    h(
      "div",
      { class: "acts" },
      before ? h("button", { type: "button", class: "btn plain editor-remove", onclick: () => (dialog.close(), removeClass(store, before)) }, "Remove class") : null,
      h("button", { type: "button", class: "btn", onclick: () => dialog.close() }, "Cancel"),
      h("button", { type: "button", class: "btn primary", id: "pictures-save", onclick: save }, "Use as class"),
    ),
  );
  drawWhich();
}
