// All runs, the newest on top. A row is drawn again only when something in it has changed, and keeps the focus then.
import { $, $$, h, replace } from "../../lib/dom.js";
import { isLive } from "../summary.js";
import { complain } from "../../shell/toast.js";
import { classPicture } from "../panel/tiles.js";
import { columnsOf, ordered } from "./columns.js";
import { createRow } from "./row.js";

const AHEAD = "600px"; // rows so far below the window load their pictures
const LEAST_COLUMNS = 4;
const MANY_COLUMNS = 6;

function head(columns) {
  const column = one => h("span", { class: "col" }, classPicture({ pixels: one.pixels, own: null }), h("span", {}, one.label));
  return h("div", { class: "run-head not-s" }, h("span", { class: "quiet" }, "Runs, newest first"), columns.map(column));
}

const same = (a, b) => a.length === b.length && a.every((value, place) => value === b[place]);

/** Puts elements in this order, and moves none that is in its place: what is open in it stays open. */
function arrange(list, elements) {
  elements.forEach((element, place) => {
    if (list.children[place] !== element) list.insertBefore(element, list.children[place] ?? null);
  });
  while (list.children.length > elements.length) list.lastElementChild.remove();
}

/** acts: see page.js. films: of createFilms(). */
export function createRows(root, store, films, acts) {
  const rows = new Map(); // id -> {run, marks, row}
  const steps = new Map();
  const list = h("section", { class: "runs", "aria-label": "Runs, newest first", hidden: true });
  let renaming = null;
  let heading = { names: null, element: null };
  replace(root, list);
  const seen = new IntersectionObserver(entries => entries.filter(one => one.isIntersecting).forEach(one => load(one.target.dataset.run)), {
    rootMargin: AHEAD,
  });

  const runOf = id => store.state.runs.find(run => run.id === id);

  function load(id) {
    const run = runOf(id);
    if (!run) return;
    films
      .load(run)
      .then(came => came && drop(id))
      .catch(complain);
  }

  /** Draws one row again. */
  function drop(id) {
    const held = rows.get(id);
    if (held) held.marks = [];
    draw(store.state);
  }

  const own = {
    ...acts,
    rename: run => {
      renaming = run.id;
      drop(run.id);
      const field = /** @type {HTMLInputElement} */ ($(".rf-name", root));
      field?.focus();
      field?.select();
    },
    named: (run, name) => {
      renaming = null;
      drop(run.id);
      if (name.trim() && name !== run.name) acts.named(run, name.trim());
    },
  };

  function shownOf(state, run, columns) {
    return {
      columns,
      steps,
      open: state.open.includes(run.id),
      ticked: state.ticked.includes(run.id),
      renaming: renaming === run.id,
      look: state.show,
      framesOf: trial => films.of(run, trial),
      acts: own,
    };
  }

  function row(state, run, columns) {
    const shown = shownOf(state, run, columns);
    const marks = [run, columns.map(one => one.name).join(" "), shown.open, shown.ticked, shown.renaming, shown.look];
    const held = rows.get(run.id);
    if (held && same(held.marks, marks)) return held.row.element;
    const made = createRow(run, shown);
    if (held) seen.unobserve(held.row.element);
    seen.observe(made.element);
    if (held) held.row.element.replaceWith(made.element);
    rows.set(run.id, { marks, row: made });
    return made.element;
  }

  /** Where the focus is: the run, and the key of what has it. */
  function focusNow() {
    const focused = /** @type {HTMLElement} */ (document.activeElement);
    const row = /** @type {HTMLElement} */ (focused?.closest("[data-run]"));
    return row && root.contains(row) ? { id: row.dataset.run, key: focused.dataset.key } : null;
  }

  function refocus(before) {
    const element = before && !root.contains(document.activeElement) && rows.get(before.id)?.row.element;
    if (!element) return;
    const twin = before.key ? $(`[data-key="${CSS.escape(before.key)}"]`, element) : null;
    (twin ?? element).focus({ preventScroll: true });
  }

  function forgetGone(runs) {
    for (const id of rows.keys()) if (!runs.some(run => run.id === id)) rows.delete(id);
  }

  function headOf(columns) {
    const names = JSON.stringify(columns.map(one => [one.name, one.pixels]));
    if (heading.names !== names) heading = { names, element: head(columns) };
    return heading.element;
  }

  function draw(state) {
    const before = focusNow();
    forgetGone(state.runs);
    list.hidden = !state.runs.length;
    const columns = columnsOf(state.runs, (state.options?.tiles ?? []).map(({ id }) => id));
    const elements = ordered(state.runs).map(run => row(state, run, columns));
    list.className = columns.length > MANY_COLUMNS ? "runs many" : "runs";
    list.style.setProperty("--n", String(Math.max(columns.length, LEAST_COLUMNS)));
    arrange(list, [headOf(columns), ...elements]);
    refocus(before);
  }

  /** The run that has the focus, or something in it. */
  const focused = () => runOf(/** @type {HTMLElement} */ (document.activeElement?.closest("[data-run]"))?.dataset.run);

  const focus = id => $$("[data-run]", root).find(element => element.dataset.run === id)?.focus();

  /** Moves the film of the focused run, or of the only open one; whether there was one. */
  function step(by) {
    const id = focused()?.id ?? (store.state.open.length === 1 ? store.state.open[0] : null);
    const made = rows.get(id)?.row;
    if (!made?.seek) return false;
    made.seek(made.step() + by);
    return true;
  }

  store.on(["options", "runs", "open", "ticked", "show"], draw);
  return { draw, focus, focused, rename: run => !isLive(run) && own.rename(run), step };
}
