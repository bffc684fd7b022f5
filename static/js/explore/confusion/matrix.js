// The confusion as a table of buttons: framed is right, shaded are mistakes; a press shows the images of a cell.
import { h, replace } from "../../lib/dom.js";
import { group } from "../../lib/format.js";
import { images, percent } from "../rows/values.js";
import { brief, mostOf, shade } from "./ramp.js";

const MANY = 12; // from here on names of columns stand upright, and counts are small

const same = (a, b) => a.row === b?.row && a.column === b?.column;

/** What a cell is, in words. */
const wordsOf = ({ rows, columns }, { row, column }, n) =>
  `${rows.title} ${row}, ${columns.title} ${column}: ${images(n)}`;

function cellOf(answer, cell, n, { right, most, pressed, onpress }) {
  const words = wordsOf(answer, cell, n);
  const attributes = {
    class: right ? "ok" : `t${shade(n, most)}`,
    type: "button",
    tabIndex: -1,
    "aria-pressed": String(pressed),
    "aria-label": words,
    "data-tip": words,
    "aria-disabled": n ? null : "true",
    onclick: () => n && onpress(cell),
  };
  return h("td", {}, h("button", attributes, n ? brief(n) : h("span", { "aria-hidden": "true" }, "·")));
}

function headRows({ rows, columns, right }, few) {
  const rightTitle = right ? h("th", { class: "axis", scope: "col", rowspan: 2 }, "right") : null;
  const axes = h(
    "tr",
    {},
    h("td", { class: "axis l" }, rows.title),
    h("th", { class: "axis", scope: "colgroup", colspan: columns.names.length }, columns.title),
    few ? rightTitle : null,
  );
  const names = columns.names.map(name => h("th", { scope: "col", title: name }, h("span", {}, name)));
  return h("thead", {}, axes, h("tr", {}, h("td"), names));
}

/** answer: what the server counted. press: {chosen: cell or null, onpress(cell)}. */
export function matrixOf(answer, { chosen, onpress }) {
  const { rows, columns, counts, same: alike, right } = answer;
  const few = columns.names.length <= MANY;
  const most = mostOf(counts, alike);
  const shares = few && right.some(Number.isFinite) ? right : null;
  const line = (row, r) =>
    h(
      "tr",
      {},
      h("th", { scope: "row", title: row }, row),
      columns.names.map((column, c) => {
        const cell = { row, column };
        return cellOf(answer, cell, counts[r][c], { right: alike[r][c], most, pressed: same(cell, chosen), onpress });
      }),
      shares ? h("td", { class: "sum num" }, h("b", {}, percent(shares[r] ?? NaN))) : null,
    );
  return h(
    "table",
    { class: few ? "cm" : "cm many", "aria-label": `Confusion: ${rows.title} by ${columns.title}` },
    h("colgroup", {}, h("col", { class: "h" }), columns.names.map(() => h("col")), shares ? h("col", { class: "s" }) : null),
    headRows({ rows, columns, right: shares }, few),
    h("tbody", {}, rows.names.map(line)),
  );
}

/** Arrows walk through the cells of a matrix; one of them is reached by Tab. */
export function walkCells(root) {
  const lines = () => [...root.querySelectorAll("tbody tr")].map(line => [...line.querySelectorAll("button")]);
  const STEPS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
  root.addEventListener("keydown", event => {
    const step = STEPS[event.key];
    const all = lines();
    const r = all.findIndex(line => line.includes(event.target));
    if (!step || r < 0 || event.ctrlKey || event.altKey) return;
    const next = all[r + step[0]]?.[all[r].indexOf(event.target) + step[1]];
    event.preventDefault();
    event.stopPropagation();
    if (!next) return;
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}

/** Tab leads to the chosen cell, without one to the first. */
export const leadTab = root => {
  const lead = root.querySelector("tbody [aria-pressed=true]") ?? root.querySelector("tbody button");
  if (lead) lead.tabIndex = 0;
};

/** What is drawn and what is left out, in a sentence or two. */
export function noteOf({ classes, shown, right, unlabelled, rest }, note) {
  const few = right.some(Number.isFinite) ? "Framed: right. Shaded: mistakes; the deeper, the more." : "Framed: the same answer. Shaded: different answers.";
  const of = shown < classes ? `The ${shown} most confused of ${group(classes)} classes. ` : "";
  const left = rest ? ` ${images(rest)} of other classes ${rest === 1 ? "is" : "are"} not shown.` : "";
  const none = unlabelled ? ` ${images(unlabelled)} without a label.` : "";
  replace(note, `${of}${few} Press a cell to see its images.${left}${none}`);
}
