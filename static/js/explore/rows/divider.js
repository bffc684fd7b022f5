// The edge between the stage and the list below it: pulled, or moved by keys.
import { h } from "../../lib/dom.js";

export const SHUT_PX = 49;
const LEAST_PX = 130; // lower than this it shuts
const STAGE_PX = 360; // that much stays for what is above
const FIRST_PX = 248;
const STEP_PX = 40;

/** changed(height in px; SHUT_PX: shut) is called when it is let loose. -> {element, set(height_px), height_px} */
export function createDivider(tray, changed) {
  let height_px = SHUT_PX;
  /** Where the page scrolls as a whole, the list lies over it. */
  const over = () => matchMedia("(max-width: 1000px)").matches;
  const room = () => (over() ? 0.75 * innerHeight : (tray.parentElement?.clientHeight ?? innerHeight) - STAGE_PX);
  const most = () => Math.max(LEAST_PX, room());
  const first = () => (over() ? 0.5 * innerHeight : FIRST_PX);
  const element = h("div", {
    class: "grip",
    role: "separator",
    tabIndex: 0,
    "aria-orientation": "horizontal",
    "aria-label": "Height of the image list",
  });

  function set(px) {
    height_px = Math.round(px);
    tray.style.setProperty("--tray", `${height_px}px`);
    element.setAttribute("aria-valuemin", String(SHUT_PX));
    element.setAttribute("aria-valuemax", String(Math.round(most())));
    element.setAttribute("aria-valuenow", String(height_px));
    element.setAttribute("aria-valuetext", height_px <= SHUT_PX ? "closed" : `${height_px} pixels`);
  }

  const settle = px => {
    set(px < LEAST_PX ? SHUT_PX : Math.min(px, most()));
    changed(height_px);
  };

  function pull(event) {
    const [from_px, start] = [height_px, event.clientY];
    element.setPointerCapture(event.pointerId);
    const move = moved => set(Math.max(SHUT_PX, Math.min(most(), from_px + start - moved.clientY)));
    const end = () => {
      element.removeEventListener("pointermove", move);
      settle(height_px);
    };
    element.addEventListener("pointermove", move);
    element.addEventListener("lostpointercapture", end, { once: true });
  }

  const lower = () => (height_px - STEP_PX < LEAST_PX ? SHUT_PX : height_px - STEP_PX);
  const keys = {
    ArrowUp: () => Math.max(height_px + STEP_PX, first()),
    ArrowDown: lower,
    Home: () => SHUT_PX,
    End: most,
    Enter: () => (height_px <= SHUT_PX ? first() : SHUT_PX),
  };
  element.addEventListener("pointerdown", pull);
  element.addEventListener("keydown", event => {
    if (!keys[event.key] || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    settle(keys[event.key]());
  });
  set(height_px);
  return {
    element,
    set,
    /** Opened without a height of its own. */
    open: () => height_px <= SHUT_PX && set(Math.min(first(), most())),
    shut: () => set(SHUT_PX),
  };
}
