// Files of what is shown: PNG as displayed (with or without colour bar), NPY of a map, HDF5 of the run.
import { $, h, key, replace } from "./dom.js";
import { address } from "./api.js";
import { displayOf } from "./display-bar.js";
import { placeUnder } from "./menu.js";

const safe = text => text.replace(/[^\w.-]+/g, "_");

function pngOf(state, model, image, bar) {
  const { colormap, opacity, clip } = displayOf(state);
  const query = new URLSearchParams({ colormap, opacity: String(opacity), clip: String(clip), bar: bar ? "1" : "0" });
  return `${address.map(state.explanation.id, model.id, image.index, "png")}?${query}`;
}

const file = (href, name, ...words) => h("a", { class: "item-l", href, download: name }, words);

/** The view as one file, drawn as it is shown. */
function whole(state, name, ending, words, kind) {
  const { colormap, opacity, clip } = displayOf(state);
  const { id, request } = state.explanation;
  return file(
    `${address.export(id, `${name}.${ending}`)}?${new URLSearchParams({ colormap, opacity: String(opacity), clip: String(clip) })}`,
    `${safe(request.analyzer)}.${ending}`,
    h("span", { class: "grow" }, words),
    h("span", { class: "quiet" }, kind),
  );
}

function lines(state, bar, redraw) {
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
      h("input", { type: "checkbox", checked: bar, onchange: event => redraw(event.target.checked) }),
      "colour bar in the PNG",
    ),
    h("hr"),
    file(
      address.run(explanation.id),
      `${safe(explanation.request.analyzer)}-run.h5`,
      h("span", { class: "grow" }, "Whole run"),
      h("span", { class: "quiet" }, "HDF5"),
    ),
    whole(state, "sheet", "png", "Whole grid, one picture", "PNG"),
    whole(state, "report", "html", "Report, one page", "HTML"),
    file(
      address.export(explanation.id, "script.py"),
      `${safe(explanation.request.analyzer)}.py`,
      h("span", { class: "grow" }, "Script that does it again"),
      h("span", { class: "quiet" }, "Python"),
    ),
  ];
}

export function createExportMenu(store) {
  const menu = $("#export-menu");
  const opener = $("#export");
  let bar = true;
  const draw = () =>
    replace(
      menu,
      lines(store.state, bar, next => {
        bar = next;
        draw();
      }),
    );
  menu.addEventListener("beforetoggle", event => {
    if (event.newState === "open") draw();
  });
  menu.addEventListener("toggle", event => {
    if (event.newState !== "open") return;
    placeUnder(menu, opener);
    $("a", menu)?.focus();
  });
}
