// One row of the table: tick, picture, and a cell per column.
import { colour, h, icon } from "../../lib/dom.js";
import { fileName, group, probability } from "../../lib/format.js";
import { thumbnail } from "../../lib/thumbnail.js";
import { isRight } from "./layout.js";
import { letterOf, numberText, partOf } from "./values.js";

const OWN = { index: row => row.index, file: row => row.name, label: row => row.label, tags: row => row.tags };
export const valueOf = (row, name) => (OWN[name] ? OWN[name](row) : row.cells[name]);

/** ✓ or ✕ with its word; nothing where it is not known. */
export const verdict = right =>
  right === null || right === undefined
    ? null
    : h(
        "span",
        { class: right ? "yes-i" : "no-i" },
        icon(right ? "check" : "cross"),
        h("span", { class: "sr" }, right ? "right" : "wrong"),
      );

const prediction = (row, { name }) =>
  h(
    "span",
    { class: "said" },
    verdict(row.cells[`${letterOf(name)}.right`]),
    h("span", { class: "clip" }, row.cells[name] ?? "–"),
  );

const confidence = (row, { name }) =>
  h(
    "span",
    { class: `cf ${colour(letterOf(name))}` },
    h("meter", { min: 0, max: 1, value: row.cells[name] ?? 0, "aria-hidden": "true" }),
    h("span", { class: "num" }, probability(row.cells[name])),
  );

const flag = value =>
  value === null || value === undefined ? "–" : [icon(value ? "check" : "cross"), h("span", {}, value ? "right" : "wrong")];

const SHOWN = {
  prediction,
  confidence,
  index: row => group(row.index),
  file: row => h("span", { class: "mono clip", title: row.name }, fileName(row.name)),
  label: row => h("b", { class: "clip" }, row.label ?? "–"),
  tags: row => row.tags.map(tag => h("span", { class: "tag hi" }, tag)),
  right: (row, { name }) => h("span", { class: "said" }, flag(row.cells[name])),
};

function content(row, column) {
  const shown = SHOWN[partOf(column.name)];
  if (shown) return shown(row, column);
  const value = valueOf(row, column.name);
  if (column.kind === "number") return numberText(column, value);
  return h("span", { class: "clip" }, value === null || value === undefined ? "–" : String(value));
}

const cellOf = (row, column) =>
  h("span", { role: "gridcell", class: isRight(column) ? "num right" : "clip" }, content(row, column));

/** acts: tick(row, on), open(row). place: in the list, from 0. dataset: {id}. */
export function rowElement(row, place, { columns, dataset }, acts) {
  const tick = h("input", {
    type: "checkbox",
    tabIndex: -1,
    "aria-label": `Select ${row.name}`,
    onclick: event => event.stopPropagation(),
    onchange: event => acts.tick(row, event.target.checked),
  });
  return h(
    "div",
    { class: "tr d", role: "row", "aria-rowindex": place + 3, tabIndex: -1, "data-place": place, "data-row": row.row, onclick: () => acts.open(row) },
    h("span", { role: "gridcell" }, tick),
    h("span", { role: "gridcell", class: "px" }, thumbnail(dataset, row.index, 64)),
    columns.map(column => cellOf(row, column)),
  );
}

/** A row that is on its way. */
export const waitingRow = place =>
  h(
    "div",
    { class: "tr d", role: "row", "aria-rowindex": place + 3, tabIndex: -1, "data-place": place },
    h("span", { role: "gridcell", class: "wait" }, h("span", { class: "sr" }, "loading")),
  );
