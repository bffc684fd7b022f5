// The editor in marks mode: where a network is to look on a class, and where not; violet with +, amber with −.
import { $, h, icon, replace, segmented } from "../../lib/dom.js";
import { address } from "../../lib/api.js";
import { WAYS } from "../summary.js";
import { classPicture } from "../panel/tiles.js";
import { PIXELS } from "../packing.js";
import { chosenNames, classOf } from "../request.js";
import { complainIn, fieldset, keysLine, mirrorChoice, openDialog, problemLine, sizeChoice, toolChoice, undoButtons } from "./form.js";
import { createPad } from "./pad.js";
import { marksProblem } from "./rules.js";
import { Strokes, blank, painted } from "./strokes.js";

const TOOLS = [["plus", "plus", "Look here"], ["minus", "minus", "Not here"], ["eraser", "eraser", "Erase"]];
const VALUES = { plus: 1, minus: -1, eraser: 0 };
const STRENGTHS = [0.1, 1, 10];
const WAY_WORDS = {
  penalty: "While it trains, the network pays for every pixel marked − that its answer hangs on, and for everything outside of what is marked +.",
  filling: "While it trains, what is marked − is replaced from images of other classes or by noise, so that it says nothing about the class.",
  both: "What is marked − is replaced while it trains, and the network pays for answers that hang on it, too.",
};

const countOf = (marks, sign) => marks.filter(mark => mark === sign).length;

/** Classes whose images are always the same, so that a place on them means something. */
export const markable = state => chosenNames(state).filter(name => !classOf(state, name).noise);

function picture(one, ondraw) {
  if (one.pixels || !one.own?.dataset) return null;
  const image = new Image();
  image.addEventListener("load", ondraw);
  image.src = address.thumbnail(one.own.dataset, one.own.images?.[0] ?? 0);
  return image;
}

/** Marks of every class, those with none left out. */
const kept = sheets => Object.fromEntries([...sheets].map(([name, sheet]) => [name, sheet.values]).filter(([, marks]) => marks.some(Boolean)));

export function openMarks(store) {
  const dialog = /** @type {HTMLDialogElement} */ ($("#editor"));
  const { state } = store;
  const names = markable(state);
  const sheets = new Map(names.map(name => [name, new Strokes(state.marks[name] ?? blank())]));
  const pictures = new Map(names.map(name => [name, picture(classOf(state, name), () => draw())]));
  const tool = { name: "minus", wide: 3, mirror: "off" };
  const wish = { way: state.way, strength: state.strength };
  const problem = problemLine();
  const place = h("p", { class: "sr", role: "status" });
  const counts = h("p", { class: "small num count" });
  const classes = h("div", { class: "mini pick", role: "group", "aria-label": "On which class" });
  const ways = h("div", { class: "fieldset", id: "editor-ways" });
  let chosen = names.find(name => state.marks[name]) ?? names[0];
  const sheet = () => sheets.get(chosen);

  const pad = createPad({
    sheet: () => ({ pixels: classOf(state, chosen).pixels ?? blank(), marks: sheet().values, picture: pictures.get(chosen) }),
    tool: () => tool,
    keep: () => sheet().keep(),
    paint: places => {
      sheet().values = painted(sheet().values, places, VALUES[tool.name]);
      draw();
    },
    undo,
    told: ([row, column]) => (place.textContent = `row ${row + 1}, column ${column + 1}`),
  });

  function draw() {
    const marks = sheet().values;
    $("#editor-title").textContent = `Where to look: ${classOf(state, chosen).label}`;
    replace(counts, h("span", { class: "pk plus" }, `+ ${countOf(marks, 1)}`), h("span", { class: "pk minus" }, `− ${countOf(marks, -1)}`), ` of ${PIXELS} pixels`);
    complainIn(problem, null);
    pad.draw();
  }

  function undo() {
    if (sheet().undo()) draw();
  }

  function clear() {
    sheet().keep();
    sheet().values = blank();
    draw();
  }

  function pick(name) {
    chosen = name;
    drawClasses();
    draw();
    $("[aria-pressed=true]", classes).focus();
  }

  function drawClasses() {
    const button = name => {
      const one = classOf(state, name);
      const attributes = { type: "button", "aria-pressed": String(name === chosen), "aria-label": one.label, "data-tip": one.label, onclick: () => pick(name) };
      return h("button", attributes, classPicture(one, { marks: sheets.get(name).values }));
    };
    replace(classes, names.map(button));
  }

  function drawWays() {
    const strengths = STRENGTHS.map(value => [String(value), String(value)]);
    const choose = changes => {
      Object.assign(wish, changes);
      drawWays();
      /** @type {HTMLElement} */ (ways.querySelector("way" in changes ? "[name=way]:checked" : "[name=strength]:checked"))?.focus();
    };
    replace(
      ways,
      h("span", { class: "label" }, "What marks do"),
      segmented("way", "What marks do", Object.keys(WAYS).map(way => [way, way === "both" ? "both" : WAYS[way]]), wish.way, way => choose({ way })),
      wish.way === "filling" ? null : h("span", { class: "label", tabIndex: 0, "data-tip": "How much a glance at a forbidden place counts beside a right answer: at 1 as much, in the first batch" }, "Strength of the penalty"),
      wish.way === "filling" ? null : segmented("strength", "Strength of the penalty", strengths, String(wish.strength), text => choose({ strength: Number(text) })),
      h("p", { class: "why" }, `${WAY_WORDS[wish.way]} Marks − of one class count for all. It is trained without the marks, too, and compared.`),
    );
  }

  function save() {
    const wrong = names.find(name => marksProblem(sheets.get(name).values, ""));
    if (wrong) {
      pick(wrong);
      complainIn(problem, marksProblem(sheets.get(wrong).values, classOf(state, wrong).label));
      return;
    }
    const others = Object.fromEntries(Object.entries(store.state.marks).filter(([name]) => !names.includes(name)));
    store.set({ marks: { ...others, ...kept(sheets) }, ...wish });
    dialog.close();
  }

  openDialog(dialog, {
    title: "Where to look",
    left: [toolChoice(TOOLS, tool.name, name => (tool.name = name)), pad.element, keysLine(), place],
    right: [
      fieldset("On which class", classes),
      sizeChoice(tool.wide, wide => (tool.wide = wide)),
      mirrorChoice(tool.mirror, mirror => (tool.mirror = mirror)),
      h("div", { class: "row wrap" }, undoButtons(undo, clear)),
      counts,
      ways,
    ],
    problem,
    acts: [
      h("button", { type: "button", class: "btn", onclick: () => dialog.close() }, "Cancel"),
      h("button", { type: "button", class: "btn primary", id: "editor-save", onclick: save }, icon("brush"), "Keep the marks"),
    ],
  });
  drawClasses();
  drawWays();
  draw();
  pad.element.focus();
}
