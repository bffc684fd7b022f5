// Where the focus is stays where it is when a part of the form is redrawn.
import { $, $$ } from "./dom.js";

const twinOf = ({ id, name, value }) =>
  id
    ? document.getElementById(id)
    : $$("#request input").find(other => name && other.name === name && other.value === value);

/** Wraps a draw: the field that had the focus has it again after its section was redrawn. */
export function keepFocus(draw) {
  return (...values) => {
    const focused = document.activeElement;
    draw(...values);
    if (focused?.closest && !focused.isConnected) twinOf(/** @type {HTMLInputElement} */ (focused))?.focus();
  };
}

/** To what the page shows, which is named after its heading: where a control has gone and nothing takes its place. */
export const toPage = () => $("#canvas")?.focus({ preventScroll: true });

const isAlike = (one, other) => one.tagName === other.tagName && one.textContent === other.textContent && !one.disabled;

/** Wraps a draw of what is in `root`: what had the focus has it again, or the button of the same words, or else `next()`. */
export function keepPlace(root, draw, next) {
  return (...values) => {
    const focused = document.activeElement;
    const inside = root.contains(focused);
    draw(...values);
    if (!inside || document.activeElement === focused) return;
    const twin = root.contains(focused) ? focused : $$("button", root).find(one => isAlike(one, focused));
    (twin ?? next()).focus({ preventScroll: true });
  };
}
