// The editor as a drawing board: a custom class, from nothing or from a tile.
import { $, h, replace } from "../../lib/dom.js";
import { toast } from "../../shell/toast.js";
import { tilePicture } from "../pictures.js";
import { classNames, classOf } from "../request.js";
import { showProblem, fieldset, keysLine, mirrorChoice, openDialog, problemLine, sizeChoice, toolChoice, undoButtons } from "./form.js";
import { createPad } from "./pad.js";
import { drawingProblem, freeName, nameProblem } from "./rules.js";
import { Strokes, blank, merged, painted } from "./strokes.js";

const TOOLS = [["brush", "brush", "Brush"], ["eraser", "eraser", "Eraser"]];
const COPIES = 3;
const NOISE = 0.01 * 255; // of a training copy
const WHITE = 255;
const STEM = "my shape";

/** Takes a drawing over: in place of the class of this name, or as a new one that is chosen. */
export function withDrawing({ own, chosen, marks }, before, drawn) {
  const { [before]: mine, ...rest } = marks;
  const isNew = !own.some(({ name }) => name === before);
  return {
    own: isNew ? [...own, drawn] : own.map(one => (one.name === before ? drawn : one)),
    chosen: isNew ? [...chosen, drawn.name] : chosen.map(name => (name === before ? drawn.name : name)),
    marks: mine ? { ...rest, [drawn.name]: mine } : marks,
  };
}

export const withoutClass = ({ own, chosen, marks }, gone) => ({
  own: own.filter(({ name }) => name !== gone),
  chosen: chosen.filter(name => name !== gone),
  marks: Object.fromEntries(Object.entries(marks).filter(([name]) => name !== gone)),
});

/** Removes a custom class, which can be undone. */
export function removeClass(store, name) {
  const { own, chosen, marks } = store.state;
  store.set(withoutClass(store.state, name));
  toast(`${name} was removed. Runs that used it still have it.`, { act: () => store.set({ own, chosen, marks }) });
}

export const otherClasses = (state, name) => classNames(state).filter(other => other !== name).map(other => classOf(state, other));

/** A training copy: U[0, 0.01) on every pixel. */
const copyOf = pixels => tilePicture(pixels.map(value => value + Math.random() * NOISE));

function draw({ pad, copies, sheet }) {
  pad.draw();
  const words = h("span", { class: "quiet small" }, "as the network sees it, with a little noise");
  replace(copies, Array.from({ length: COPIES }, () => copyOf(sheet.values)), words);
}

function change(board, values) {
  board.sheet.values = values;
  showProblem(board.problem, null);
  draw(board);
}

/** As one stroke. */
function put(board, values) {
  board.sheet.keep();
  change(board, values);
}

const undo = board => board.sheet.undo() && draw(board);
const drawnOn = ({ name, sheet }) => ({ name: name.value.trim(), pixels: sheet.values });

function save(board) {
  const drawn = drawnOn(board);
  const words = nameProblem(drawn.name, board.others) ?? drawingProblem(drawn.pixels, board.others);
  showProblem(board.problem, words);
  if (words) return;
  board.saved = true;
  board.store.set(withDrawing(board.store.state, board.before, drawn));
  board.dialog.close();
}

function remove(board) {
  board.saved = true;
  board.dialog.close();
  removeClass(board.store, board.before);
}

/** Closed without saving: nothing that was drawn is lost. */
function left(board) {
  if (board.saved || !board.sheet.isChanged) return;
  const act = () => openDrawing(board.store, board.before, drawnOn(board));
  toast("The drawing was not saved.", { act, label: "Go on drawing" });
}

function startTiles(board) {
  const tiles = board.others.filter(one => one.pixels && !one.noise);
  const button = one => {
    const add = () => put(board, merged(board.sheet.values, one.pixels));
    return h("button", { type: "button", "aria-label": `Add ${one.label}`, "data-tip": one.label, onclick: add }, tilePicture(one.pixels));
  };
  return fieldset("Start from", h("div", { class: "mini" }, tiles.map(button)));
}

const rightSide = board => [
  h("div", { class: "fieldset" }, h("label", { class: "label", for: "editor-name" }, "Name"), board.name),
  sizeChoice(board.tool.wide, wide => (board.tool.wide = wide)),
  mirrorChoice(board.tool.mirror, mirror => (board.tool.mirror = mirror)),
  undoButtons(
    () => undo(board),
    () => put(board, blank()),
  ),
  startTiles(board),
  fieldset("Ten copies like these", board.copies),
];

const acts = board => [
  board.before ? h("button", { type: "button", class: "btn plain editor-remove", onclick: () => remove(board) }, "Remove class") : null,
  h("button", { type: "button", class: "btn", onclick: () => board.dialog.close() }, "Cancel"),
  h("button", { type: "button", class: "btn primary", id: "editor-save", onclick: () => save(board) }, "Save as class"),
];

const padOf = board =>
  createPad({
    sheet: () => ({ pixels: board.sheet.values }),
    tool: () => board.tool,
    keep: () => board.sheet.keep(),
    paint: places => change(board, painted(board.sheet.values, places, board.tool.name === "brush" ? WHITE : 0)),
    undo: () => undo(board),
    told: ([row, column]) => (board.place.textContent = `row ${row + 1}, column ${column + 1}`),
  });

/** What the board begins with. given: a drawing that was left, {name, pixels}. */
function boardOf(store, before, given) {
  const others = otherClasses(store.state, before);
  const value = given?.name ?? before ?? freeName(STEM, others);
  const board = {
    store,
    before,
    others,
    dialog: /** @type {HTMLDialogElement} */ ($("#editor")),
    sheet: new Strokes(given?.pixels ?? classOf(store.state, before)?.pixels ?? blank()),
    tool: { name: "brush", wide: 2, mirror: "off" },
    name: /** @type {HTMLInputElement} */ (h("input", { class: "field", id: "editor-name", value, autocomplete: "off", maxlength: 120 })),
    problem: problemLine(),
    copies: h("div", { class: "copies" }),
    place: h("p", { class: "sr", role: "status" }),
    pad: null,
    saved: false,
  };
  board.pad = padOf(board);
  return board;
}

/** before: the name of the class that is changed, or null. */
export function openDrawing(store, before = null, given = null) {
  const board = boardOf(store, before, given);
  board.dialog.addEventListener("close", () => left(board), { once: true });
  openDialog(board.dialog, {
    title: before ? `Change ${before}` : "Draw a class",
    left: [toolChoice(TOOLS, board.tool.name, name => (board.tool.name = name)), board.pad.element, keysLine(), board.place],
    right: rightSide(board),
    problem: board.problem,
    acts: acts(board),
  });
  draw(board);
  board.pad.element.focus();
}
