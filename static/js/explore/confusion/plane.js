// The wall itself: pictures of any order on a canvas, from tiles that the server composes; zoomed, dragged, scrolled.
import { h } from "../../lib/dom.js";
import { onTheme } from "../../lib/theme.js";
import { boxOf, drawPicture, hasRoom } from "./picture.js";
import {
  columnsFor,
  held,
  leastSize,
  positionAt,
  positionsOf,
  scrolled,
  seenOf,
  sideFor,
  GAP,
  tilesOf,
  zoomed,
} from "./tiles.js";

const MOST_ZOOM = 12;
const NUDGE = 3; // px that a press may move
const KEY_STEP = 60;
const HOME = { k: 1, x: 2 * GAP, y: 2 * GAP };

const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const SIDEWAYS = new Set(["ArrowLeft", "ArrowRight"]);

/**
 * from: {tiles, lossAt(j) or null, want(positions, whether there is room for numbers), marked(j): width of a frame or 0}.
 * images: {open(j), opened(): whether one is open, sized(px)}.
 */
export function createPlane(from, images) {
  const canvas = h("canvas", { role: "img", "aria-label": "Wall of images" });
  const thumb = h("div", { class: "thumb-y" });
  const bar = h(
    "div",
    { class: "bar-y", role: "scrollbar", "aria-orientation": "vertical", "aria-label": "Place on the wall", "aria-controls": "wall-plane", "aria-valuemin": 0, "aria-valuemax": 100, tabIndex: -1 },
    thumb,
  );
  const element = h(
    "div",
    { class: "plane", id: "wall-plane", tabIndex: 0, role: "application", "aria-label": "Wall of images: arrows move, plus and minus zoom, Enter opens the first in view" },
    canvas,
    bar,
  );
  let wall = { n: 0, columns: 1, size: 64 };
  let view = HOME;
  let pending = 0;

  const width = () => element.clientWidth;
  const height = () => element.clientHeight;
  const positions = () => positionsOf(wall, seenOf(wall, view, width(), height()));

  function paint() {
    if (!pending)
      pending = requestAnimationFrame(() => {
        pending = 0;
        draw();
      });
  }

  function move(next) {
    view = held(wall, next, width(), height());
    paint();
  }

  function sized(context) {
    const k = devicePixelRatio;
    const [w, high] = [Math.round(width() * k), Math.round(height() * k)];
    if (canvas.width !== w || canvas.height !== high) Object.assign(canvas, { width: w, height: high });
    context.setTransform(k, 0, 0, k, 0, 0);
    context.clearRect(0, 0, width(), height());
    context.imageSmoothingQuality = "high";
  }

  function drawBar() {
    const { at, shown, way } = scrolled(wall, view, height());
    bar.hidden = !way;
    bar.setAttribute("aria-valuenow", String(Math.round(100 * at)));
    const long = Math.max(24, shown * height());
    thumb.style.setProperty("height", `${long}px`);
    thumb.style.setProperty("top", `${at * (height() - long)}px`);
  }

  function draw() {
    if (!width() || !height()) return;
    view = held(wall, view, width(), height());
    const context = canvas.getContext("2d");
    sized(context);
    context.font = "530 10.5px Inter, sans-serif";
    const list = positions();
    const side_px = sideFor(list, wall.size * view.k * devicePixelRatio);
    from.tiles.want(tilesOf(list, side_px), side_px);
    from.want(list, hasRoom(wall.size * view.k));
    const colours = { empty: css("--surface-3"), mark: css("--accent") };
    const tile = number => from.tiles.get(number, side_px);
    for (const j of list) {
      const picture = { j, side_px, tile, loss: from.lossAt(j), marked: from.marked(j) };
      drawPicture(context, boxOf(wall, view, j), picture, colours);
    }
    drawBar();
  }

  const roomFor = size => Math.max(size, leastSize(width(), height()));

  /** Further out than the whole width the wall is laid with smaller pictures, the first in view stays the first. */
  function shrink(k) {
    const first = positions()[0] ?? 0;
    const size = roomFor(Math.floor(wall.size * k));
    wall = { ...wall, size, columns: columnsFor(width(), size) };
    move({ ...HOME, y: HOME.y - Math.floor(first / wall.columns) * (size + GAP) });
    images.sized(size);
  }

  function zoom(factor, x = width() / 2, y = height() / 2) {
    if (view.k * factor < 1) shrink(view.k * factor);
    else move(zoomed(view, factor, x, y, [1, MOST_ZOOM]));
  }

  /** n pictures of `size` px. */
  function lay(n, wanted) {
    const size = roomFor(wanted);
    wall = { n, size, columns: columnsFor(width() || 400, size) };
    view = HOME;
    paint();
  }

  const point = event => {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  let start = null;

  function pointerDown(event) {
    if (event.target !== canvas) return;
    element.setPointerCapture(event.pointerId);
    const [x, y] = point(event);
    start = { x, y, view, moved: false };
  }

  function pointerMove(event) {
    if (!start) return;
    const [x, y] = point(event);
    start.moved ||= Math.hypot(x - start.x, y - start.y) > NUDGE;
    if (start.moved) move({ ...start.view, x: start.view.x + x - start.x, y: start.view.y + y - start.y });
  }

  function pointerUp(event) {
    const begun = start;
    start = null;
    if (!begun || begun.moved) return;
    const j = positionAt(wall, view, ...point(event));
    if (j >= 0) images.open(j);
  }

  function wheel(event) {
    event.preventDefault();
    const [x, y] = point(event);
    if (event.shiftKey) move({ ...view, y: view.y - (event.deltaY || event.deltaX) });
    else zoom(Math.exp(-event.deltaY * 0.0016), x, y);
  }

  function scrollTo(event) {
    const { way } = scrolled(wall, view, height());
    const at = Math.max(0, Math.min(1, point(event)[1] / height()));
    move({ ...view, y: 2 * GAP - at * way });
  }

  const by = (dx, dy) => () => move({ ...view, x: view.x + dx, y: view.y + dy });
  const keys = {
    ArrowLeft: by(KEY_STEP, 0),
    ArrowRight: by(-KEY_STEP, 0),
    ArrowUp: by(0, KEY_STEP),
    ArrowDown: by(0, -KEY_STEP),
    PageUp: () => by(0, 0.9 * height())(),
    PageDown: () => by(0, -0.9 * height())(),
    Home: () => move({ ...view, y: HOME.y }),
    End: () => move({ ...view, y: -Infinity }),
    "+": () => zoom(1.3),
    "=": () => zoom(1.3),
    "-": () => zoom(1 / 1.3),
    0: () => lay(wall.n, wall.size),
    Enter: () => positions().length && images.open(positions()[0]),
  };
  element.addEventListener("keydown", event => {
    if (!keys[event.key] || event.ctrlKey || event.altKey) return;
    if (SIDEWAYS.has(event.key) && images.opened()) return; // previous and next image
    keys[event.key]();
    event.preventDefault();
    event.stopPropagation();
  });
  element.addEventListener("pointerdown", pointerDown);
  element.addEventListener("pointermove", pointerMove);
  element.addEventListener("pointerup", pointerUp);
  element.addEventListener("wheel", wheel, { passive: false });
  bar.addEventListener("pointerdown", event => {
    bar.setPointerCapture(event.pointerId);
    scrollTo(event);
  });
  bar.addEventListener("pointermove", event => bar.hasPointerCapture(event.pointerId) && scrollTo(event));
  onTheme(paint);
  new ResizeObserver(() => {
    wall = { ...wall, columns: columnsFor(width() || 400, wall.size) };
    paint();
  }).observe(element);
  return { element, lay, paint };
}
