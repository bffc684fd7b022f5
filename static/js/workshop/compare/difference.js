// The difference of two runs: what was changed in words, then class by class both pictures and how |r| moved.
import { $, h, icon, replace } from "../../lib/dom.js";
import { svg } from "../../lib/svg.js";
import { complain } from "../../shell/toast.js";
import { grownPicture, tilePicture } from "../pictures.js";
import { change, decimals, filmOf, mainTrials } from "../summary.js";
import { likenesses, settingsChanged, verdictWords } from "./changes.js";

const WIDTH = 330;
const ROOM = 12;
const MIDDLE = 20;
const TICKS = [0, 0.25, 0.5, 0.75, 1];
const x = value => ROOM + value * (WIDTH - 2 * ROOM);

const axis = () =>
  svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} 16`, role: "img", "aria-label": "|r| from 0 to 1" },
    TICKS.map(value => svg("text", { x: x(value), y: 12, "text-anchor": "middle" }, String(value))),
  );

const ASIDE = { end: -3, middle: 0, start: 3 }; // numbers that stand side by side do not touch

const label = (value, strong, anchor = "middle") =>
  svg("text", { class: strong ? "strong" : null, x: x(value) + ASIDE[anchor], y: 36, "text-anchor": anchor }, decimals(value));

const dot = (value, look) => svg("circle", { class: look, cx: x(value), cy: MIDDLE, r: 5 });
const CLOSE = 0.08; // two numbers would overlap

/** Both ends, each with its number; close ones side by side. */
function pair(before, after) {
  const close = Math.abs(after - before) < CLOSE;
  const [left, right] = after >= before ? ["end", "start"] : ["start", "end"];
  return [
    svg("line", { class: "bell", x1: x(before), x2: x(after), y1: MIDDLE, y2: MIDDLE }),
    dot(before, "from"),
    dot(after, "to"),
    label(before, false, close ? left : "middle"),
    label(after, true, close ? right : "middle"),
  ];
}

function dumbbell({ one, before, after }) {
  const both = before !== null && after !== null;
  const words = both ? `from ${decimals(before)} to ${decimals(after)}` : `only ${decimals(before ?? after)}`;
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} 40`, role: "img", "aria-label": `|r| of ${one.label} ${words}` },
    TICKS.map(value => svg("line", { class: "grid-l", x1: x(value), x2: x(value), y1: 0, y2: 40 })),
    both ? pair(before, after) : [dot(before ?? after, "only"), label(before ?? after, true)],
  );
}

function picture(run, one, films, look) {
  const place = run.classes.findIndex(({ name }) => name === one.name);
  const [main] = mainTrials(run);
  if (place < 0) return h("span", { class: "absent" }, "not in it");
  const frames = films.of(run, main)?.[place];
  return frames && filmOf(run.trials[main], one.name)
    ? grownPicture(frames, Infinity, look)
    : h("span", { class: "wait grown" });
}

/** As it is printed beside it, so that the numbers add up. */
const rounded = value => Number(value.toFixed(2));

function changeCell({ before, after }) {
  if (before === null) return h("span", { class: "quiet" }, "new");
  if (after === null) return h("span", { class: "quiet" }, "gone");
  return h("b", {}, change(rounded(after) - rounded(before)));
}

const line = (row, [older, newer], films, look) =>
  h(
    "tr",
    {},
    h("th", { scope: "row" }, h("span", { class: "row" }, tilePicture(row.one.pixels), row.one.label)),
    h("td", {}, picture(older, row.one, films, look)),
    h("td", {}, picture(newer, row.one, films, look)),
    h("td", { class: "ax" }, dumbbell(row)),
    h("td", { class: "r num" }, changeCell(row)),
  );

const head = ([older, newer]) =>
  h(
    "thead",
    {},
    h("tr", {}, ["Class", older.name, newer.name].map(words => h("th", { scope: "col" }, words)), h("th", { class: "ax", scope: "col" }, axis()), h("th", { class: "r", scope: "col" }, "change of |r|")),
  );

function changedWords(runs) {
  const { changed, same } = settingsChanged(...runs);
  const first = changed.length ? [h("b", {}, "Changed: "), changed.join(" · ")] : h("b", {}, "The same request, trained twice");
  return h("p", { class: "why" }, first, same.length ? h("span", { class: "quiet" }, `  ·  same: ${same.join(", ")}`) : null);
}

function card(runs, state, films, acts) {
  const rows = likenesses(runs[0], runs[1], state.options.tiles.map(({ id }) => id));
  const close = { type: "button", class: "btn plain tiny icon", "aria-label": "Close the difference", id: "difference-close", onclick: acts.close };
  return h(
    "section",
    { class: "card diff", "aria-labelledby": "difference-title" },
    h(
      "header",
      {},
      h("div", { class: "grow" }, h("h2", { id: "difference-title", tabIndex: -1 }, `${runs[0].name} → ${runs[1].name}`), changedWords(runs)),
      h("button", { type: "button", class: "btn plain tiny", id: "difference-swap", onclick: acts.swap }, icon("back"), "Swap"),
      h("button", close, icon("close")),
    ),
    h("div", { class: "in" }, h("p", { class: "say" }, verdictWords(rows)), h("table", { class: "dt" }, head(runs), h("tbody", {}, rows.map(row => line(row, runs, films, state.show))))),
  );
}

/** The two runs of state.difference that are here and done; null otherwise. */
export function runsOf({ difference, runs }) {
  const found = (difference ?? []).map(id => runs.find(run => run.id === id)).filter(run => run?.trials[mainTrials(run)[0]].films.length);
  return found.length === 2 ? found : null;
}

export function createDifference(root, store, films) {
  let drawn = [];
  const acts = {
    close: () => store.set({ difference: null }),
    swap: () => {
      store.set({ difference: store.state.difference.toReversed() });
      $("#difference-swap").focus();
    },
  };

  function draw(state) {
    const runs = state.options && runsOf(state);
    const now = runs ? [...runs, state.show] : [];
    if (now.length === drawn.length && now.every((value, place) => value === drawn[place])) return;
    drawn = now;
    replace(root, runs ? card(runs, state, films, acts) : null);
    if (runs) load(runs);
  }

  /** Pictures that were not here yet. */
  function load(runs) {
    Promise.all(runs.map(run => films.load(run)))
      .then(came => {
        if (!came.some(Boolean)) return;
        drawn = [];
        draw(store.state);
      })
      .catch(complain);
  }

  store.on(["difference", "runs", "show", "options"], draw);
  return { draw, close: acts.close };
}
