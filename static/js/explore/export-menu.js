// Files of what is shown: the table as it is filtered and sorted, or all of it; each map as a picture or a drawing.
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

const PICTURES = [
  ["png", "PNG", (maps, side) => maps.mapPng(side)],
  ["svg", "SVG", async (maps, side) => new Blob([maps.mapSvg(side)], { type: "image/svg+xml" })],
];
const SIDES = { left: "Left map", right: "Right map" };
const HELD_MS = 10_000; // until the browser has taken the file

function download(blob, name) {
  const href = URL.createObjectURL(blob);
  h("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), HELD_MS);
}

/** The files of a map that is drawn; one that cannot be made says why. */
function pictures(maps, side, dataset) {
  const name = `${dataset.name}-${side}`.replace(/[^\w.-]+/g, "_");
  const save = async (ending, make) => download(await make(maps, side), `${name}.${ending}`);
  const line = ([ending, words, make]) =>
    h("button", { class: "item-l", type: "button", onclick: () => save(ending, make).catch(complain) }, words);
  return [h("h3", {}, SIDES[side]), PICTURES.map(line)];
}

/** maps(): the part of the page that draws them, once it is there. */
export function createExportMenu(store, selection, maps) {
  const menu = $("#export-menu");
  const opener = $("#export");

  const drawn = () => (store.state.view === "map" ? Object.keys(SIDES).filter(side => maps()?.isDrawn(side)) : []);

  function lines(sid) {
    const { exploration, query, sort, order } = store.state;
    const as = { sort, order };
    return [
      links(exploration.id, `All ${group(exploration.dataset.n)} images, one row each`, as),
      sid ? links(exploration.id, `The ${group(selection.count)} selected`, { ...as, selection: sid }) : null,
      query ? links(exploration.id, "What the query finds", { ...as, query }) : null,
      drawn().map(side => pictures(maps(), side, exploration.dataset)),
    ];
  }

  function draw(sid) {
    replace(menu, lines(sid));
    placeUnder(menu, opener);
    $("a", menu)?.focus();
  }

  /** Files of the selection come in when the server knows it. */
  async function open() {
    const { count: n, version } = selection;
    draw(null);
    const sid = n ? await selection.sid() : null;
    if (sid && version === selection.version) draw(sid);
  }

  menu.addEventListener("toggle", event => {
    if (event.newState === "open") open().catch(complain);
  });
}
