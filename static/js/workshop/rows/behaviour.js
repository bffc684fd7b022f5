// What a run with marks does, before how it looks: right with the marked part replaced, without marks and with them.
import { h, icon } from "../../lib/dom.js";
import { svg } from "../../lib/svg.js";
import { decimals, isMarked, mainTrials, mean, plainTrials, valuesOf } from "../summary.js";

const WIDTH = 560;
const ROOM = 14;
const EDGE = 0.12; // of the axis, where words are put inwards
const SAME = 0.03;

const REPLACED = "Right with the marked part replaced";
const ROWS = [
  {
    field: "replaced_accuracy",
    words: REPLACED,
    tip: "The test that counts: in held-out images, what is marked “not here” is taken from images of other classes. A network that does not use it answers as before.",
    rises: true,
    main: true,
  },
  { field: "accuracy", words: "Right on images as they are", tip: "Held-out images, unchanged", rises: true },
  {
    field: "inside",
    words: "Share of the gradient there",
    tip: "Share of the squared input gradient inside the marked part. It can fall while the answer still depends on it, so it is no proof.",
    rises: false,
  },
];

const x = value => ROOM + value * (WIDTH - 2 * ROOM);
const nearEdge = value => value > 1 - EDGE || value < EDGE;

/** better, worse or same. */
export function verdict(before, after, rises) {
  if (Math.abs(after - before) < SAME) return "same";
  return after > before === rises ? "better" : "worse";
}

function inward(value, grows) {
  if (value < EDGE) return "start";
  if (value > 1 - EDGE) return "end";
  return grows ? "end" : "start";
}

const WITHOUT_WITH = ["without", "with"];

/** Words under both ends of the line, or one for both where they are too close. ends: what both are called. */
function labels(before, after, ends) {
  const [first, second] = ends;
  const text = (value, words, anchor, strong) => svg("text", { class: strong ? "strong" : null, x: x(value), y: 41, "text-anchor": anchor }, words);
  if (Math.abs(after - before) < 0.25) {
    const middle = nearEdge(after) ? inward(after, true) : "middle";
    return [text(after, `${first} ${decimals(before)}, ${second} ${decimals(after)}`, middle, true)];
  }
  const grows = after > before;
  return [text(before, `${first} ${decimals(before)}`, inward(before, grows), false), text(after, `${second} ${decimals(after)}`, inward(after, !grows), true)];
}

function dumbbell({ words, ends = WITHOUT_WITH }, before, after, look) {
  const said = look === "same" ? null : svg("line", { class: look === "better" ? "bell" : "bell bad", x1: x(before), x2: x(after), y1: 18, y2: 18 });
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} 44`, role: "img", "aria-label": `${words}: ${decimals(before)} ${ends[0]}, ${decimals(after)} ${ends[1]}` },
    svg("line", { class: "rail", x1: x(0), x2: x(1), y1: 18, y2: 18 }),
    [0, 0.5, 1].map(value => svg("line", { class: "tick", x1: x(value), x2: x(value), y1: 14, y2: 22 })),
    said,
    svg("circle", { class: "from", cx: x(before), cy: 18, r: 6 }),
    svg("circle", { class: "to", cx: x(after), cy: 18, r: 6 }),
    labels(before, after, ends),
  );
}

const VERDICTS = { same: ["same", null, "about the same"], better: ["ok", "check", "better"], worse: ["warn", "warn", "worse"] };

/** A measure before and after, on a line from 0 to 1. */
export function measureRow(row, before, after) {
  const { words, tip, rises, main = false } = row;
  const [look, symbol, said] = VERDICTS[verdict(before, after, rises)];
  return h(
    "div",
    { class: main ? "mrow main" : "mrow" },
    h("div", {}, h("button", { class: "term mname", type: "button", "data-tip": tip }, words), h("span", { class: "quiet small" }, rises ? "high is better" : "low is better")),
    dumbbell(row, before, after, verdict(before, after, rises)),
    h("span", { class: `mverdict ${look}` }, symbol ? icon(symbol) : null, said),
  );
}

const UNDECIDED =
  "With these marks the network stopped deciding: it gives nearly the same answer for every image. Mark less, lower the strength, or choose another way.";

const undecided = run => mainTrials(run).some(place => run.trials[place].undecided);

/** Null for a run without marks, and while nothing has been measured. */
export function behaviour(run) {
  if (!isMarked(run)) return null;
  const [mains, plain] = [mainTrials(run), plainTrials(run)];
  const rows = ROWS.map(row => ({
    row,
    before: mean(valuesOf(run, plain, row.field)),
    after: mean(valuesOf(run, mains, row.field)),
  })).filter(({ before, after }) => before !== null && after !== null);
  if (!rows.length) return null;
  const note = undecided(run) ? h("p", { class: "call", role: "status" }, icon("warn"), h("span", { class: "grow" }, UNDECIDED)) : null;
  return h("div", { class: "behaviour" }, note, rows.map(({ row, before, after }) => measureRow(row, before, after)));
}
