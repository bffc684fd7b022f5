// Files of an ascent: the chosen picture, all pictures as network input, the curves.
import { $, h, replace } from "../lib/dom.js";
import { address } from "../lib/api.js";
import { titleOf } from "./stop.js";
import { placeUnder } from "../shell/menu.js";

const safe = text => text.replace(/[^\w.-]+/g, "_");
const file = (href, name, words, sort) =>
  h(
    "a",
    { class: "item-l", href, download: name },
    h("span", { class: "grow clip" }, words),
    h("span", { class: "quiet" }, sort),
  );

function lines({ ascent, shown, contrast }) {
  const place = Math.min(shown, (ascent?.targets.length ?? 0) - 1);
  const target = ascent?.targets[place];
  if (!target?.curve.length) return h("p", { class: "why" }, "There is no picture to export yet.");
  const name = titleOf(target, ascent.request.kind);
  const stem = safe(`${ascent.model.name}-${ascent.request.layer}`);
  return [
    file(address.generated(ascent.id, place, contrast, target.steps), `${stem}-${safe(name)}.png`, name, "PNG"),
    h("hr"),
    file(address.ascent(ascent.id, "images.npy"), `${stem}.npy`, "All pictures, as network input", "NPY"),
    file(address.ascent(ascent.id, "curves.csv"), `${stem}.csv`, "All curves", "CSV"),
  ];
}

export function createFeatureExport(store) {
  const menu = $("#export-menu");
  const opener = $("#export");
  menu.addEventListener("beforetoggle", event => {
    if (event.newState === "open") replace(menu, lines(store.state));
  });
  menu.addEventListener("toggle", event => {
    if (event.newState !== "open") return;
    placeUnder(menu, opener);
    $("a", menu)?.focus();
  });
}
