// Further suggestions from the same scores: a card each with its reason in one sentence; pressing one shows its images.
import { $, h, replace } from "./dom.js";
import { group } from "./format.js";

function kindCard({ kind, title, reason, n, available }, look, onlook) {
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
    h("strong", {}, title),
    h("span", { class: "num" }, n === 0 ? "none" : usable && Number.isFinite(n) ? group(n) : ""),
    h("span", { class: "why" }, reason),
  );
}

export function createKinds(store, onlook) {
  function draw({ suggestion, look }) {
    const lists = suggestion?.lists ?? [];
    $("#lists").hidden = !lists.length;
    const focused = document.activeElement?.dataset?.list;
    replace(
      $("#kinds"),
      lists.map(list => kindCard(list, look, onlook)),
    );
    if (focused) $(`[data-list="${focused}"]`)?.focus();
  }
  store.on(["suggestion", "look"], draw);
  return draw;
}
