// What mouse, pen and fingers do on a map: hover, press, move, draw around, wheel, pinch.

const STILL = 3; // pixels that a press may move
const WHEEL = 0.0016;
const LINE_PX = 16;

const how = event => (event.shiftKey ? "add" : event.altKey ? "remove" : "only");
const apartOf = ([a, b]) => Math.hypot(a[0] - b[0], a[1] - b[1]);
const middleOf = ([a, b]) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];

/** Two fingers: what lies between them follows them. */
function pinch(before, now, acts) {
  const [from, to] = [middleOf(before), middleOf(now)];
  acts.moved(to[0] - from[0], to[1] - from[1]);
  acts.zoomed(apartOf(now) / (apartOf(before) || 1), ...to);
}

class Gestures {
  #down = new Map();
  #drag = null;

  constructor(plane, acts) {
    this.plane = plane;
    this.acts = acts;
  }

  #at(event) {
    const box = this.plane.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  pointerdown(event) {
    if (event.button > 1 || event.target.closest("button")) return;
    this.plane.setPointerCapture(event.pointerId);
    this.plane.focus({ preventScroll: true });
    this.#down.set(event.pointerId, this.#at(event));
    if (this.#down.size > 1) return void this.#second();
    const place = this.#at(event);
    const draws = event.button === 0 && this.acts.draws();
    this.#drag = { from: place, last: place, draws, how: how(event), far: false };
  }

  /** A second finger: what was a drag becomes a pinch. */
  #second() {
    if (this.#drag?.draws) this.acts.cancelled();
    this.#drag = null;
  }

  #dragged(drag, place) {
    drag.far ||= apartOf([drag.from, place]) > STILL;
    if (!drag.far) return;
    if (drag.draws) this.acts.drawing(drag.from, place);
    else this.acts.moved(place[0] - drag.last[0], place[1] - drag.last[1]);
    drag.last = place;
  }

  pointermove(event) {
    const place = this.#at(event);
    if (!this.#down.has(event.pointerId)) return void this.acts.hovered(...place);
    const before = [...this.#down.values()];
    this.#down.set(event.pointerId, place);
    if (this.#down.size === 2) pinch(before, [...this.#down.values()], this.acts);
    else if (this.#drag) this.#dragged(this.#drag, place);
  }

  pointerup(event) {
    const drag = this.#drag;
    this.#down.delete(event.pointerId);
    this.#drag = null;
    if (drag?.draws && drag.far) this.acts.drawn(drag.how);
    else if (drag && !drag.far) this.acts.pressed(...drag.from, drag.how);
  }

  /** The system took the finger for itself: nothing is meant by it. */
  pointercancel(event) {
    this.#down.delete(event.pointerId);
    this.#second();
  }

  pointerleave(event) {
    if (!this.#down.has(event.pointerId)) this.acts.left();
  }

  wheel(event) {
    event.preventDefault();
    const step = event.deltaMode ? LINE_PX : 1;
    this.acts.zoomed(Math.exp(-event.deltaY * step * WHEEL), ...this.#at(event));
  }

  dblclick(event) {
    if (!this.acts.draws()) this.acts.zoomed(1.8, ...this.#at(event));
  }
}

const HEARD = ["pointerdown", "pointermove", "pointerup", "pointercancel", "pointerleave", "wheel", "dblclick"];

/**
 * acts: draws() (whether a drag draws rather than moves), hovered(X, Y), left(), pressed(X, Y, how), moved(dX, dY),
 * drawing(from, to), drawn(how), cancelled(), zoomed(times, X, Y); how: "only", "add" or "remove".
 */
export function onPointer(plane, acts) {
  const gestures = new Gestures(plane, acts);
  for (const name of HEARD) plane.addEventListener(name, event => gestures[name](event), { passive: false });
}
