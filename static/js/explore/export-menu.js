// Files of what is shown: the table as it is filtered and sorted, or all of it.
import { $, h, replace } from "../lib/dom.js";
import { group } from "../lib/format.js";
import { placeUnder } from "../shell/menu.js";
import { complain } from "../shell/toast.js";
import * as api from "./exploration-api.js";

const FILES = [["csv", "CSV"], ["parquet", "Parquet"]];

const links = (id, title, wishes) => [
  h("h3", {}, title),
  FILES.map(([ending, words]) =>
    h("a", { class: "item-l", href: api.exported(id, ending, wishes), download: "" }, words),
  ),
];

export function createExportMenu(store, selection) {
  const menu = $("#export-menu");
  const opener = $("#export");

  function lines(sid) {
    const { exploration, query, sort, order } = store.state;
    const as = { sort, order };
    return [
      links(exploration.id, `All ${group(exploration.dataset.n)} images, one row each`, as),
      sid ? links(exploration.id, `The ${group(selection.count)} selected`, { ...as, selection: sid }) : null,
      query ? links(exploration.id, "What the query finds", { ...as, query }) : null,
    ];
  }

  async function open() {
    placeUnder(menu, opener);
    const sid = selection.count ? await selection.sid() : null;
    replace(menu, lines(sid));
    placeUnder(menu, opener);
    $("a", menu)?.focus();
  }

  menu.addEventListener("toggle", event => {
    if (event.newState === "open") open().catch(complain);
  });
}
