// One number of the table: its value, its place, and a dot with its interval on the column's scale.
import { colour, h } from "../../lib/dom.js";
import { svg } from "../../lib/svg.js";
import { decimals } from "./scale.js";
import { STANDINGS, measured, placeWords, standingOf } from "./order.js";

const percent = share => `${(100 * share).toFixed(2)}%`;

const line = (x1, x2, attributes) => svg("line", { x1: percent(x1), x2: percent(x2), y1: "50%", y2: "50%", ...attributes });

/** Where the best control lies, through the whole column. */
function band(best, scale) {
  if (!measured(best)) return null;
  const [a, b] = [scale.at(best.low ?? best.mean), scale.at(best.high ?? best.mean)].sort((x, y) => x - y);
  return svg("rect", { class: "band", x: percent(a), width: percent(Math.max(b - a, 0.012)), y: 0, height: "100%" });
}

function dot(cell, scale, kind) {
  const { low, high, mean } = cell;
  return svg(
    "g",
    { class: `mark ${kind}` },
    Number.isFinite(low) && Number.isFinite(high) ? line(scale.at(low), scale.at(high), { class: "interval" }) : null,
    svg("circle", { cx: percent(scale.at(mean)), cy: "50%", r: kind === "control" ? 3.5 : 4.5 }),
  );
}

/** cell: null while there is nothing yet; the rail and the band stand there already. */
export function plotOf(cell, scale, best, kind) {
  return svg(
    "svg",
    { class: "dots", "aria-hidden": "true" },
    band(best, scale),
    line(0, 1, { class: "rail" }),
    measured(cell) ? dot(cell, scale, kind) : null,
  );
}

/** The same in words, for who points at it or listens. */
export function cellWords(metric, cell, scale) {
  const standing = STANDINGS[standingOf(cell)];
  const interval = Number.isFinite(cell.low)
    ? `, 95 % interval ${decimals(scale, cell.low)} to ${decimals(scale, cell.high)}`
    : "";
  const place = cell.place ? `${cell.shared ? "Tied for place" : "Place"} ${cell.place}.` : "";
  return [
    `${metric.title} ${decimals(scale, cell.mean)}${interval}, ${cell.n} ${cell.n === 1 ? "picture" : "pictures"}.`,
    place,
    standing ? `${standing[0].toUpperCase()}${standing.slice(1)}.` : "",
  ]
    .filter(Boolean)
    .join(" ");
}

/** How a dot is drawn: by what it stands for, never by colour alone. */
export const kindOf = (metric, cell, control) => (control ? "control" : metric.better ? standingOf(cell) || "judged" : "neutral");

/** metric, cell, scale, best: of the control that is best; waiting: more may come. */
export function numberCell({ metric, model, cell, scale, best, control, waiting, column }) {
  const there = measured(cell);
  const kind = there ? kindOf(metric, cell, control) : "";
  const value = there
    ? h(
        "span",
        { class: `value ${kind} ${cell.place === 1 ? "first" : ""}` },
        h("b", {}, decimals(scale, cell.mean)),
        h("small", { "aria-hidden": "true" }, placeWords(cell)),
        h("span", { class: "sr" }, `. ${cellWords(metric, cell, scale)}`),
      )
    : waiting
      ? h("span", { class: "wait" }, h("span", { class: "sr" }, "not measured yet"))
      : h(
          "span",
          { class: "value none" },
          "–",
          h("span", { class: "sr" }, control ? " not measured with controls" : " not measured"),
        );
  return h(
    "td",
    {
      class: `num ${metric.better ? "" : "describes"} ${column ? "chosen" : ""} ${colour(model.letter)}`,
      "data-tip": there ? cellWords(metric, cell, scale) : null,
      "data-metric": metric.name,
    },
    value,
    there || !waiting ? h("span", { class: "plot" }, plotOf(cell, scale, best, kind)) : null,
  );
}
