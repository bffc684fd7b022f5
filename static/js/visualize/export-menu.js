// Files of what is shown: PNG as displayed (with or without colour bar), NPY of a map; the whole view as a picture (PNG,
// SVG) in a chosen size, a page, HDF5, a script. The server names the files of whole views.
import { $, h, key, replace } from "../lib/dom.js";
import { address } from "../lib/api.js";
import { displayOf } from "./display-bar.js";
import { placeUnder } from "../shell/menu.js";
import { trustFiles } from "./trust/files.js";

const SIZES = [
  [128, "128 px"],
  [224, "224 px"],
  [320, "320 px"],
  [480, "480 px"],
  [0, "input size"],
];
const safe = text => text.replace(/[^\w.-]+/g, "_");

function pngOf(state, model, image, bar) {
  const { colormap, opacity, clip } = displayOf(state);
  const query = new URLSearchParams({ colormap, opacity: String(opacity), clip: String(clip), bar: bar ? "1" : "0" });
  return `${address.map(state.explanation.id, model.id, image.index, "png")}?${query}`;
}

const file = (href, name, ...words) => h("a", { class: "item-l", href, download: name }, words);

/** The view as one file, drawn as it is shown. */
function whole(state, name, words, kind, more = {}) {
  const { colormap, opacity, clip } = displayOf(state);
  const query = new URLSearchParams({ colormap, opacity: String(opacity), clip: String(clip), ...more });
  return entry(`${address.export(state.explanation.id, name)}?${query}`, words, kind);
}

const entry = (href, words, kind) =>
  file(href, "", h("span", { class: "grow" }, words), h("span", { class: "quiet" }, kind));

const sizeChoice = (chosen, choose) =>
  h(
    "label",
    { class: "line small" },
    h("span", { class: "label" }, "Side of a picture"),
    h(
      "select",
      { class: "field low", id: "export-size", onchange: event => choose({ size: Number(event.target.value) }) },
      SIZES.map(([value, words]) => h("option", { value, selected: value === chosen }, words)),
    ),
  );

function lines(state, { bar, size }, choose) {
  if (state.view === "trust") return trustFiles(state, entry);
  const { explanation, image: place } = state;
  const image = explanation?.images[Math.min(place, explanation.images.length - 1)];
  const done = new Set(
    (explanation?.cells || []).filter(cell => cell.status === "done").map(cell => `${cell.model}/${cell.image}`),
  );
  if (!image || !done.size) return h("p", { class: "why" }, "There is no map to export yet.");
  const stem = model => safe(`${image.name.replace(/\.\w+$/, "")}-${model.name}-${explanation.request.analyzer}`);
  return [
    h("h3", {}, "Shown image: ", h("span", { class: "mono" }, image.name)),
    explanation.models
      .filter(model => done.has(`${model.id}/${image.index}`))
      .map(model => [
        file(
          pngOf(state, model, image, bar),
          `${stem(model)}.png`,
          key(model),
          h("span", { class: "grow clip" }, model.name),
          h("span", { class: "quiet" }, "PNG"),
        ),
        file(
          address.map(explanation.id, model.id, image.index, "npy"),
          `${stem(model)}.npy`,
          key(model),
          h("span", { class: "grow clip" }, model.name),
          h("span", { class: "quiet" }, "NPY"),
        ),
      ]),
    h(
      "label",
      { class: "switch small" },
      h("input", { type: "checkbox", id: "export-bar", checked: bar, onchange: event => choose({ bar: event.target.checked }) }),
      "colour bar in the PNG",
    ),
    h("hr"),
    h("h3", {}, "Whole view"),
    sizeChoice(size, choose),
    whole(state, "sheet.png", "Picture", "PNG", { size: String(size) }),
    whole(state, "sheet.svg", "Picture for papers", "SVG", { size: String(size) }),
    whole(state, "report.html", "Report, one page", "HTML"),
    entry(address.run(explanation.id), "All maps and numbers", "HDF5"),
    entry(address.export(explanation.id, "script.py"), "Script that reproduces it", "Python"),
  ];
}

export function createExportMenu(store) {
  const menu = $("#export-menu");
  const opener = $("#export");
  let chosen = { bar: true, size: 224 };
  const draw = () => replace(menu, lines(store.state, chosen, choose));
  function choose(change) {
    chosen = { ...chosen, ...change };
    const id = document.activeElement?.id;
    draw();
    if (id) document.getElementById(id)?.focus();
  }
  menu.addEventListener("beforetoggle", event => {
    if (event.newState === "open") draw();
  });
  // Opened before there was anything: what comes meanwhile is in it.
  store.on(["explanation", "trust", "view"], () => menu.matches(":popover-open") && !$("a", menu) && draw());
  menu.addEventListener("toggle", event => {
    if (event.newState !== "open") return;
    placeUnder(menu, opener);
    $("a", menu)?.focus();
  });
}
