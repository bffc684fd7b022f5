// How far heatmaps of the same image agree: a small matrix, number first and tint second.
import { get } from "../lib/api.js";
import { h, key, replace } from "../lib/dom.js";
import { fixed } from "../lib/format.js";
import { turns } from "../lib/turns.js";
import { MEASURES as TERMS } from "../shell/term.js";

const MEASURES = { spearman: "Spearman", iou: "overlap" };
const NOT_YET = "The numbers appear once all these maps are ready.";
let measure = "spearman";
const answers = new Map();

function asked(path) {
  if (!answers.has(path)) {
    answers.set(path, get(path));
    answers.get(path).catch(() => answers.delete(path));
    if (answers.size > 60) answers.delete(answers.keys().next().value);
  }
  return answers.get(path);
}

const text = value => (value === null ? "–" : fixed(value));

function cell(value, words) {
  const box = h("td", { class: "num", "aria-label": `${words}: ${value === null ? "no number" : text(value)}` }, text(value));
  box.style.setProperty("--tint", `${Math.round(Math.max(0, value ?? 0) * 45)}%`);
  return box;
}

/** sides: {head: element, name} each; matrix: rows of numbers or null. Only the half below the diagonal is shown. */
function table(sides, matrix) {
  const last = sides.length - 1;
  return h(
    "table",
    { class: "agree" },
    h("thead", {}, h("tr", {}, h("td"), sides.slice(0, last).map(side => h("th", { scope: "col" }, side.head())))),
    h(
      "tbody",
      {},
      sides.slice(1).map((side, row) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, side.head()),
          sides.slice(0, last).map((other, column) =>
            column <= row ? cell(matrix[row + 1][column], `${side.name} and ${other.name}`) : h("td"),
          ),
        ),
      ),
    ),
  );
}

/** by: the measure of the numbers that stand below. */
function chooser(by, redraw) {
  return h(
    "button",
    {
      class: "btn plain tiny",
      type: "button",
      "data-term": TERMS[by],
      "aria-label": `Agreement, ${MEASURES[by]}. Press for the other measure.`,
      onclick: () => {
        measure = measure === "spearman" ? "iou" : "spearman";
        redraw();
      },
    },
    `Agreement, ${MEASURES[by]}`,
  );
}

const average = (found, row, column) => {
  const [mean, spread] = [found.mean[row][column], found.spread[row][column]];
  return mean === null ? "–" : `${text(mean)} ± ${spread.toFixed(2)}`;
};

/** Every pair over all images, in words below the matrix. */
function overall(found, sides) {
  if (found.images.length < 2) return null;
  const pairs = sides.flatMap((side, row) =>
    sides.slice(0, row).map((other, column) => `${other.name}–${side.name} ${average(found, row, column)}`),
  );
  return h("p", { class: "why num" }, `Over ${found.images.length} images: ${pairs.join(", ")}`);
}

/** Fills itself when the numbers are there. path(measure) -> address; sides of the matrix; image: its index. */
export function agreement({ path, sides, image }) {
  const root = h("div", { class: "agreement" });
  if (sides.length < 2) return root;
  const begin = turns();
  async function draw() {
    const [current, by] = [begin(), measure];
    const found = await asked(path(by)).catch(() => null);
    if (!current()) return;
    const here = found?.images.find(({ index }) => index === image);
    replace(root, here ? [chooser(by, draw), table(sides, here.matrix), overall(found, sides)] : h("p", { class: "why" }, NOT_YET));
  }
  draw();
  return root;
}

export const ofModels = (explanation, image) =>
  agreement({
    path: by => `/explanations/${encodeURIComponent(explanation.id)}/agreement?measure=${by}`,
    sides: explanation.models.map(model => ({ head: () => key(model), name: model.letter })),
    image,
  });
