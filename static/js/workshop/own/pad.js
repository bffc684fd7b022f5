// The picture to paint on: mouse, finger and pen by pointer events, and the keyboard.
import { h } from "../../lib/dom.js";
import { address } from "../../lib/api.js";
import { listenToStrokes, meaningOf } from "../painted-canvas.js";
import { SIDE, boxed, brushed } from "./cells.js";

const WIDTH = 512; // canvas pixels of the longer side
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const TINT = "rgb(240 166 44 / 0.6)";
const EDGE = "#3b2400";
const WORDS = "Picture to paint on. Arrow keys move the brush, Space paints, with Shift the arrows paint, Control Z undoes a stroke.";

const held = value => Math.max(0, Math.min(SIDE - 1, value));

/** Painted cells with stripes and an edge: a colour alone would not be seen by all. */
function paint(ink, cells, width, height) {
  const [w, h_] = [width / SIDE, height / SIDE];
  const part = new Path2D();
  const edge = new Path2D();
  const is = (row, column) => row >= 0 && column >= 0 && row < SIDE && column < SIDE && cells[row * SIDE + column];
  cells.forEach((cell, place) => {
    if (!cell) return;
    const [row, column] = [Math.floor(place / SIDE), place % SIDE];
    const [x, y] = [column * w, row * h_];
    part.rect(x, y, w, h_);
    const sides = [[-1, 0, x, y, x + w, y], [1, 0, x, y + h_, x + w, y + h_], [0, -1, x, y, x, y + h_], [0, 1, x + w, y, x + w, y + h_]];
    for (const [down, right, from_x, from_y, to_x, to_y] of sides)
      if (!is(row + down, column + right)) {
        edge.moveTo(from_x, from_y);
        edge.lineTo(to_x, to_y);
      }
  });
  ink.save();
  ink.fillStyle = TINT;
  ink.fill(part);
  ink.clip(part);
  ink.strokeStyle = EDGE;
  ink.lineWidth = 1;
  ink.beginPath();
  for (let at = -height; at < width; at += 10) {
    ink.moveTo(at, height);
    ink.lineTo(at + height, 0);
  }
  ink.stroke();
  ink.restore();
  ink.strokeStyle = EDGE;
  ink.lineWidth = 2;
  ink.stroke(edge);
}

function brush(ink, [row, column], tool, width, height) {
  const [x, y] = [((column + 0.5) * width) / SIDE, ((row + 0.5) * height) / SIDE];
  for (const [wide, colour] of [[3, "#000"], [1.5, "#fff"]]) {
    ink.lineWidth = wide;
    ink.strokeStyle = colour;
    ink.beginPath();
    ink.ellipse(x, y, ((tool.wide / 2 + 0.3) * width) / SIDE, ((tool.wide / 2 + 0.3) * height) / SIDE, 0, 0, 7);
    ink.stroke();
  }
}

/**
 * of: {picture(): [dataset, image] or null, cells(), tool(): {kind: "brush" | "box" | "eraser", wide}, keep(), set(cells), undo(), ended()}.
 * -> {element, draw(), isUnderWay(): whether a stroke is}
 */
export function createPad(of) {
  const canvas = h("canvas", { class: "bigpad", id: "own-pad", width: WIDTH, height: WIDTH, tabindex: 0, role: "application", "aria-label": WORDS });
  const image = new Image();
  let shown = "";
  let cell = null;
  let from = null; // where the stroke under way began
  let before = null; // cells before it

  function load() {
    const of_ = of.picture();
    const source = of_ ? address.picture(...of_) : "";
    if (source === shown) return;
    shown = source;
    if (source) image.src = source;
    else image.removeAttribute("src");
  }

  function draw() {
    load();
    const ink = canvas.getContext("2d");
    ink.clearRect(0, 0, canvas.width, canvas.height);
    if (image.complete && image.naturalWidth) {
      ink.imageSmoothingEnabled = image.naturalWidth > 256;
      ink.drawImage(image, 0, 0, canvas.width, canvas.height);
    }
    paint(ink, of.cells(), canvas.width, canvas.height);
    if (cell) brush(ink, cell, of.tool(), canvas.width, canvas.height);
  }

  image.addEventListener("load", () => {
    const ratio = image.naturalWidth / image.naturalHeight;
    canvas.width = ratio >= 1 ? WIDTH : Math.round(WIDTH * ratio);
    canvas.height = ratio >= 1 ? Math.round(WIDTH / ratio) : WIDTH;
    draw();
  });

  const cellAt = ({ clientX, clientY }) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return [held(Math.floor(((clientY - top) / height) * SIDE)), held(Math.floor(((clientX - left) / width) * SIDE))];
  };

  function stroke() {
    const { kind, wide } = of.tool();
    if (kind === "box" && from) return of.set(boxed(before, from, cell, 1));
    return of.set(brushed(of.cells(), cell, wide, kind === "eraser" ? 0 : 1));
  }

  function begin(event) {
    if (event.button || !of.picture()) return;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    of.keep();
    cell = from = cellAt(event);
    before = of.cells();
    stroke();
    draw();
  }

  function pull(event) {
    cell = cellAt(event);
    if (from) stroke();
    draw();
  }

  function end() {
    from = before = null;
    draw();
    of.ended();
  }

  function key(event) {
    const meant = meaningOf(event, ARROWS);
    if (!meant) return;
    event.preventDefault();
    event.stopPropagation();
    cell ??= [SIDE / 2, SIDE / 2];
    if (meant.undoes) of.undo();
    if (meant.by) cell = [held(cell[0] + meant.by[0]), held(cell[1] + meant.by[1])];
    if (meant.paints) {
      of.keep();
      stroke();
    }
    draw();
  }

  function leave() {
    cell = from ? cell : null;
    draw();
  }

  function focus() {
    cell ??= [SIDE / 2, SIDE / 2];
    draw();
  }

  listenToStrokes(canvas, { begin, pull, end, leave, focus, key });
  canvas.addEventListener("blur", () => {
    cell = null;
    draw();
  });
  return { element: canvas, draw, isUnderWay: () => from !== null };
}
