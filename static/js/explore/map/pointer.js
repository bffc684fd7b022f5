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

/**
 * acts: draws() (whether a drag draws rather than moves), hovered(X, Y), left(), pressed(X, Y, how), moved(dX, dY),
 * drawing(from, to, how), drawn(how), cancelled(), zoomed(times, X, Y).
 */
export function onPointer(plane, acts) {
  const down = new Map();
  let drag = null;

  const at = event => {
    const box = plane.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  function begin(event) {
    if (event.button > 1 || event.target.closest("button")) return;
    plane.setPointerCapture(event.pointerId);
    plane.focus({ preventScroll: true });
    down.set(event.pointerId, at(event));
    if (down.size > 1 && drag?.draws) acts.cancelled();
    drag = down.size > 1 ? null : { from: at(event), last: at(event), draws: event.button === 0 && acts.draws(), how: how(event), far: false };
  }

  function dragged(place) {
    drag.far ||= apartOf([drag.from, place]) > STILL;
    if (!drag.far) return;
    if (drag.draws) acts.drawing(drag.from, place, drag.how);
    else acts.moved(place[0] - drag.last[0], place[1] - drag.last[1]);
    drag.last = place;
  }

  function move(event) {
    const place = at(event);
    if (!down.has(event.pointerId)) return void acts.hovered(...place);
    const before = [...down.values()];
    down.set(event.pointerId, place);
    if (down.size === 2) pinch(before, [...down.values()], acts);
    else if (drag) dragged(place);
  }

  function end(event) {
    down.delete(event.pointerId);
    if (drag?.draws && drag.far) acts.drawn(drag.how);
    else if (drag && !drag.far && event.type === "pointerup") acts.pressed(...drag.from, drag.how);
    drag = null;
  }

  function wheel(event) {
    event.preventDefault();
    const step = event.deltaMode ? LINE_PX : 1;
    acts.zoomed(Math.exp(-event.deltaY * step * WHEEL), ...at(event));
  }

  plane.addEventListener("pointerdown", begin);
  plane.addEventListener("pointermove", move);
  plane.addEventListener("pointerup", end);
  plane.addEventListener("pointercancel", end);
  plane.addEventListener("pointerleave", event => !down.has(event.pointerId) && acts.left());
  plane.addEventListener("wheel", wheel, { passive: false });
  plane.addEventListener("dblclick", event => acts.draws() || acts.zoomed(1.8, ...at(event)));
}
