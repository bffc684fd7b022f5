// What the server reads in the query: its conditions with their counts, and the filter cells it is made of.
import { NO_CELLS, cellsOf, queryOf, withCell } from "./cells.js";

const EMPTY = { terms: [], problem: null };

/** read(query): -> {terms, cells}. changed(): another reading came. */
export function createReading(read, changed) {
  let asked = "";
  let reading = EMPTY;
  let model = NO_CELLS;

  function take(query, { cells = null, terms = [], problem = null }) {
    reading = { terms, problem };
    if (!problem) model = cellsOf(query, cells, model);
    else if (query !== queryOf(model)) model = { rest: query, cells: {} };
    changed();
  }

  async function open(stamp, query) {
    const key = `${stamp} ${query}`;
    if (key === asked) return;
    asked = key;
    if (!query) return void take("", { cells: {} });
    const answer = await read(query).catch(problem => ({ problem }));
    if (asked === key) take(query, answer);
  }

  return {
    open,
    /** A cell is written in -> the query it makes. */
    write(column, text) {
      model = withCell(model, column, text);
      return queryOf(model);
    },
    get cells() {
      return model.cells;
    },
    get terms() {
      return reading.terms;
    },
  };
}
