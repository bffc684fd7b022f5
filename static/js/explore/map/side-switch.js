// Where there is room for one map: which of the two is shown.
import { h, replace } from "../../lib/dom.js";

/** sides: their names. shown(side): it is chosen. */
export function createSideSwitch(sides, shown) {
  const root = h("div", { class: "seg full only-s", role: "radiogroup", "aria-label": "Which map" });
  let drawn = "";

  const option = (side, title, chosen) =>
    h(
      "label",
      {},
      h("input", {
        type: "radio",
        name: "map-side",
        value: side,
        checked: side === chosen,
        onchange: () => shown(side),
      }),
      h("span", {}, title),
    );

  /** titles: of the sides, in their order. */
  function render(titles, chosen) {
    if (titles.join() === drawn) return;
    drawn = titles.join();
    replace(
      root,
      titles.map((title, place) => option(sides[place], title, chosen)),
    );
  }

  return { root, render };
}
