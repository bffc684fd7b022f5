// The view Confusion: the matrix, and beside it the most confused pairs or the images of a cell as a wall.
import { h, replace } from "../../lib/dom.js";
import { complain } from "../../shell/toast.js";
import { lettered, modelOf } from "../rows/values.js";
import { whenChanged } from "../rows/changed.js";
import { leadTab, matrixOf, noteOf, walkCells } from "./matrix.js";
import { drawPairs } from "./pairs.js";
import { createWall } from "./wall.js";

const MOST = 20;
const CELL_PX = { least: 16, most: 52, gap: 2.5, low: 27, around: 40 };
const MANY = 12; // rows, above which the cells of a narrow screen are at their least
const ORDERS = [
  ["given", "as numbered"],
  ["similar", "similar together"],
];

const option = ([value, title]) => h("option", { value }, title);
const keyOf = (...values) => JSON.stringify(values);

/** What rows and columns can be: the labels, and what each model says. */
const sidesOf = exploration => {
  const names = new Set(exploration.columns.map(({ name }) => name));
  const answering = lettered(exploration).filter(({ letter }) => names.has(`${letter}.prediction`));
  return [...(exploration.dataset.labels ? [["label", "label"]] : []), ...answering.map(({ id, letter }) => [id, `${letter} says`])];
};

/** Why there are no two sides to compare. */
const lacking = ({ exploration }) =>
  exploration.models.map(model => model.why_no_labels).find(Boolean) ?? "This compares labels with what a model says, or two models with each other.";

export function createConfusion(root, { store, selection, api }) {
  const chooser = (words, id, onchange) =>
    h("label", { class: "tool" }, words, h("select", { class: "field low", id, onchange }));
  const choose = name => event => turn({ [name]: event.target.value });
  const rows = chooser("Rows", "cm-rows", choose("rows"));
  const columns = chooser("Columns", "cm-columns", choose("columns"));
  const order = chooser("Order", "cm-order", choose("order"));
  const place = h("div", { id: "cm" });
  const note = h("p", { class: "small quiet", id: "cm-note" });
  const inside = h("div", { class: "in" }, place, note);
  const header = h("header", {}, rows, columns, h("span", { class: "grow" }), order);
  const matrix = h("section", { class: "card matrix", "aria-label": "Confusion" }, header, inside);
  const side = h("section", { class: "card side", "aria-label": "Most confused pairs" });
  const wall = createWall({ store, selection, api, close: () => store.set({ cell: null }) });
  let wanted = { rows: null, columns: null, order: "given", most: MOST };
  let answer = null;
  let asked = "";
  let answered = 0;

  root.replaceChildren(matrix, side, wall.element);
  walkCells(place);

  /** Choices that this exploration does not have fall back on labels against the model that is looked through. */
  function choices(state) {
    const known = sidesOf(state.exploration).map(([value]) => value);
    const { cell } = state;
    const side_ = (name, otherwise) =>
      [cell?.[name], wanted[name], otherwise].find(value => known.includes(value)) ?? known[0];
    return { ...wanted, rows: side_("rows", "label"), columns: side_("columns", modelOf(state).id) };
  }

  function turn(changes) {
    wanted = { ...choices(store.state), ...changes };
    if (changes.rows || changes.columns) store.set({ cell: null });
    render(store.state);
  }

  const press = cell => {
    const { rows: r, columns: c } = choices(store.state);
    const open = store.state.cell;
    const again = open && open.row === cell.row && open.column === cell.column;
    store.set({ cell: again ? null : { rows: r, columns: c, ...cell } });
    if (!again && matchMedia("(max-width: 1000px)").matches) wall.element.scrollIntoView({ block: "center" });
  };

  function drawChoosers(state) {
    const sides = sidesOf(state.exploration);
    const chosen = choices(state);
    for (const [label, options, value] of [
      [rows, sides, chosen.rows],
      [columns, sides, chosen.columns],
      [order, ORDERS, chosen.order],
    ]) {
      const select = label.querySelector("select");
      if (select.dataset.of !== keyOf(options)) replace(select, options.map(option));
      select.dataset.of = keyOf(options);
      select.value = value;
    }
  }

  /** Cells fill the height that is there, within what can be read. */
  function fit() {
    const n = answer?.rows.names.length;
    if (!n || !inside.clientHeight) return;
    const narrow = matchMedia("(max-width: 700px)").matches;
    const taken = CELL_PX.around + (place.querySelector("thead")?.offsetHeight ?? 0) + note.offsetHeight;
    const room = (inside.clientHeight - taken) / n - CELL_PX.gap;
    const low = n > MANY ? CELL_PX.least : CELL_PX.low;
    const px = narrow ? low : Math.max(CELL_PX.least, Math.min(CELL_PX.most, room));
    place.style.setProperty("--cell", `${Math.floor(px)}px`);
    place.style.setProperty("--n", String(answer.columns.names.length));
  }

  const drawMatrix = whenChanged(state => {
    const focused = document.activeElement?.closest?.("#cm button")?.getAttribute("aria-label");
    replace(place, matrixOf(answer, { chosen: state.cell, onpress: press }));
    leadTab(place);
    noteOf(answer, note);
    fit();
    if (focused) place.querySelector(`[aria-label="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  });

  const drawSide = whenChanged(state => {
    side.hidden = Boolean(state.cell);
    if (state.cell) return;
    const { rows: r, columns: c, most } = choices(state);
    const by = lettered(state.exploration).find(({ id }) => id === c) ?? null;
    drawPairs(side, answer, { most, labelled: r === "label", by }, { press, most: n => turn({ most: n }) });
  });

  function drawLack(state) {
    asked = "";
    answer = null;
    replace(place, h("p", { class: "why none" }, lacking(state)));
    replace(note);
    side.hidden = true;
  }

  function draw(state) {
    header.hidden = sidesOf(state.exploration).length < 2;
    if (header.hidden) return drawLack(state);
    drawChoosers(state);
    if (answer) {
      drawMatrix([asked, answered, state.cell], state);
      drawSide([asked, answered, state.cell], state);
    }
    wall.draw(state);
  }

  async function load(state) {
    const { exploration } = state;
    const { rows: r, columns: c, order: o, most } = choices(state);
    const key = keyOf(exploration.id, exploration.version, r, c, o, most);
    if (key === asked) return;
    asked = key;
    try {
      const found = await api.confusion(exploration.id, { rows: r, columns: c, order: o, most });
      if (key !== asked) return;
      answer = found;
      answered += 1;
      draw(store.state);
    } catch (error) {
      if (key === asked) complain(error);
    }
  }

  function render(state) {
    root.hidden = state.view !== "confusion" || !state.exploration?.facts;
    if (root.hidden) return;
    draw(state);
    if (!header.hidden) load(state);
  }

  new ResizeObserver(fit).observe(inside);
  store.on(["exploration", "view", "cell", "colour", "image"], render);
  return { render };
}
