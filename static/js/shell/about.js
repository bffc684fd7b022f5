// "About this method": the entry of a method in a dialog, as the server writes it for its own page.
import { $, $$, h, replace } from "../lib/dom.js";
import { page } from "../lib/api.js";
import { turns } from "../lib/turns.js";
import { complain } from "./toast.js";

const entries = new Map(); // name -> Promise of its article
const asked = turns();

function entryOf(name) {
  if (!entries.has(name)) {
    const answer = page(`/help/methods/${encodeURIComponent(name)}`).then(made => $("#entry", made));
    answer.catch(() => entries.delete(name));
    entries.set(name, answer);
  }
  return entries.get(name);
}

async function open(name) {
  const current = asked();
  const made = await entryOf(name);
  if (!current()) return;
  const entry = document.importNode(made, true);
  const title = $("h1", entry);
  entry.removeAttribute("id");
  replace($("#about-title"), [...title.childNodes]);
  title.remove();
  replace($("#about-body"), entry);
  $("#about-page").href = `/help/methods/${encodeURIComponent(name)}`;
  $("#about").showModal();
  $("#about-body").scrollTop = 0;
}

/** A method's name that opens its entry. */
export const about = (name, words = name, attributes = {}) =>
  h("button", { class: "about", type: "button", "data-about": name, "aria-haspopup": "dialog", ...attributes }, words);

/** A button that is there before it is known which method it tells of; until then it cannot be pressed. */
export function aboutOf(button, name) {
  button.dataset.about = name;
  button.disabled = false;
}

/** Whatever has [data-about] opens the entry of that method. */
export function startAbout() {
  document.addEventListener("click", event => {
    const opener = event.target.closest?.("[data-about]");
    if (opener) open(opener.dataset.about).catch(complain);
  });
  for (const closer of $$("#about [data-close]")) closer.addEventListener("click", () => $("#about").close());
  $("#about").addEventListener("click", event => {
    if (event.target === $("#about")) $("#about").close();
  });
}
