// The banner above a result that is not what is asked for: it says what differs, and its button asks again.
import { $ } from "../lib/dom.js";

/** Hidden without words; its button is hidden where nothing can be asked for. */
export function drawApart(words, label, blocked = false) {
  $("#apart").hidden = !words;
  $("#apart-words").textContent = words ?? "";
  $("#apart-run").textContent = label;
  $("#apart-run").hidden = blocked;
}
