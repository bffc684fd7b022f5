// The drawing area: mouse, finger and pen by pointer events, and the keyboard.
import { h } from "../../lib/dom.js";
import { SIDE } from "../packing.js";
import { listenToStrokes, meaningOf } from "../painted-canvas.js";
import { drawPaper, SIZE } from "./paper.js";
import { between, covered, moved } from "./strokes.js";

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const CENTRE = [SIDE / 2, SIDE / 2];
const WORDS = "Drawing area, 28 by 28. Arrow keys move the brush, Space paints, with Shift the arrows paint.";

/**
 * of: {sheet(): what drawPaper shows without the brush, tool(): {wide, mirror}, keep(), paint(places), undo(), told(cell)}.
 * -> {element, draw()}
 */
export function createPad(of) {
  const canvas = h("canvas", { class: "pad", id: "pad", width: SIZE, height: SIZE, tabindex: 0, role: "application", "aria-label": WORDS });
  let cell = null;
  let last = null; // of the stroke under way

  const draw = () => drawPaper(canvas, { ...of.sheet(), cell, wide: of.tool().wide });

  function stamp(cells) {
    const { wide, mirror } = of.tool();
    of.paint([...new Set(cells.flatMap(one => covered(one, wide, mirror)))]);
  }

  function cellAt({ clientX, clientY }) {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return [Math.floor(((clientY - top) / height) * SIDE), Math.floor(((clientX - left) / width) * SIDE)];
  }

  function begin(event) {
    if (event.button) return;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    of.keep();
    cell = last = cellAt(event);
    stamp([cell]);
    draw();
  }

  function pull(event) {
    cell = cellAt(event);
    if (last) {
      stamp(between(last, cell));
      last = cell;
    }
    draw();
  }

  function end() {
    last = null;
    draw();
  }

  function paintHere() {
    of.keep();
    stamp([cell]);
  }

  function key(event) {
    const meant = meaningOf(event, ARROWS);
    if (!meant) return;
    event.preventDefault();
    cell ??= CENTRE;
    if (meant.undoes) of.undo();
    if (meant.by) cell = moved(cell, meant.by);
    if (meant.paints) paintHere();
    of.told(cell);
    draw();
  }

  function leave() {
    cell = last ? cell : null;
    draw();
  }

  function focus() {
    cell ??= CENTRE;
    draw();
  }

  listenToStrokes(canvas, { begin, pull, end, leave, focus, key });
  return { element: canvas, draw };
}
