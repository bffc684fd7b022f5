// Filter cells and query line are one expression: `rest` in brackets, then a term for each filled cell, joined by "and".

export const NO_CELLS = { rest: "", cells: {} };

const filled = cells => Object.entries(cells).filter(([, text]) => text.trim());

/** -> the query line. */
export function queryOf({ rest, cells }) {
  const terms = filled(cells).map(([column, text]) => `${column} ${text.trim()}`);
  if (!rest.trim()) return terms.join(" and ");
  return terms.length ? [`(${rest.trim()})`, ...terms].join(" and ") : rest.trim();
}

/** One cell changed; a blank one leaves the query. The others keep their order. */
export function withCell({ rest, cells }, column, text) {
  const next = { ...cells, [column]: text };
  if (!text.trim()) delete next[column];
  return { rest, cells: next };
}

/**
 * In the order in which the query names them, so that a cell changes nothing but its own term. A flag alone, which has
 * no text, is one that is so.
 */
const asWritten = (query, cells) =>
  Object.fromEntries(
    Object.entries(cells)
      .sort(([a], [b]) => query.indexOf(a) - query.indexOf(b))
      .map(([column, text]) => [column, text || "yes"]),
  );

/**
 * What the cells hold for a query. cells: the server's reading of it, null when it is no plain conjunction: then all of
 * it is `rest`, unless the query was made of `before`.
 */
export function cellsOf(query, cells, before = NO_CELLS) {
  if (cells) return { rest: "", cells: asWritten(query, cells) };
  return query.trim() === queryOf(before).trim() ? before : { rest: query, cells: {} };
}

/** The query without its k-th condition. terms: [{text}] */
export const without = (terms, k) =>
  terms
    .filter((_, other) => other !== k)
    .map(({ text }) => text)
    .join(" and ");
