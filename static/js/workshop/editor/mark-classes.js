// The editor in marks mode: where a network is to look on a class, and where not; violet with +, amber with −.
import { $, h, icon, replace, segmented } from "../../lib/dom.js";
import { address } from "../../lib/api.js";
import { WAYS } from "../summary.js";
import { classPicture } from "../panel/tiles.js";
import { PIXELS } from "../packing.js";
import { chosenNames, classOf } from "../request.js";
import { showProblem, fieldset, keysLine, mirrorChoice, openDialog, problemLine, sizeChoice, toolChoice, undoButtons } from "./form.js";
import { createPad } from "./pad.js";
import { marksProblem } from "./rules.js";
import { Strokes, blank, painted } from "./strokes.js";

const TOOLS = [["plus", "plus", "Look here"], ["minus", "minus", "Not here"], ["eraser", "eraser", "Erase"]];
const VALUES = { plus: 1, minus: -1, eraser: 0 };
const STRENGTHS = ["0.1", "1", "10"];
const WAY_TITLES = Object.entries(WAYS).map(([way, words]) => [way, way === "both" ? "both" : words]);
const WAY_WORDS = {
  penalty: "During training, the network is penalised for every pixel marked − that its answer depends on, and for everything outside the area marked +.",
  filling: "During training, what is marked − is replaced from other training images of any class, so that it says nothing about the class.",
  both: "What is marked − is replaced during training, and the network is also penalised for answers that depend on it.",
};
const ALWAYS = "A − mark on one class counts for all classes. For comparison, the network is also trained without the marks.";
const STRENGTH_TIP = "How much looking at a forbidden place weighs against a right answer; at 1 both weigh the same in the first batch";

/** Classes whose images are always the same, so that a place on them means something. */
export const markable = state => chosenNames(state).filter(name => !classOf(state, name).noise);

/** The first image of a class that has no pixels; drawn again once it is here. */
function pictureOf({ pixels, own }, ondraw) {
  if (pixels || !own?.dataset) return null;
  const image = new Image();
  image.addEventListener("load", ondraw);
  image.src = address.thumbnail(own.dataset, own.images?.[0] ?? 0);
  return image;
}

const sheetOf = editing => editing.sheets.get(editing.chosen);
const oneOf = (editing, name = editing.chosen) => classOf(editing.store.state, name);

function drawCounts(editing) {
  const marks = sheetOf(editing).values;
  const [n_plus, n_minus] = [1, -1].map(sign => marks.filter(mark => mark === sign).length);
  const parts = [h("span", { class: "pk plus" }, `+ ${n_plus}`), h("span", { class: "pk minus" }, `− ${n_minus}`)];
  replace(editing.counts, parts, ` of ${PIXELS} pixels`);
}

function draw(editing) {
  $("#editor-title").textContent = `Where to look: ${oneOf(editing).label}`;
  drawCounts(editing);
  showProblem(editing.problem, null);
  editing.pad.draw();
}

function put(editing, values) {
  sheetOf(editing).values = values;
  draw(editing);
}

const undo = editing => sheetOf(editing).undo() && draw(editing);

function clear(editing) {
  sheetOf(editing).keep();
  put(editing, blank());
}

function pick(editing, name) {
  editing.chosen = name;
  drawClasses(editing);
  draw(editing);
  $("[aria-pressed=true]", editing.classes).focus();
}

function drawClasses(editing) {
  const button = name => {
    const one = oneOf(editing, name);
    const pressed = String(name === editing.chosen);
    const attributes = { type: "button", "aria-pressed": pressed, "aria-label": one.label, "data-tip": one.label };
    const picture = classPicture(one, { marks: editing.sheets.get(name).values });
    return h("button", { ...attributes, onclick: () => pick(editing, name) }, picture);
  };
  replace(editing.classes, [...editing.sheets.keys()].map(button));
}

function strengthChoice(editing, choose) {
  const titles = STRENGTHS.map(value => [value, value]);
  return [
    h("button", { class: "term label", type: "button", "data-tip": STRENGTH_TIP }, "Strength of the penalty"),
    segmented("strength", "Strength of the penalty", titles, String(editing.strength), text => choose("strength", Number(text))),
  ];
}

/** What marks do, and how strongly where there is a penalty. */
function drawWays(editing) {
  const choose = (field, value) => {
    editing[field] = value;
    drawWays(editing);
    $(`[name=${field}]:checked`, editing.ways)?.focus();
  };
  replace(
    editing.ways,
    h("span", { class: "label" }, "What marks do"),
    segmented("way", "What marks do", WAY_TITLES, editing.way, way => choose("way", way)),
    editing.way === "filling" ? null : strengthChoice(editing, choose),
    h("p", { class: "why" }, `${WAY_WORDS[editing.way]} ${ALWAYS}`),
  );
}

/** Marks of every class, those with none left out; of classes that are not chosen as they were. */
function marksOf({ sheets, store }) {
  const others = Object.entries(store.state.marks).filter(([name]) => !sheets.has(name));
  const painted = [...sheets].map(([name, sheet]) => [name, sheet.values]).filter(([, marks]) => marks.some(Boolean));
  return Object.fromEntries([...others, ...painted]);
}

function save(editing) {
  const problemOf = name => marksProblem(editing.sheets.get(name).values, oneOf(editing, name).label);
  const wrong = [...editing.sheets.keys()].find(problemOf);
  if (wrong) {
    pick(editing, wrong);
    showProblem(editing.problem, problemOf(wrong));
    return;
  }
  const { way, strength } = editing;
  editing.store.set({ marks: marksOf(editing), way, strength });
  editing.dialog.close();
}

const padOf = editing =>
  createPad({
    sheet: () => ({ pixels: oneOf(editing).pixels ?? blank(), marks: sheetOf(editing).values, picture: editing.pictures.get(editing.chosen) }),
    tool: () => editing.tool,
    keep: () => sheetOf(editing).keep(),
    paint: places => put(editing, painted(sheetOf(editing).values, places, VALUES[editing.tool.name])),
    undo: () => undo(editing),
    told: ([row, column]) => (editing.place.textContent = `row ${row + 1}, column ${column + 1}`),
  });

function editingOf(store) {
  const { marks, way, strength } = store.state;
  const names = markable(store.state);
  const editing = {
    store,
    way,
    strength,
    dialog: /** @type {HTMLDialogElement} */ ($("#editor")),
    chosen: names.find(name => marks[name]) ?? names[0],
    sheets: new Map(names.map(name => [name, new Strokes(marks[name] ?? blank())])),
    tool: { name: "minus", wide: 3, mirror: "off" },
    problem: problemLine(),
    place: h("p", { class: "sr", role: "status" }),
    counts: h("p", { class: "small num count" }),
    classes: h("div", { class: "mini pick", role: "group", "aria-label": "On which class" }),
    ways: h("div", { class: "fieldset", id: "editor-ways" }),
    pictures: new Map(),
    pad: null,
  };
  editing.pad = padOf(editing);
  editing.pictures = new Map(names.map(name => [name, pictureOf(oneOf(editing, name), () => draw(editing))]));
  return editing;
}

const rightSide = editing => [
  fieldset("On which class", editing.classes),
  sizeChoice(editing.tool.wide, wide => (editing.tool.wide = wide)),
  mirrorChoice(editing.tool.mirror, mirror => (editing.tool.mirror = mirror)),
  undoButtons(
    () => undo(editing),
    () => clear(editing),
  ),
  editing.counts,
  editing.ways,
];

export function openMarks(store) {
  const editing = editingOf(store);
  openDialog(editing.dialog, {
    title: "Where to look",
    left: [toolChoice(TOOLS, editing.tool.name, name => (editing.tool.name = name)), editing.pad.element, keysLine(), editing.place],
    right: rightSide(editing),
    problem: editing.problem,
    acts: [
      h("button", { type: "button", class: "btn", onclick: () => editing.dialog.close() }, "Cancel"),
      h("button", { type: "button", class: "btn primary", id: "editor-save", onclick: () => save(editing) }, icon("brush"), "Keep the marks"),
    ],
  });
  for (const part of [drawClasses, drawWays, draw]) part(editing);
  editing.pad.element.focus();
}
