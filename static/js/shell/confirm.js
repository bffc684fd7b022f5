// A question before something is lost; the answer is a promise of true or false.
import { $ } from "../lib/dom.js";

export function confirmed(title, words, act) {
  const dialog = $("#confirm");
  $("#confirm-title").textContent = title;
  $("#confirm-words").textContent = words;
  $("#confirm-yes").textContent = act;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise(done =>
    dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }),
  );
}
