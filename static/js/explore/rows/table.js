// The table: a grid of which only the rows in view exist; sorted by its headings, filtered by its cells, walked by keys.
import { h } from "../../lib/dom.js";
import { whenChanged } from "./changed.js";
import { createHead } from "./head.js";
import { shownOf, sortAfter, sortOf, tracksOf } from "./layout.js";
import { rowElement, waitingRow } from "./row.js";
import { createScroller } from "./scroller.js";
import { modelOf } from "./values.js";

const ROW_PX = 40;

/** acts: filter(name, text), tick(row, on), open(row). pages: as createPages makes them. */
export function createTable(store, selection, pages, acts) {
  const head = createHead({ sort, filter: acts.filter });
  const body = h("div", { class: "rows-body", role: "rowgroup" });
  const box = h("div", { class: "rows", role: "grid", "aria-multiselectable": "true", "aria-label": "Images", tabIndex: -1 }, head.element, body);
  let columns = [];
  let here = 0; // the row that Tab leads to

  const letter = () => modelOf(store.state).letter;
  const sorting = () => sortOf(store.state, letter());

  function sort(column) {
    store.set(sortAfter(sorting(), column));
  }

  const keyOf = place => {
    const row = pages.at(place);
    return row ? JSON.stringify([row, box.dataset.columns]) : "";
  };

  const make = place => {
    const row = pages.at(place);
    return row ? rowElement(row, place, { columns, dataset: store.state.exploration.dataset }, acts) : waitingRow(place);
  };

  function dress(element, place) {
    const row = pages.at(place);
    const on = Boolean(row) && selection.has(row.row);
    element.classList.toggle("sel", on);
    element.classList.toggle("here", Boolean(row) && row.row === store.state.image);
    element.setAttribute("aria-selected", String(on));
    element.tabIndex = place === here ? 0 : -1;
    const tick = element.querySelector("input");
    if (tick) tick.checked = on;
  }

  const scroller = createScroller(box, body, {
    row_px: ROW_PX,
    keyOf,
    make,
    dress,
    want: pages.want,
    head_px: () => head.element.offsetHeight,
  });

  /** The image that is stepped to comes into view. */
  const followImage = whenChanged(place => {
    if (place < 0) return;
    here = place;
    scroller.show(place);
  });

  function draw({ exploration, image }, { cells, chosen }) {
    columns = shownOf(exploration, letter(), chosen);
    const { tracks, least_px } = tracksOf(columns);
    box.dataset.columns = columns.map(({ name }) => name).join();
    box.style.setProperty("--cols", tracks);
    box.style.setProperty("--least", `${least_px}px`);
    box.setAttribute("aria-rowcount", String(pages.total + 2));
    box.setAttribute("aria-colcount", String(columns.length + 2));
    head.draw(columns, sorting(), cells);
    here = Math.max(0, Math.min(here, pages.total - 1));
    scroller.draw(pages.total);
    followImage(image, pages.placeOf(image));
  }

  function walk(place) {
    here = Math.max(0, Math.min(pages.total - 1, place));
    scroller.show(here)?.focus({ preventScroll: true });
  }

  const toggle = row => row && acts.tick(row, !selection.has(row.row));
  const keys = {
    ArrowDown: () => walk(here + 1),
    ArrowUp: () => walk(here - 1),
    PageDown: () => walk(here + scroller.pageRows()),
    PageUp: () => walk(here - scroller.pageRows()),
    Home: () => walk(0),
    End: () => walk(pages.total - 1),
    Enter: () => pages.at(here) && acts.open(pages.at(here)),
    " ": () => toggle(pages.at(here)),
    s: () => toggle(pages.at(here)),
  };

  body.addEventListener("keydown", event => {
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === " " && event.target.matches("input")) return;
    act();
    event.preventDefault();
    event.stopPropagation();
  });
  body.addEventListener("focusin", event => {
    const place = Number(event.target.closest("[data-place]")?.dataset.place);
    if (place === here || !Number.isFinite(place)) return;
    here = place;
    scroller.draw();
  });

  return { element: box, draw, top: scroller.top, columns: () => columns };
}
