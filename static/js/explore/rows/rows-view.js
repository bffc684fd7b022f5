// Rows: the query line above the table; both are one expression with the filter cells.
import { debounced, h } from "../../lib/dom.js";
import { createChooser } from "./chooser.js";
import { createNothing } from "./nothing.js";
import { createQueryLine } from "./query-line.js";
import { createReading } from "./reading.js";
import { createTable } from "./table.js";

const WAIT_MS = 220;

/** acts: read(query), selectFound(), tick(row, on), open(row). -> {element, draw(state), focusQuery(), top()} */
export function createRowsView(store, selection, pages, acts) {
  const line = createQueryLine(store, { select: acts.selectFound, columns: opener => chooseColumns(opener) });
  const reading = createReading(acts.read, () => draw(store.state));
  const writeCell = debounced(query => store.set({ query }), WAIT_MS);
  const filter = (column, text) => writeCell(reading.write(column, text));
  const table = createTable(store, selection, pages, { filter, tick: acts.tick, open: acts.open });
  const nothing = createNothing(query => line.use(query));
  const element = h("div", { class: "rows-view" }, line.element, table.element, nothing.element);
  const openChooser = createChooser(element, names => {
    store.set({ columns: names && [...names] });
    draw(store.state);
  });

  const chooseColumns = opener => openChooser(opener, store.state.exploration.columns, table.columns());

  function draw(state) {
    if (!state.exploration) return;
    reading.open(`${state.exploration.id} ${state.exploration.version}`, state.query ?? "");
    const { problem, total, n, hidden } = pages;
    line.draw(state, { problem, total, n, hidden, selected: selection.count });
    const none = Boolean(pages.question) && !total && !problem && Boolean(state.query);
    nothing.element.hidden = !none;
    if (none) nothing.draw(reading.terms);
    table.element.classList.toggle("none", none);
    table.draw(state, { cells: reading.cells, chosen: state.columns && new Set(state.columns) });
  }

  return { element, draw, focusQuery: line.focus, top: table.top };
}
