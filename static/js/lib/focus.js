// Where the focus is stays where it is when a part of the form is redrawn.
import { $$ } from "./dom.js";

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
