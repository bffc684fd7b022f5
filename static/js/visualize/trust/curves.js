// Deletion and insertion as curves: p over the share replaced, the method with its band, the best control, a random map.
import { h } from "../../lib/dom.js";
import { svg } from "../../lib/svg.js";
import { CONTROL } from "./order.js";

const LEFT = 26;
const RIGHT = 206;
const TOP = 8;
const BOTTOM = 92;
const LINE = 11; // height of a label
const x = share => LEFT + (RIGHT - LEFT) * share;
const y = p => BOTTOM + (TOP - BOTTOM) * Math.min(1, Math.max(0, p));
const points = (shares, values) => shares.map((share, k) => [x(share), y(values[k] ?? 0)].map(one => one.toFixed(1)).join(" "));
const path = (shares, values) => `M${points(shares, values).join("L")}`;
const band = (shares, { low, high }) => `M${points(shares, low).join("L")}L${points(shares, high).reverse().join("L")}Z`;

/** Heights of labels beside the ends of curves, none over another: each keeps its order. */
export function labelHeights(ends, line = LINE) {
  const order = ends.map((height, place) => ({ height, place })).sort((a, b) => a.height - b.height);
  order.forEach((one, k) => {
    if (k) one.height = Math.max(one.height, order[k - 1].height + line);
  });
  const over = (order.at(-1)?.height ?? 0) - BOTTOM - 6;
  const heights = Array(ends.length);
  for (const { height, place } of order) heights[place] = height - Math.max(0, over);
  return heights;
}

export const shortName = name => name.replace(CONTROL, "");
const kindOf = (name, own) => (name === own ? "own" : name === `${CONTROL}random` ? "random" : "best");
const clipped = name => (name.length > 14 ? `${name.slice(0, 13)}…` : name); // as far as the drawing goes

const axes = () => [
  [0, 0.5, 1].map(p => [
    svg("line", { class: "grid-l", x1: LEFT, x2: RIGHT, y1: y(p), y2: y(p) }),
    svg("text", { x: LEFT - 6, y: y(p) + 4, "text-anchor": "end" }, String(p)),
  ]),
  [0, 0.5, 1].map(share =>
    svg(
      "text",
      { x: x(share), y: BOTTOM + 16, "text-anchor": share ? (share === 1 ? "end" : "middle") : "start" },
      `${100 * share} %`,
    ),
  ),
];

const WORDS = {
  deletion: ["Deletion", "p while its strongest parts are replaced"],
  insertion: ["Insertion", "p while they are put back"],
};

/** curves: name -> {mean, low, high} at the shares; own: the row's name. */
export function curveFigure(way, shares, curves, own) {
  const drawn = Object.entries(curves).filter(([, { mean }]) => mean.some(Number.isFinite));
  const ends = labelHeights(drawn.map(([, { mean }]) => y(mean.at(-1) ?? 0) + 4));
  const [title, words] = WORDS[way];
  const spoken = drawn
    .map(([name, { mean }]) => `${shortName(name)} from ${mean[0]?.toFixed(2)} to ${mean.at(-1)?.toFixed(2)}`)
    .join(", ");
  return h(
    "figure",
    { class: "curves" },
    h("figcaption", {}, h("b", {}, title), ` ${words}`),
    svg(
      "svg",
      { viewBox: "0 0 300 112", role: "img", "aria-label": `${title}: ${spoken}` },
      axes(),
      curves[own] ? svg("path", { class: "area", d: band(shares, curves[own]) }) : null,
      drawn.toReversed().map(([name, { mean }]) => svg("path", { class: `line ${kindOf(name, own)}`, d: path(shares, mean) })),
      drawn.map(([name], k) =>
        svg("text", { class: `label ${kindOf(name, own)}`, x: RIGHT + 8, y: ends[k] }, clipped(shortName(name))),
      ),
    ),
  );
}
