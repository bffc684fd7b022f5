// What classes are called beside a dataset, and the mark on names that nobody gave.
import { modelLink } from "../lib/address-names.js";
import { h, icon } from "../lib/dom.js";

const REMEDY =
  "If the network was trained with its classes in another order, the names are wrong. Confirm, edit or drop them on Models.";

export const capital = words => words.slice(0, 1).toUpperCase() + words.slice(1);

/** "assumed from the folders of X" with what it means and what to do; null for names that are known. */
export function assumedTag({ id, name, class_names_words: words }, attributes = {}) {
  if (!words) return null;
  return h(
    "a",
    {
      class: "tag warn assumed",
      href: modelLink(id),
      "data-tip": `Class names are ${words}. ${REMEDY}`,
      "aria-label": `Class names of ${name ?? "this model"} are ${words}. ${REMEDY}`,
      ...attributes,
    },
    icon("warn"),
    h("span", { class: "wrap-any" }, words),
  );
}

/** A line with a warning, and buttons that do something about it. */
export const notice = (content, ...acts) =>
  h("div", { class: "call" }, icon("warn"), h("span", { class: "grow wrap-any" }, content), ...acts);
