// The parts of a view, drawn: tables, images, plots, grids of places and overlays. Everything that a plug-in says enters as text.
import { h } from "../lib/dom.js";
import { createStill } from "../plots/bokeh-figure.js";
import { grids } from "./grids.js";
import { overlay } from "./overlay.js";

const digits = value =>
  typeof value !== "number" || Number.isInteger(value) ? String(value ?? "–") : Number(value.toPrecision(4)).toString();

const cell = (value, place) =>
  place === 0
    ? h("th", { scope: "row" }, digits(value))
    : h("td", { class: typeof value === "number" ? "num" : null }, digits(value));

const table = ({ title, columns, rows }) =>
  h(
    "div",
    { class: "wide", tabindex: "0", role: "group", "aria-label": title },
    h(
      "table",
      { class: "view-table" },
      h("thead", {}, h("tr", {}, columns.map(column => h("th", { scope: "col" }, column)))),
      h("tbody", {}, rows.map(row => h("tr", {}, row.map(cell)))),
    ),
  );

const image = ({ title, width, height }, src) => h("img", { src, alt: title, width, height, loading: "lazy" });

/** Where a plot cannot be drawn, and for whoever does not see it, its numbers. */
const numbers = ({ title, x, series }) =>
  h(
    "details",
    { class: "fold" },
    h("summary", {}, "Numbers"),
    table({
      title: `Numbers of ${title}`,
      columns: ["x", ...Object.keys(series)],
      rows: x.map((value, place) => [value, ...Object.values(series).map(values => values[place])]),
    }),
  );

function plot(part) {
  const box = h("div", { class: "view-plot", role: "img", "aria-label": part.title });
  createStill(box, part.item).catch(() => box.append(h("p", { class: "why" }, "The plot could not be drawn.")));
  return [box, numbers(part)];
}

/** layer(k): the address of the part's picture; of a part with several, the one on top of k others. */
export function drawPart(part, layer) {
  const drawn = { table, plot, image: one => image(one, layer(0)), grids: one => grids(one, layer), overlay: one => overlay(one, layer) }[part.kind](part);
  return h("section", { class: `card view-part ${part.kind}` }, h("h3", {}, part.title), drawn);
}
