// The objective by step: small on a card, large beside the picture.
import { group, signed } from "../lib/format.js";
import { svg } from "../lib/svg.js";

/** A class is drawn by its probability from 0 to 1, everything else by its own values. */
function pointsOf(target, isClass) {
  const read = isClass ? point => point.probability : point => point.value;
  return target.curve.map(point => [point.step, read(point)]).filter(([, value]) => Number.isFinite(value));
}

/** @returns {[number, number]} */
function limitsOf(points, isClass) {
  if (isClass) return [0, 1];
  const values = points.map(([, value]) => value);
  const [low, high] = [Math.min(...values, 0), Math.max(...values)];
  return high > low ? [low, high] : [low, low + 1];
}

function pathOf(points, [low, high], [left, right, bottom, top]) {
  const last = Math.max(points.at(-1)?.[0] ?? 0, 1);
  const x = step => left + ((right - left) * step) / last;
  const y = value => bottom + ((top - bottom) * (value - low)) / (high - low);
  return points.map(([step, value], k) => `${k ? "L" : "M"}${x(step).toFixed(1)} ${y(value).toFixed(1)}`).join(" ");
}

const wordsOf = (name, isClass) => (isClass ? `Probability of ${name} by step` : `Activation of ${name} by step`);

export function spark(target, isClass) {
  const points = pointsOf(target, isClass);
  const limits = limitsOf(points, isClass);
  const box = { class: "spark", viewBox: "0 0 120 30", preserveAspectRatio: "none", role: "img" };
  return svg(
    "svg",
    { ...box, "aria-label": wordsOf(target.name, isClass) },
    svg("line", { x1: 0, x2: 120, y1: 2, y2: 2 }),
    svg("path", { d: pathOf(points, limits, [0, 120, 28, 2]) }),
  );
}

const label = (x, y, words, attributes = {}) => svg("text", { x, y, ...attributes }, words);

export function curve(target, isClass) {
  const points = pointsOf(target, isClass);
  const [low, high] = limitsOf(points, isClass);
  const lines = [0, 0.5, 1].flatMap(share => {
    const y = 100 - 92 * share;
    const value = low + (high - low) * share;
    const words = isClass ? String(share) : signed(value);
    return [
      svg("line", { class: "grid-l", x1: 34, x2: 206, y1: y, y2: y }),
      label(28, y + 4, words, { "text-anchor": "end" }),
    ];
  });
  return svg(
    "svg",
    { viewBox: "0 0 210 124", role: "img", "aria-label": wordsOf(target.name, isClass) },
    ...lines,
    svg("path", { d: pathOf(points, [low, high], [34, 206, 100, 8]) }),
    label(34, 118, "0"),
    label(206, 118, group(points.at(-1)?.[0] ?? 0), { "text-anchor": "end" }),
    label(120, 118, "step", { class: "title", "text-anchor": "middle" }),
  );
}
