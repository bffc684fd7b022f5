// One map: its canvases, its view, and what is pointed at, moved and drawn around on it.
import { h } from "../../lib/dom.js";
import { createCellSurface } from "./drawing/cells.js";
import { nearest } from "./grid.js";
import { boxOf, inside, thinned } from "./lasso.js";
import { drawMarks } from "./drawing/marks.js";
import { onPointer } from "./pointer.js";
import { createSeen, createTop, isShown, lookOf } from "./scene.js";
import { WHOLE, frameOf, moved, toMap, toScreen, zoomed } from "./view.js";
import { createCardSurface } from "./drawing/webgl.js";

const REACH = 11; // pixels from the pointer to a point
const REACH_DENSE = 3;
const LASSO_STEP = 2; // pixels
const NOTHING = { scene: null, labels: [], similar: [], image: null, hover: -1, inks: null };
const UNSEEN = { n: 0, dense: false, picked: false, list: null, near: [] };

export class Plane {
  #acts;
  #card;
  #sight = createSeen();
  #topFor = createTop();
  #surface = null;
  #shown = NOTHING;
  #seen = UNSEEN;
  #asked = "";

  /**
   * acts: draws() and mode(), of the tool; hovered(row), pressed(row), selected(bits, how), seen(n, k), pictureOf(row),
   * wrong(row). card: whether WebGL2 may be used.
   */
  constructor(name, acts, card) {
    this.#acts = acts;
    this.#card = card;
    this.view = WHOLE;
    this.size = { width: 0, height: 0 };
    this.path = [];
    this.points = h("canvas", { class: "points", "aria-hidden": "true" });
    this.marks = h("canvas", { class: "marks", "aria-hidden": "true" });
    this.root = h(
      "div",
      { class: "plane", tabindex: "0", role: "application", "aria-label": name },
      this.points,
      this.marks,
    );
    new ResizeObserver(() => this.fit()).observe(this.root);
    onPointer(this.root, this.#gestures());
  }

  get frame() {
    return frameOf(this.view, this.size);
  }

  get scene() {
    return this.#shown.scene;
  }

  get kind() {
    return this.#surface?.kind ?? "";
  }

  get seen() {
    return this.#seen;
  }

  /** shown: some of {scene, labels, similar, image, hover, inks}. */
  show(shown) {
    const before = this.#shown;
    this.#shown = { ...before, ...shown };
    this.#ask(this.#shown.scene === before.scene && this.#shown.inks === before.inks ? "marks" : "all");
  }

  look(view) {
    this.view = view;
    this.#ask("all");
  }

  zoom(times, X, Y) {
    this.look(zoomed(this.view, times, this.size, X, Y));
  }

  move(dX, dY) {
    this.look(moved(this.view, dX, dY, this.size));
  }

  /** Draws again once the pictures that were missing are there. */
  remark() {
    this.#ask("marks");
  }

  fit() {
    const { clientWidth: width, clientHeight: height } = this.root;
    this.size = { width, height };
    for (const canvas of [this.points, this.marks])
      [canvas.width, canvas.height] = [width, height].map(side => Math.max(1, Math.round(side * devicePixelRatio)));
    this.draw("all"); // a canvas that has another size is empty
  }

  /** The row at a pixel, or -1. */
  rowAt(X, Y, reach = this.#seen.dense ? REACH_DENSE : REACH) {
    const { scene } = this;
    if (!scene) return -1;
    const [x, y] = toMap(this.frame, X, Y);
    return nearest(this.#sight.gridFor(scene.points), x, y, reach / this.frame.scale, row => isShown(scene, row));
  }

  /** Where a row is, in pixels. */
  pixelOf(row) {
    const { points } = this.scene;
    return toScreen(this.frame, points[2 * row], points[2 * row + 1]);
  }

  /** Rows within corners in pixels, as bits. */
  within(corners) {
    const { scene } = this;
    return inside(
      scene.points,
      corners.map(([X, Y]) => toMap(this.frame, X, Y)),
      row => isShown(scene, row),
    );
  }

  #ask(what) {
    if (!this.#asked) requestAnimationFrame(() => this.#asked && this.draw(this.#asked));
    this.#asked = this.#asked === "all" ? "all" : what;
  }

  /** what: "all", or "marks" alone. */
  draw(what) {
    this.#asked = "";
    if (!this.size.width || !this.#shown.inks) return;
    if (what === "all") this.#drawPoints();
    const drawn = { ...this.#shown, frame: this.frame, view: this.view, rows: this.#seen.near, path: this.path };
    drawMarks(this.marks.getContext("2d"), { ...drawn, ...this.#acts }, devicePixelRatio);
  }

  #drawPoints() {
    const { scene, frame } = this;
    this.#surface ??= this.#surfaceNow();
    this.#seen = scene ? this.#sight.seen(scene, frame, this.view.k) : UNSEEN;
    this.#surface.draw(scene, scene ? this.lookNow() : { frame, ratio: devicePixelRatio });
    this.#acts.seen(this.#seen.n, this.view.k);
  }

  /** With WebGL2 where there is one that can be used; what it refused is drawn on a canvas of its own. */
  #surfaceNow() {
    const acts = { restored: () => this.#ask("all"), gone: () => this.#withoutCard() };
    try {
      const surface = this.#card && createCardSurface(this.points, acts);
      if (surface) return surface;
    } catch (error) {
      console.warn(error);
      this.#replaceCanvas();
    }
    return createCellSurface(this.points);
  }

  #withoutCard() {
    this.#card = false;
    this.#surface = null;
    this.#replaceCanvas();
    this.#ask("all");
  }

  /** A canvas keeps the kind of context that it had first. */
  #replaceCanvas() {
    const { width, height } = this.points;
    const canvas = h("canvas", { class: "points", "aria-hidden": "true", width, height });
    this.points.replaceWith(canvas);
    this.points = canvas;
  }

  lookNow(ratio = devicePixelRatio) {
    const seen = this.#seen;
    const top = seen.dense ? this.#topFor(this.scene.points, this.scene, this.size) : 0;
    return lookOf(this.scene, this.frame, { k: this.view.k, seen, ratio, top });
  }

  #gestures() {
    const acts = this.#acts;
    return {
      draws: acts.draws,
      hovered: (X, Y) => acts.hovered(this.rowAt(X, Y)),
      left: () => acts.hovered(-1),
      pressed: (X, Y, how) => acts.pressed(this.rowAt(X, Y), how),
      moved: (dX, dY) => this.#moved(() => this.move(dX, dY)),
      zoomed: (times, X, Y) => this.#moved(() => this.zoom(times, X, Y), X, Y),
      drawing: (from, to) => this.#drawing(from, to),
      drawn: how => this.#drawn(how),
      cancelled: () => this.forgetPath(),
    };
  }

  /** What was pointed at is no longer there; another image may lie under the pointer. */
  #moved(move, X = null, Y = null) {
    move();
    this.#acts.hovered(-1);
    if (X !== null) this.#acts.hovered(this.rowAt(X, Y));
  }

  #drawing(from, to) {
    const begun = this.path.length ? this.path : [from];
    this.path = this.#acts.mode() === "box" ? boxOf(from, to) : [...begun, to];
    this.#acts.hovered(-1);
    this.#ask("marks");
  }

  #drawn(how) {
    const corners = this.#acts.mode() === "box" ? this.path : thinned(this.path, LASSO_STEP);
    const bits = this.scene && this.within(corners);
    this.forgetPath();
    if (bits) this.#acts.selected(bits, how);
  }

  forgetPath() {
    this.path = [];
    this.#ask("marks");
  }
}
