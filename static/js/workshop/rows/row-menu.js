// What can be done with a run beyond the buttons that are always there.
import { $, h, icon } from "../../lib/dom.js";
import { placeUnder } from "../../shell/menu.js";
import { mainTrials } from "../summary.js";
import * as api from "../workshop-api.js";

function act(symbol, words, key, onpress) {
  const shortcut = key ? h("kbd", {}, key) : null;
  return h("button", { class: "item-l", type: "button", onclick: onpress }, icon(symbol), h("span", { class: "grow" }, words), shortcut);
}

const file = (symbol, words, href, ending) =>
  h(
    "a",
    { class: "item-l", href, download: "" },
    icon(symbol),
    h("span", { class: "grow" }, words),
    h("span", { class: "quiet" }, ending),
  );

function lines(run, acts) {
  const [main] = mainTrials(run);
  const made = run.trials[main].films.length > 0;
  return [
    act("copy", "Duplicate with a change…", "D", () => acts.duplicate(run)),
    act("edit", "Rename", "F2", () => acts.rename(run)),
    run.status === "done" ? act("plus", "50 more epochs", "", () => acts.resume(run, 50)) : null,
    h("hr"),
    made ? file("session", "Save the network", api.files.model(run.id, main), "keras") : null,
    file("script", "Script that reproduces it", api.files.script(run.id), "py"),
    made ? file("export", "Export pictures and numbers", api.files.archive(run.id), "zip") : null,
    h("hr"),
    act("trash", "Remove", "Del", () => acts.remove(run)),
  ];
}

/** acts: duplicate, rename, resume, remove, each of a run. */
export function rowMenu(run, acts) {
  const id = `more-${run.id}`;
  const label = `More for ${run.name}`;
  const menu = h("div", { class: "menu acts-menu", id, popover: "auto", role: "group", "aria-label": label });
  const opener = h("button", { type: "button", class: "btn plain tiny icon", popovertarget: id, "aria-label": label, "data-key": "more" }, icon("more"));
  menu.addEventListener("beforetoggle", (/** @type {ToggleEvent} */ event) => {
    if (event.newState === "open") menu.replaceChildren(...lines(run, acts).filter(Boolean));
  });
  menu.addEventListener("toggle", (/** @type {ToggleEvent} */ event) => {
    if (event.newState !== "open") return;
    placeUnder(menu, opener, "left");
    $("button, a", menu)?.focus();
  });
  menu.addEventListener("click", () => menu.hidePopover());
  return [opener, menu];
}
