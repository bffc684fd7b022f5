// Held-out accuracy and loss by epoch, while a network is trained and afterwards.
import { h } from "../../lib/dom.js";
import { svg } from "../../lib/svg.js";
import { decimals } from "../summary.js";

const WIDTH = 300;
const LEFT = 34;
const RIGHT = 12;
const ACCURACY = { title: "Held-out accuracy", top_px: 26, height_px: 58, lines: [["held_accuracy", "held"]] };
const LOSS = { title: "Loss", top_px: 122, height_px: 68, lines: [["loss", "train"], ["held_loss", "held"]] };
const NOTHING = { epoch: [], loss: [], accuracy: [], held_loss: [], held_accuracy: [] };

/** The upper end of the axis of the loss: quarters, so that it does not move while losses fall. */
export const lossTop = ({ loss, held_loss }) =>
  Math.max(0.75, Math.ceil(Math.max(0, ...[...loss, ...held_loss].filter(Number.isFinite)) * 4) / 4);

/** Points that are numbers, as the d of a path; a gap starts a new part. */
export function pathOf(xs, ys, x, y) {
  let gap = true;
  return xs
    .map((at, place) => {
      if (!Number.isFinite(ys[place])) {
        gap = true;
        return "";
      }
      const letter = gap ? "M" : "L";
      gap = false;
      return `${letter}${x(at).toFixed(1)} ${y(ys[place]).toFixed(1)}`;
    })
    .join("");
}

const across = total => epoch => LEFT + (epoch / Math.max(total, 1)) * (WIDTH - LEFT - RIGHT);

function line([field, look], curve, x, y) {
  const last = curve[field].at(-1);
  const end = Number.isFinite(last) ? svg("circle", { class: look, cx: x(curve.epoch.at(-1)), cy: y(last), r: 3 }) : null;
  return [svg("path", { class: `c ${look}`, d: pathOf(curve.epoch, curve[field], x, y) }), end];
}

function panel({ title, top_px, height_px, lines }, most, curve, x) {
  const y = value => top_px + height_px - (Math.min(value, most) / most) * height_px;
  const tick = value => [
    svg("line", { class: "grid-l", x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }),
    svg("text", { x: LEFT - 7, y: y(value) + 4, "text-anchor": "end" }, String(+value.toFixed(2))),
  ];
  const heading = svg("text", { class: "title", x: 0, y: top_px - 13 }, title);
  return [heading, [0, most / 2, most].map(tick), lines.map(one => line(one, curve, x, y))];
}

const legend = () =>
  h(
    "figcaption",
    { class: "legend" },
    h("span", { class: "k held" }, "held out"),
    h("span", { class: "k train" }, "training"),
  );

function wordsOf(curve, total, unit) {
  const held = `held-out accuracy ${decimals(curve.held_accuracy.at(-1))}, held-out loss ${decimals(curve.held_loss.at(-1), 3)}`;
  return `After ${curve.epoch.at(-1) ?? 0} of ${total} ${unit}: ${held}`;
}

/** curve: as REST has it; total: epochs, or another unit, that the axis reaches to. */
export function curvePlot(curve = NOTHING, total = 0, unit = "epochs") {
  const x = across(total);
  const foot = (epoch, words) => svg("text", { x: x(epoch), y: 208, "text-anchor": "middle" }, words);
  const box = { viewBox: `0 0 ${WIDTH} 218`, role: "img", "aria-label": wordsOf(curve, total, unit) };
  const plots = [panel(ACCURACY, 1, curve, x), panel(LOSS, lossTop(curve), curve, x)];
  return h(
    "figure",
    { class: "plot curve2" },
    svg("svg", box, ...plots, foot(0, "0"), foot(total / 2, unit.replace(/s$/, "")), foot(total, String(total))),
    legend(),
  );
}
