// The most confused pairs of classes, with a field for how many; a press shows their images.
import { colour, h, replace } from "../../lib/dom.js";
import { count, group } from "../../lib/format.js";
import { images } from "../rows/values.js";

const MOST = 100;

function pairLine({ row, column, n }, { verb, most, hue, onpress }) {
  return h(
    "li",
    {},
    h(
      "button",
      { class: "pair-l", type: "button", onclick: () => onpress({ row, column }) },
      h("span", { class: "clip" }, h("b", {}, row), h("span", { class: "quiet" }, ` ${verb} `), h("b", {}, column)),
      h("meter", { class: hue, min: 0, max: most, value: n, "aria-hidden": "true" }),
      h("span", { class: "num" }, h("b", {}, group(n))),
    ),
  );
}

const field = (most, onmost) =>
  h(
    "label",
    { class: "tool" },
    "Show",
    h("input", {
      class: "field low num",
      type: "number",
      id: "pairs-most",
      min: 1,
      max: MOST,
      value: most,
      onchange: event => onmost(Math.max(1, Math.min(MOST, Math.round(Number(event.target.value)) || most))),
    }),
  );

/** shown: {most, labelled: whether the rows are labels, by: model of the columns or null}. acts: most(n), press(cell). */
export function drawPairs(root, { pairs }, shown, acts) {
  const title = shown.labelled ? "Most confused" : "Most often different";
  const verb = shown.by ? `${shown.by.letter} says` : "is labelled";
  const list = pairs.slice(0, shown.most);
  const each = { verb, most: list[0]?.n ?? 1, hue: colour(shown.by?.letter), onpress: acts.press };
  const sum = list.reduce((all, { n }) => all + n, 0);
  replace(
    root,
    h(
      "header",
      {},
      h(
        "div",
        { class: "title grow" },
        h("h2", {}, title),
        h("span", { class: "small quiet num" }, `${count(list.length, "pair")} · ${images(sum)}`),
      ),
      field(shown.most, acts.most),
    ),
    list.length
      ? h("ul", { class: "pairs" }, list.map(pair => pairLine(pair, each)))
      : h("p", { class: "why none" }, shown.labelled ? "No mistakes." : "The same answers everywhere."),
  );
}
