// Which columns the table has: a menu with a tick for each.
import { h, key, replace } from "../../lib/dom.js";
import { placeUnder } from "../../shell/menu.js";
import { letterOf } from "./values.js";

/** onchoose(Set of names, or null for the ordinary ones). -> open(opener, all columns, shown columns) */
export function createChooser(root, onchoose) {
  const menu = h("div", { class: "menu columns", popover: "auto", role: "group", "aria-label": "Columns" });
  root.append(menu);

  const chosen = () => new Set([...menu.querySelectorAll("input:checked")].map(input => input.value));

  const line = (column, shown) =>
    h(
      "label",
      { class: "switch" },
      h("input", { type: "checkbox", value: column.name, checked: shown, onchange: () => onchoose(chosen()) }),
      letterOf(column.name) ? key({ letter: letterOf(column.name) }) : null,
      column.title ?? column.name,
    );

  function reset() {
    onchoose(null);
    menu.hidePopover();
  }

  return function open(opener, all, shown) {
    replace(
      menu,
      h("h3", {}, "Columns"),
      all.map(column => line(column, shown.includes(column))),
      h("hr"),
      h("button", { class: "item-l", type: "button", onclick: reset }, "Default columns"),
    );
    menu.togglePopover(true);
    placeUnder(menu, opener);
    menu.querySelector("input")?.focus();
  };
}
