// Keys of the maps. Letters anywhere on the page while maps are shown; arrows, Enter and Space where a map has the focus.
import { onKeys } from "../../shell/keyboard.js";
import { ZOOM } from "./toolbar.js";

const STEP = 60; // pixels of an arrow
const ARROWS = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };

const SIDEWAYS = new Set(["ArrowLeft", "ArrowRight"]);

/** acts: shown(), mode(name), zoom(times). */
export function mapKeys(acts) {
  const when = act => event => (acts.shown() && !event.ctrlKey ? act() : false);
  const zoom = times => when(() => acts.zoom(times));
  onKeys({
    v: when(() => acts.mode("move")),
    l: when(() => acts.mode("lasso")),
    b: when(() => acts.mode("box")),
    "+": zoom(ZOOM),
    "=": zoom(ZOOM),
    "-": zoom(1 / ZOOM),
    "−": zoom(1 / ZOOM),
    0: zoom(0),
  });
}

/** acts: ring() (the point in the middle), open(), walks(): whether left and right are those of the open image. */
export function planeKeys(plane, acts) {
  plane.root.addEventListener("keydown", event => {
    if (event.target !== plane.root || event.ctrlKey || event.metaKey) return;
    if (SIDEWAYS.has(event.key) && acts.walks()) return;
    if (ARROWS[event.key]) {
      plane.move(...ARROWS[event.key]);
      acts.ring();
    } else if (event.key === "Enter") acts.open();
    else return;
    event.preventDefault();
  });
}

/** While Space is held over a map a drag moves it, whatever the tool. -> whether it is held. */
export function spaceHeld(planes) {
  let held = false;
  const over = () => planes.some(({ root }) => root.matches(":hover"));
  addEventListener("keydown", event => {
    if (event.key !== " " || event.target.closest?.("button, input, select, textarea, a, [contenteditable]") || !over())
      return;
    held = true;
    event.preventDefault();
  });
  addEventListener("keyup", event => event.key === " " && (held = false));
  addEventListener("blur", () => (held = false));
  return () => held;
}
