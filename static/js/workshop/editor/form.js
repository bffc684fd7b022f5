// What the editor's two uses have in common: the frame of the dialog, brush sizes, mirror, undo and clear.
import { $, h, icon, replace, segmented } from "../../lib/dom.js";

const WIDTHS = [1, 2, 3, 4, 5];
const MIRRORS = [["off", "Off"], ["sides", "Left, right"], ["updown", "Up, down"]];

export const fieldset = (title, ...content) => h("div", { class: "fieldset" }, h("span", { class: "label" }, title), ...content);

/** tools: [name, icon, words] each. */
export function toolChoice(tools, chosen, choose) {
  const titles = tools.map(([name, symbol, words]) => [name, [icon(symbol), words]]);
  return segmented("tool", "Tool", titles, chosen, choose);
}

export const sizeChoice = (wide, choose) =>
  fieldset("Size, in pixels", segmented("brush-size", "Size, in pixels", WIDTHS.map(n => [String(n), String(n)]), String(wide), text => choose(Number(text))));

export const mirrorChoice = (mirror, choose) => fieldset("Mirror", segmented("mirror", "Mirror", MIRRORS, mirror, choose));

const act = (id, symbol, words, onclick) => h("button", { type: "button", class: "btn tiny", id, onclick }, icon(symbol), words);

export const undoButtons = (undo, clear) =>
  h("div", { class: "row" }, act("editor-undo", "back", "Undo", undo), act("editor-clear", "trash", "Clear", clear));

export const keysLine = () =>
  h(
    "p",
    { class: "quiet small ed-keys" },
    [["← ↑ → ↓", "move"], ["Space", "paint"], ["Ctrl Z", "undo"]].map(([keys, words]) => [h("kbd", {}, keys), ` ${words} `]),
  );

/** What a dialog is filled in: beside it the page's tip may be shown. */
export const bodyOf = dialog => $(".dialog-body", dialog);

/**
 * Fills the dialog and shows it. acts: buttons at the foot, the last one is the main one.
 * @param {HTMLDialogElement} dialog
 */
export function openDialog(dialog, { title, left, right, acts, problem }) {
  const close = { type: "button", class: "btn plain icon", "aria-label": "Close", onclick: () => dialog.close() };
  replace(
    bodyOf(dialog),
    h("header", {}, h("h2", { id: "editor-title" }, title), h("button", close, icon("close", false))),
    h("div", { class: "ed" }, h("div", { class: "ed-left" }, left), h("div", { class: "ed-right" }, right)),
    problem,
    h("div", { class: "acts" }, acts),
  );
  dialog.showModal();
}

export const problemLine = () => h("p", { class: "bad-text editor-problem", id: "editor-problem", role: "alert", hidden: true });

export function showProblem(line, words) {
  line.hidden = !words;
  line.textContent = words ?? "";
}
