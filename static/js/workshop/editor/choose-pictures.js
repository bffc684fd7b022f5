// Images of a dataset as a class: all of them, those of a label, or the selection; many are thinned out evenly.
import { $, h, icon, replace } from "../../lib/dom.js";
import { address, get } from "../../lib/api.js";
import { ready, spread } from "../../lib/choices.js";
import { count, group } from "../../lib/format.js";
import { turns } from "../../lib/turns.js";
import { bodyOf, showProblem, problemLine } from "./form.js";
import { otherClasses, removeClass, withDrawing } from "./draw-class.js";
import { freeName, nameProblem } from "./rules.js";

const PER_PAGE = 500;
const SHOWN = 8;
const ALL = "all";
const SELECTION = "selection";
const LABEL = "label:";

/** At most so many of these, evenly. */
const thinned = (images, most) => (images.length > most ? spread(images.length, most).map(place => images[place]) : images);
const labelOfChoice = which => (which.startsWith(LABEL) ? which.slice(LABEL.length) : null);

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
async function imagesOf({ dataset, basket, most }, which) {
  if (which === ALL) return null;
  return thinned(which === SELECTION ? basket.images : await ofLabel(dataset.id, labelOfChoice(which)), most);
}

const options = ({ dataset, basket }) => [
  [ALL, `all ${group(dataset.n)} images`],
  ...(basket.dataset === dataset.id && basket.images.length ? [[SELECTION, `the selection, ${count(basket.images.length, "image")}`]] : []),
  ...(dataset.class_names ?? []).map(label => [LABEL + label, `labelled ${label}`]),
];

function preview({ dataset, images, most }) {
  const shown = images ? images.slice(0, SHOWN) : spread(dataset.n, SHOWN);
  const n = Math.min(most, images ? images.length : dataset.n);
  const shot = index => h("img", { class: "photo", src: address.thumbnail(dataset.id, index), alt: "" });
  const words = `${count(n, "image")}, made grey and 28 × 28${n === most ? ", spread evenly" : ""}.`;
  return [h("div", { class: "shots" }, shown.map(shot)), h("p", { class: "why" }, words)];
}

/** Only the last choice counts, whichever answer comes first; nothing can be used before its images are known. */
async function choose(form) {
  showProblem(form.problem, null);
  form.use.disabled = true;
  const current = form.turn();
  try {
    const which = form.which.value;
    const images = await imagesOf(form, which);
    if (!current()) return;
    form.images = images;
    if (!form.named) form.name.value = freeName(labelOfChoice(which) ?? form.dataset.name, form.others);
    replace(form.shots, preview(form));
    form.use.disabled = false;
  } catch (error) {
    if (current()) showProblem(form.problem, error.sentence || error.message);
  }
}

/** The selection where there is one, else the first label. */
function drawWhich(form) {
  const all = options(form);
  const [usual] = all.find(([value]) => value === SELECTION) ?? all.find(([value]) => value !== ALL) ?? all[0];
  const option = ([value, words]) => h("option", { value, selected: value === usual }, words);
  replace(form.which, all.map(option));
  return choose(form);
}

function save(form) {
  const name = form.name.value.trim();
  const words = nameProblem(name, form.others);
  showProblem(form.problem, words);
  if (words) return;
  const made = { name, dataset: form.dataset.id, images: form.images };
  form.store.set(withDrawing(form.store.state, form.before, made));
  form.dialog.close();
}

function remove({ dialog, store, before }) {
  dialog.close();
  removeClass(store, before);
}

function datasetField(form) {
  const option = one => h("option", { value: one.id, selected: one.id === form.dataset.id }, `${one.name} · ${count(one.n, "image")}`);
  const change = event => {
    form.dataset = form.sets.find(({ id }) => id === event.target.value);
    drawWhich(form);
  };
  return h("select", { class: "field", id: "pictures-dataset", onchange: change }, form.sets.map(option));
}

const button = (words, look, onclick, id = null) => h("button", { type: "button", class: `btn ${look}`, id, onclick }, words);

const header = ({ dialog, before }) => {
  const close = { type: "button", class: "btn plain icon", "aria-label": "Close", onclick: () => dialog.close() };
  const title = before ? `Change ${before}` : "Images of a dataset as a class";
  return h("header", {}, h("h2", { id: "pictures-title" }, title), h("button", close, icon("close", false)));
};

const nothing = ({ dialog }) =>
  h("div", { class: "acts" }, h("p", { class: "grow" }, "No dataset is open."), h("a", { class: "btn primary", href: "/images" }, "Open images"), button("Cancel", "", () => dialog.close()));

const field = (id, words, element) => h("div", { class: "fieldset" }, h("label", { class: "label", for: id }, words), element);

const fields = form =>
  h(
    "div",
    { class: "pictures-form" },
    field("pictures-dataset", "Dataset", datasetField(form)),
    field("pictures-which", "Which images", form.which),
    field("pictures-name", "Name of the class", form.name),
    form.shots,
  );

const acts = form =>
  h(
    "div",
    { class: "acts" },
    form.before ? button("Remove class", "plain editor-remove", () => remove(form)) : null,
    button("Cancel", "", () => form.dialog.close()),
    form.use,
  );

function formOf(store, before, basket) {
  const { state } = store;
  const own = state.own.find(({ name }) => name === before);
  const sets = ready(state.datasets);
  const form = {
    store,
    before,
    basket,
    sets,
    dialog: /** @type {HTMLDialogElement} */ ($("#pictures")),
    others: otherClasses(state, before),
    dataset: sets.find(({ id }) => id === (own?.dataset ?? basket.dataset)) ?? sets[0],
    most: state.options.limits.pictures,
    images: null,
    turn: turns(),
    use: /** @type {HTMLButtonElement} */ (button("Use as class", "primary", () => save(form), "pictures-save")),
    named: Boolean(before),
    problem: problemLine(),
    shots: h("div"),
    which: /** @type {HTMLSelectElement} */ (h("select", { class: "field", id: "pictures-which", onchange: () => choose(form) })),
    name: /** @type {HTMLInputElement} */ (h("input", { class: "field", id: "pictures-name", autocomplete: "off", value: before ?? "", oninput: () => (form.named = true) })),
  };
  return form;
}

const opening = turns();

/** before: the name of the class that is changed, or null. */
export async function openPictures(store, before = null) {
  const current = opening();
  const basket = await get("/basket").catch(() => ({ dataset: null, images: [] }));
  if (!current()) return;
  const form = formOf(store, before, basket);
  const body = form.dataset ? [fields(form), form.problem, acts(form)] : [nothing(form)];
  replace(bodyOf(form.dialog), header(form), body);
  form.dialog.showModal();
  if (form.dataset) await drawWhich(form);
}
