// Headings that sort, and a filter cell under each.
import { $$, h, icon, key, replace } from "../../lib/dom.js";
import { whenChanged } from "./changed.js";
import { isRight, placeholderOf } from "./layout.js";
import { letterOf, partOf } from "./values.js";

const titleOf = column => (letterOf(column.name) ? partOf(column.name) : (column.title ?? column.name));
const cell = column => ({ class: isRight(column) ? "right" : "" });

function heading(column, { sort, order }, onsort) {
  const on = sort === column.name;
  const letter = letterOf(column.name);
  const button = { type: "button", "data-sort": column.name, class: on ? "on" : "", onclick: () => onsort(column) };
  return h(
    "span",
    { role: "columnheader", "aria-sort": on ? (order === "desc" ? "descending" : "ascending") : "none", ...cell(column) },
    h(
      "button",
      button,
      letter ? key({ letter }) : null,
      letter ? h("span", { class: "sr" }, " ") : null,
      titleOf(column),
      on ? icon(order === "desc" ? "down" : "up") : null,
    ),
  );
}

const filter = (column, onfilter) =>
  h(
    "span",
    { role: "gridcell", ...cell(column) },
    h("input", {
      class: `field num ${isRight(column) ? "right" : ""}`,
      "data-filter": column.name,
      "aria-label": `Filter ${column.name}`,
      placeholder: placeholderOf(column),
      autocomplete: "off",
      spellcheck: "false",
      oninput: event => onfilter(column.name, event.target.value),
    }),
  );

const blanks = role => [
  h("span", { role }, h("span", { class: "sr" }, "Selected")),
  h("span", { role }, h("span", { class: "sr" }, "Picture")),
];

/** acts: sort(column), filter(name, text). -> {element, draw(columns, sorting, cells)} */
export function createHead(acts) {
  const titles = h("div", { class: "tr h", role: "row", "aria-rowindex": 1 });
  const filters = h("div", { class: "tr f", role: "row", "aria-rowindex": 2 });
  const element = h("div", { class: "rows-head", role: "rowgroup" }, titles, filters);
  let drawn = "";

  const drawTitles = whenChanged((columns, sorting) => {
    const focused = document.activeElement?.closest?.("[data-sort]")?.dataset.sort;
    replace(
      titles,
      blanks("columnheader"),
      columns.map(column => heading(column, sorting, acts.sort)),
    );
    if (focused) titles.querySelector(`[data-sort="${CSS.escape(focused)}"]`)?.focus();
  });

  /** The field that is written in is left as it is: it is what the query was made of. */
  function drawFilters(columns, cells) {
    const wanted = columns.map(({ name }) => name).join();
    if (drawn !== wanted)
      replace(
        filters,
        blanks("gridcell"),
        columns.map(column => filter(column, acts.filter)),
      );
    drawn = wanted;
    for (const field of $$("input", filters))
      if (field !== document.activeElement) field.value = cells[field.dataset.filter] ?? "";
  }

  return {
    element,
    draw(columns, sorting, cells) {
      drawTitles([columns.map(({ name }) => name), sorting], columns, sorting);
      drawFilters(columns, cells);
    },
  };
}
