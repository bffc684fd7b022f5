// Which image stands at a place of the wall, and its loss: asked for in pages, for what is in view only.

const SIZE = 100;
const MOST_PAGES = 6; // of one screen
const WAIT_MS = 80;

/** ask(start, size): -> {rows: [{row, index, loss}]}. changed(): some came. */
export function createWallRows(ask, changed) {
  const pages = new Map();
  let timer = 0;

  async function load(page) {
    const answer = ask(page * SIZE, SIZE).then(({ rows }) => rows);
    pages.set(page, answer);
    try {
      pages.set(page, await answer);
      changed();
    } catch {
      pages.delete(page); // the numbers stay away, a press asks again
    }
    return pages.get(page);
  }

  function want(positions) {
    clearTimeout(timer);
    const wanted = [...new Set(positions.map(j => Math.floor(j / SIZE)))].filter(page => !pages.has(page));
    if (wanted.length) timer = setTimeout(() => wanted.slice(0, MOST_PAGES).forEach(load), WAIT_MS);
  }

  /** {row, index, loss}, or null while it is not known. */
  const known = j => {
    const rows = pages.get(Math.floor(j / SIZE));
    return Array.isArray(rows) ? (rows[j % SIZE] ?? null) : null;
  };

  /** The same, waited for. */
  const find = async j => {
    const page = Math.floor(j / SIZE);
    const rows = await (pages.get(page) ?? load(page));
    return rows?.[j % SIZE] ?? null;
  };

  /** Place of a row among those that are known, or -1. */
  function placeOf(row) {
    for (const [page, rows] of pages) {
      const within = Array.isArray(rows) ? rows.findIndex(one => one.row === row) : -1;
      if (within >= 0) return page * SIZE + within;
    }
    return -1;
  }

  return { want, known, find, placeOf };
}
