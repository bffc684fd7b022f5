// How good the models are: a tile each, and one for all together. A press on a number shows its images below.
import { $, h, replace } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { svg } from "../lib/svg.js";
import { toast } from "../shell/toast.js";
import { factTile, roughly } from "./fact-tile.js";
import { FEW, colourThrough } from "./request.js";
import { lettered, modelOf } from "./rows/values.js";

const NUMBERS = ["no", "one", "two", "three", "four", "five", "six"];
const words = n => NUMBERS[n] ?? String(n);
const SHADES = 3;

/** n: different answers. */
const shadeOf = n => Math.min(n - 1, SHADES - 1);

function strip(answers) {
  const drawing = svg("svg", { viewBox: "0 0 1000 8", preserveAspectRatio: "none", "aria-hidden": "true" });
  let x = 0;
  for (const { n_answers: n, share } of answers) {
    drawing.append(svg("rect", { class: `sh-${shadeOf(n)}`, x, y: 0, width: 1000 * share, height: 8 }));
    x += 1000 * share + 4;
  }
  return drawing;
}

function answerKey({ n_answers: n, n: images, share, query }, place, onquery) {
  const tip = `Show ${count(images, "image")} with ${n === 1 ? "the same answer of all models" : `${words(n)} different answers`}`;
  return h(
    "button",
    { type: "button", "data-tip": tip, "data-answers": n, onclick: () => onquery(query) },
    h("i", { class: `sh-${shadeOf(n)}`, "aria-hidden": "true" }),
    h("span", {}, `${words(n)}${place ? "" : n === 1 ? " answer" : " answers"} `, h("b", { class: "num" }, roughly(share))),
  );
}

/** What all models say of the same images; nothing with one model. */
function together({ together: { all_right: all, none_right: none, answers } }, onquery) {
  if (!answers.length) return null;
  const shares = all === null ? "" : `all right ${roughly(all)} · none ${roughly(none)}`;
  return h(
    "div",
    { class: "fact together" },
    h("span", { class: "who" }, "Together", h("span", { class: "quiet num" }, shares)),
    h("span", { class: "shares" }, strip(answers)),
    h("span", { class: "share-keys" }, answers.slice(0, 4).map((one, k) => answerKey(one, k, onquery))),
  );
}

export function createFacts(store, selection) {
  const root = $("#facts");

  /** What was selected would hide what the query finds; a press brings it back. */
  function query(text) {
    const { bits, count: n } = selection;
    selection.clear();
    if (n) toast(`The selection of ${count(n, "image")} is cleared.`, { act: () => selection.set(bits) });
    store.set({ query: text, tray: "rows" });
  }

  /** Its predictions as colours; where a map is made fast, its features on the right. */
  function look({ id, letter }) {
    const { colour, exploration, maps } = store.state;
    const right = exploration.dataset.n <= FEW && maps.right.of !== "pixels" ? { ...maps.right, of: id } : maps.right;
    store.set({ colour: colourThrough(colour, letter, exploration), maps: { ...maps, right }, hiddenClasses: [] });
  }

  function draw(state) {
    const { exploration } = state;
    root.hidden = !exploration?.facts;
    if (!exploration?.facts) return;
    const { facts } = exploration;
    const through = modelOf(state).id;
    const factOf = model => facts.models.find(({ id }) => id === model.id);
    const tiles = lettered(exploration).map(model => factTile(model, factOf(model), model.id === through, { look, query }));
    const focused = root.contains(document.activeElement) ? document.activeElement.dataset.look : null;
    replace(root, tiles, together(facts, query));
    if (focused) $(`[data-look="${focused}"]`, root)?.focus();
  }

  store.on(["exploration", "colour", "maps"], draw);
  return draw;
}
