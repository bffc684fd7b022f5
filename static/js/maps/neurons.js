// The maps of several neurons as a grid, strongest first.
import { h } from "../lib/dom.js";
import { signed } from "../lib/format.js";
import { mapCanvas } from "./map-canvas.js";

const named = (cell, place) => `neuron ${cell.targets[place]}, activation ${signed(cell.activations?.[place])}`;

function tile(spec, cell, place) {
  const label = `${spec.label}: ${named(cell, place)}`;
  return h(
    "figure",
    { class: "neuron" },
    h("div", { class: "map" }, mapCanvas({ ...spec, target: place, label })),
    h(
      "figcaption",
      { class: "num small", "aria-hidden": "true" },
      h("strong", {}, cell.targets[place]),
      h("span", { class: "quiet" }, signed(cell.activations?.[place])),
    ),
  );
}

/** One map, or for several neurons a grid of them; spec: as for mapCanvas. */
export function maps(spec, cell) {
  if ((cell.targets?.length ?? 1) < 2) return h("div", { class: "map" }, mapCanvas(spec));
  const side = Math.ceil(Math.sqrt(cell.targets.length));
  const grid = h(
    "div",
    { class: "neurons", role: "group", "aria-label": `${cell.targets.length} neurons, the most active first` },
    cell.targets.map((_, place) => tile(spec, cell, place)),
  );
  grid.style.setProperty("--side", side);
  return grid;
}

/** "12: 3.20 · 7: 2.91" for the list of facts. */
export const listed = cell =>
  cell.targets.map((index, place) => `${index}: ${signed(cell.activations?.[place])}`).join(" · ");
