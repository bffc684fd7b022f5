// A tile per model: how many of the labelled images it gets right, its mean loss, and how right it is per class.
import { colour, h, key } from "../lib/dom.js";
import { count, group } from "../lib/format.js";
import { svg } from "../lib/svg.js";
import { exponential, percent } from "./rows/values.js";

const BARS = 12; // classes that a bar each has room for
const NAMED = 10; // classes whose names have room below
const POINTS = 60; // of the curve of many classes
const SIZE = { width: 104, base: 32, height: 30, most: 18 }; // px; most: of a class
const widthFor = n => (n > BARS ? SIZE.width : Math.min(SIZE.width, Math.max(32, n * SIZE.most)));

/** Nothing and all are said only where it is so: 0.997 -> "99.7 %". */
export const share = right => (right === 1 || right === 0 ? `${100 * right} %` : `${Math.min(99.9, Math.max(0.1, 100 * right)).toFixed(1)} %`);

/** In whole percent where that does not read as nothing or all. */
export const roughly = value => (Number.isFinite(value) && [0, 100].includes(Math.round(100 * value)) ? share(value) : percent(value));

/** 1.064 -> "1.06"; what is very small keeps its digits. */
export const lossText = loss => (loss >= 0.01 ? loss.toPrecision(3) : exponential(loss));

/** A bar per class, in the order of the labels; the worst at full strength. */
function bars(classes, low) {
  const step = widthFor(classes.length) / classes.length;
  const mark = name => (low.has(name) ? "low" : null);
  const bar = ({ name, right }, k) => {
    const height = SIZE.height * (right ?? 0);
    return svg("rect", { class: mark(name), x: k * step + 2, y: SIZE.base - height, width: step - 3.5, height, rx: 1.5 });
  };
  const word = ({ name }, k) => svg("text", { class: mark(name), x: (k + 0.5) * step, y: 44 }, [...name].slice(0, 2).join(""));
  return [classes.map(bar), classes.length <= NAMED ? classes.map(word) : null];
}

/** Shares from worst to best, as many as the curve has room for: [0..1][]. */
export function sortedCurve(classes, points = POINTS) {
  const shares = classes.map(({ right }) => right).filter(Number.isFinite).sort((a, b) => a - b);
  const n = Math.min(points, shares.length);
  return Array.from({ length: n }, (_, k) => shares[n > 1 ? Math.round((k * (shares.length - 1)) / (n - 1)) : 0]);
}

function curve(classes) {
  const shares = sortedCurve(classes);
  const x = k => (SIZE.width * k) / Math.max(1, shares.length - 1);
  const points = shares.map((right, k) => `L${x(k).toFixed(1)} ${(SIZE.base - SIZE.height * right).toFixed(1)}`);
  return svg("path", { d: `M0 ${SIZE.base}${points.join("")}L${SIZE.width} ${SIZE.base}z` });
}

function chart(classes, worst) {
  const known = classes.filter(({ n }) => n);
  const low = new Set(worst.filter(({ right }) => right < 1).map(({ name }) => name));
  const width = widthFor(known.length);
  return svg(
    "svg",
    { class: "per", width, height: 46, viewBox: `0 0 ${width} 46`, "aria-hidden": "true" },
    known.length <= BARS ? bars(known, low) : curve(known),
    svg("line", { x1: 0, x2: width, y1: SIZE.base + 0.5, y2: SIZE.base + 0.5 }),
  );
}

const quoted = name => JSON.stringify(name);

/** Images of a class that the model gets wrong. */
export const wrongOf = (name, letter) => `label = ${quoted(name)} and not ${letter}.right`;

function worstWords(letter, fact, onquery) {
  const shown = fact.worst.filter(({ right }) => right < 1).slice(0, fact.classes.length > BARS ? 1 : 2);
  const press = ({ name, right, n }) => {
    const tip = `${count(Math.round(n * (1 - right)), "image")} of ${group(n)} labelled ${name} that ${letter} gets wrong`;
    return h(
      "button",
      { class: "worst-class", type: "button", "data-tip": tip, onclick: () => onquery(wrongOf(name, letter)) },
      h("b", { class: "clip" }, name),
      `\u00a0${roughly(right)}`,
    );
  };
  return shown.length ? ["worst ", shown.map(press)] : "every class right";
}

function pairWords(letter, { pairs }, onquery) {
  if (!pairs.length) return null;
  const [{ label, prediction, n, query }] = pairs;
  const tip = `${count(n, "image")} labelled ${label} that ${letter} takes for ${prediction}`;
  return h(
    "button",
    { class: "worst-pair", type: "button", "data-tip": tip, "aria-label": tip, onclick: () => onquery(query) },
    h("b", { class: "clip" }, label),
    " → ",
    h("b", { class: "clip" }, prediction),
    ` ${group(n)}`,
  );
}

const tipOf = (letter, { classes }) => {
  const known = classes.filter(({ n }) => n);
  if (known.length > BARS) return `Share of right answers in each of the ${group(known.length)} classes, sorted. Press to see the dataset as ${letter} does.`;
  return `Right per class: ${known.map(({ name, right }) => `${name} ${roughly(right)}`).join(", ")}. Press to see the dataset as ${letter} does.`;
};

const head = (model, fact, pressed, onlook) =>
  h(
    "button",
    { class: "who", type: "button", "aria-pressed": String(pressed), "data-look": model.letter, "data-tip": fact.why ? null : tipOf(model.letter, fact), onclick: onlook },
    key(model),
    h("span", { class: "clip" }, model.name),
    Number.isFinite(fact.loss) ? h("span", { class: "quiet num" }, `loss ${lossText(fact.loss)}`) : null,
  );

/** fact: what the server says of the model. acts: look(model), query(text). */
export function factTile(model, fact, pressed, acts) {
  const known = Number.isFinite(fact.right);
  return h(
    "div",
    { class: `fact ${colour(model.letter)}${known ? "" : " off"}`, "data-model": model.id },
    head(model, fact, pressed, () => acts.look(model)),
    known
      ? [
          h("span", { class: "big num" }, share(fact.right), h("small", {}, " right")),
          chart(fact.classes, fact.worst),
          h("span", { class: "worst num" }, worstWords(model.letter, fact, acts.query), pairWords(model.letter, fact, acts.query)),
        ]
      : h("p", { class: "why" }, fact.why || "No image has a label that this model knows."),
  );
}
