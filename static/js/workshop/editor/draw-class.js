// The editor as a drawing board: a class of the person's own, from nothing or from a tile.
import { $, h, replace } from "../../lib/dom.js";
import { toast } from "../../shell/toast.js";
import { tilePicture } from "../pictures.js";
import { classNames, classOf } from "../request.js";
import { complainIn, fieldset, keysLine, mirrorChoice, openDialog, problemLine, sizeChoice, toolChoice, undoButtons } from "./form.js";
import { createPad } from "./pad.js";
import { drawingProblem, freeName, nameProblem } from "./rules.js";
import { Strokes, blank, merged, painted } from "./strokes.js";

const TOOLS = [["brush", "brush", "Brush"], ["eraser", "eraser", "Eraser"]];
const COPIES = 3;
const NOISE = 0.01 * 255; // of a training copy
const WHITE = 255;
const STEM = "my shape";

/** A training copy: U[0, 0.01) on every pixel. */
const copyOf = pixels => tilePicture(pixels.map(value => value + Math.random() * NOISE));

const otherClasses = (state, name) => classNames(state).filter(other => other !== name).map(other => classOf(state, other));

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

/** before: the name of the class that is changed, or null. pixels: what the board begins with. */
export function openDrawing(store, before = null, given = null) {
  const dialog = /** @type {HTMLDialogElement} */ ($("#editor"));
  const others = otherClasses(store.state, before);
  const sheet = new Strokes(given?.pixels ?? classOf(store.state, before)?.pixels ?? blank());
  const tool = { name: "brush", wide: 2, mirror: "off" };
  const name = h("input", { class: "field", id: "editor-name", value: given?.name ?? before ?? freeName(STEM, others), autocomplete: "off", maxlength: 120 });
  const problem = problemLine();
  const copies = h("div", { class: "copies" });
  const place = h("p", { class: "sr", role: "status" });
  let saved = false;

  const pad = createPad({
    sheet: () => ({ pixels: sheet.values }),
    tool: () => tool,
    keep: () => sheet.keep(),
    paint: places => change(painted(sheet.values, places, tool.name === "brush" ? WHITE : 0)),
    undo,
    told: ([row, column]) => (place.textContent = `row ${row + 1}, column ${column + 1}`),
  });

  function draw() {
    pad.draw();
    replace(copies, Array.from({ length: COPIES }, () => copyOf(sheet.values)), h("span", { class: "quiet small" }, "as the network sees it, with a little noise"));
  }

  function change(values) {
    sheet.values = values;
    complainIn(problem, null);
    draw();
  }

  function undo() {
    if (sheet.undo()) draw();
  }

  function put(values) {
    sheet.keep();
    change(values);
  }

  function save() {
    const drawn = { name: name.value.trim(), pixels: sheet.values };
    const words = nameProblem(drawn.name, others) ?? drawingProblem(drawn.pixels, others);
    complainIn(problem, words);
    if (words) return;
    saved = true;
    store.set(withDrawing(store.state, before, drawn));
    dialog.close();
  }

  const start = one =>
    h("button", { type: "button", "aria-label": `Add ${one.label}`, "data-tip": one.label, onclick: () => put(merged(sheet.values, one.pixels)) }, tilePicture(one.pixels));
  const tiles = others.filter(one => one.pixels && !one.noise);

  dialog.addEventListener(
    "close",
    () => {
      const left = { name: name.value.trim(), pixels: sheet.values };
      if (!saved && sheet.isChanged) toast("The drawing was not saved.", { act: () => openDrawing(store, before, left), label: "Go on drawing" });
    },
    { once: true },
  );
  openDialog(dialog, {
    title: before ? `Change ${before}` : "Draw a class",
    left: [toolChoice(TOOLS, tool.name, chosen => (tool.name = chosen)), pad.element, keysLine(), place],
    right: [
      h("div", { class: "fieldset" }, h("label", { class: "label", for: "editor-name" }, "Name"), name),
      sizeChoice(tool.wide, wide => (tool.wide = wide)),
      mirrorChoice(tool.mirror, mirror => (tool.mirror = mirror)),
      undoButtons(undo, () => put(blank())),
      fieldset("Start from", h("div", { class: "mini" }, tiles.map(start))),
      fieldset("Ten copies like these", copies),
    ],
    problem,
    acts: [
      before ? h("button", { type: "button", class: "btn plain editor-remove", onclick: () => ((saved = true), dialog.close(), removeClass(store, before)) }, "Remove class") : null,
      h("button", { type: "button", class: "btn", onclick: () => dialog.close() }, "Cancel"),
      h("button", { type: "button", class: "btn primary", id: "editor-save", onclick: save }, "Save as class"),
    ],
  });
  draw();
  pad.element.focus();
}
