// Rows of one question, fetched in pages and kept. What is shown stays until the next question is answered.
import { pagesOf } from "./window.js";

export const SIZE = 60;
const KEPT = 120; // pages, some thousand rows
const REST_MS = 50; // a scroll that goes on asks for nothing

const NOTHING = { question: null, total: 0, hidden: 0, n: 0, pages: new Map(), fresh: new Set() };

/** The same question of an exploration that has grown: rows stay where they are until they come again. */
const isSame = (a, b) => JSON.stringify({ ...a, version: 0 }) === JSON.stringify({ ...b, version: 0 });

/**
 * ask(question, start, size, signal): -> {total, hidden, n, rows}. changed(): something to draw came. A question is any
 * plain object; the same one again asks for nothing, with another `version` for what is in view.
 */
export function createPages(ask, changed) {
  let shown = NOTHING;
  let asked = null; // the question whose answer is awaited
  let problem = null;
  let timer = 0;
  let inView = 0; // the first page that is looked at
  const underway = new Map(); // page -> AbortController
  const stop = () => {
    for (const control of underway.values()) control.abort();
    underway.clear();
  };

  function keep(page, rows) {
    shown.pages.delete(page);
    shown.pages.set(page, rows);
    shown.fresh.add(page);
    if (shown.pages.size > KEPT) shown.pages.delete(shown.pages.keys().next().value);
  }

  const firstOf = question => (shown.question && isSame(question, shown.question) ? inView : 0);

  function take(question, page, { total, hidden, n, rows }) {
    stop();
    const stale = shown.question && isSame(question, shown.question) ? shown.pages : [];
    shown = { question, total, hidden: hidden ?? 0, n, pages: new Map(stale), fresh: new Set() };
    keep(page, rows);
    problem = null;
  }

  /** Where nothing is shown yet that could stay after an error, `otherwise` is. */
  async function refuse(error, key, otherwise) {
    const bare = !shown.question && otherwise;
    const answer = bare ? await ask(otherwise, 0, SIZE).catch(() => null) : null;
    if (asked !== key) return;
    if (answer) take(otherwise, 0, answer);
    if (error.field !== "query") asked = null; // another try may find it better
    problem = error;
  }

  /** Another question: rows and counts change together, with its first page; after an error those before stay. */
  async function open(question, otherwise = null) {
    const key = JSON.stringify(question);
    if (asked === key) return;
    asked = key;
    const page = firstOf(question);
    try {
      const answer = await ask(question, page * SIZE, SIZE);
      if (asked === key) take(question, page, answer);
    } catch (error) {
      await refuse(error, key, otherwise);
    }
    if (asked === key || asked === null) changed();
  }

  async function fetchPage(page) {
    const of = shown;
    const control = new AbortController();
    underway.set(page, control);
    try {
      const { rows } = await ask(of.question, page * SIZE, SIZE, control.signal);
      if (of === shown) keep(page, rows);
    } catch (error) {
      if (error.name !== "AbortError" && of === shown) problem = error;
    } finally {
      if (underway.get(page) === control) underway.delete(page);
    }
    if (of === shown) changed();
  }

  function fetchMissing(window) {
    const wanted = pagesOf(window, SIZE);
    for (const [page, control] of underway) if (!wanted.includes(page)) control.abort();
    for (const page of wanted) if (!shown.fresh.has(page) && !underway.has(page)) fetchPage(page);
  }

  /** Rows first..last are looked at: what is missing of them is fetched when the scroll rests. */
  function want(window) {
    clearTimeout(timer);
    inView = Math.floor(window.first / SIZE);
    if (shown.question && pagesOf(window, SIZE).some(page => !shown.fresh.has(page)))
      timer = setTimeout(() => fetchMissing(window), REST_MS);
  }

  const at = place => shown.pages.get(Math.floor(place / SIZE))?.[place % SIZE];

  /** Place of a row in the list, or -1 where it is not among those that are kept. */
  function placeOf(row) {
    for (const [page, rows] of shown.pages) {
      const within = rows.findIndex(one => one.row === row);
      if (within >= 0) return page * SIZE + within;
    }
    return -1;
  }

  return {
    open,
    want,
    at,
    placeOf,
    get total() {
      return shown.total;
    },
    get hidden() {
      return shown.hidden;
    },
    get n() {
      return shown.n;
    },
    get problem() {
      return problem;
    },
    get question() {
      return shown.question;
    },
  };
}
