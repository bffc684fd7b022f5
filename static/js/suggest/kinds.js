// Further suggestions from the same scores: a card each with its reason in one sentence; pressing one shows its images.
import { $, h, icon, replace } from "../lib/dom.js";
import { group } from "../lib/format.js";

/** A list of all images is an order and no finding: its length is not said as one. */
export const lengthOf = (n, all) => (n === 0 ? "none" : n > 1 && n >= all ? "all, in order" : group(n));

function kindCard({ kind, title, reason, n, available }, all, look, onlook) {
  const pressed = look?.list === kind;
  const usable = available && n !== 0;
  return h(
    "button",
    {
      class: "kind",
      type: "button",
      "data-list": kind,
      disabled: !usable,
      "aria-pressed": String(pressed),
      onclick: () => onlook(pressed ? null : { list: kind }),
    },
    h("strong", { title }, title),
    h("span", { class: "num" }, n === 0 || (usable && Number.isFinite(n)) ? lengthOf(n, all) : ""),
    h("span", { class: "why" }, reason),
  );
}

/** Not from the scores: heatmaps have to be computed, which is a view and a job of its own. */
const evidenceCard = onevidence =>
  h(
    "button",
    { class: "kind", type: "button", id: "to-evidence", onclick: onevidence },
    h("strong", {}, "Least agreement of evidence"),
    icon("right"),
    h("span", { class: "why" }, "The same answer for different reasons: heatmaps are compared in a separate job."),
  );

export function createKinds(store, onlook, onevidence) {
  function draw({ suggestion, look, models }) {
    const lists = suggestion?.lists ?? [];
    $("#lists").hidden = !lists.length;
    const focused = document.activeElement?.dataset?.list;
    replace(
      $("#kinds"),
      lists.map(list => kindCard(list, suggestion.n_scored - suggestion.n_problems, look, onlook)),
      models.length > 1 ? evidenceCard(onevidence) : null,
    );
    if (focused) $(`[data-list="${focused}"]`)?.focus();
  }
  store.on(["suggestion", "look", "models"], draw);
  return draw;
}
