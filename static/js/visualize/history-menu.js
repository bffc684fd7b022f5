// Earlier runs: reopen, name, delete, compare. They are there after a restart, with the maps that were kept.
import { $, h, icon, replace } from "../lib/dom.js";
import { address, get, patch, remove } from "../lib/api.js";
import { MOST_COMPARED } from "./compare.js";
import { differences, times, words } from "./history-words.js";
import { placeUnder } from "../shell/menu.js";
import { turns } from "../lib/turns.js";
import { complain } from "../shell/toast.js";

const SHOWN = 40;
/** Its first image; nothing where the images are not open. */
const thumb = ({ picture }) =>
  picture
    ? h("img", { src: address.thumbnail(picture.dataset, picture.image, 64), alt: "", loading: "lazy" })
    : h("span", { class: "no-picture" });

function row(run, above, here, chosen, acts) {
  const name = run.title || run.analyzer;
  const button = (symbol, label, act) =>
    h("button", { class: "btn plain icon tiny", type: "button", "aria-label": label, onclick: act }, icon(symbol));
  const isHere = run.ids.includes(here);
  const other = differences(run, above);
  return h(
    "li",
    { class: isHere ? "earlier here" : "earlier" },
    h("input", {
      type: "checkbox",
      "aria-label": `Compare the run ${name}, ${words(run)}`,
      checked: chosen.includes(run.id),
      onchange: event => acts.choose(run, event.target.checked),
    }),
    h(
      "button",
      { class: "open grow", type: "button", onclick: () => acts.open(run), "aria-current": isHere ? "true" : null },
      thumb(run),
      h("span", { class: run.title ? "strong clip" : "mono clip" }, name),
      other.length ? h("span", { class: "small differs" }, `differs by ${other.join(" · ")}`) : null,
      h("span", { class: "quiet small" }, [run.title && run.analyzer, words(run), times(run)].filter(Boolean).join(" · ")),
    ),
    button("edit", `Name the run ${name}`, () => acts.rename(run)),
    button("cross", `Delete the run ${name} from the list`, () => acts.forget(run)),
  );
}

function form(run, acts) {
  const field = h("input", { class: "field low", value: run.title, maxLength: 120, "aria-label": "Name of this run" });
  const element = h(
    "form",
    { class: "row" },
    field,
    h("button", { class: "btn tiny", type: "submit" }, "Name"),
  );
  element.addEventListener("submit", event => {
    event.preventDefault();
    acts.named(run, field.value);
  });
  return element;
}

/** A line is a request: what is done to it is done to all the runs that made it. */
async function ofAll(ids, act) {
  for (const id of ids) await act(`/history/${encodeURIComponent(id)}`);
}

/** open(id) shows a run, compare(ids) several beside each other. */
export function createHistoryMenu(store, open, compare) {
  const menu = $("#history-menu");
  const opener = $("#history");
  const start = h("button", { class: "btn tiny", type: "button", id: "compare-runs", onclick: () => acts.compare() });
  let runs = [];
  let chosen = []; // ids, in the order they were ticked

  const acts = {
    open: run => {
      menu.hidePopover();
      open(run.id);
    },
    choose: (run, on) => {
      chosen = chosen.filter(id => id !== run.id).concat(on ? [run.id] : []);
      drawStart();
    },
    compare: () => {
      menu.hidePopover();
      compare(chosen);
    },
    rename: run => {
      const line = $$row(run.id);
      replace(line, form(run, acts));
      $("input", line).focus();
    },
    named: (run, title) => done(ofAll(run.ids, path => patch(path, { title })), () => $$row(run.id)),
    forget: run => {
      const place = runs.indexOf(run);
      done(ofAll(run.ids, remove), () => $$row(runs[Math.min(place, runs.length - 1)]?.id ?? ""));
    },
  };
  const $$row = id => $(`[data-run="${CSS.escape(id)}"]`, menu);

  function drawStart() {
    const [few, many] = [chosen.length < 2, chosen.length > MOST_COMPARED];
    start.disabled = few || many;
    start.textContent = few ? "Tick two to compare" : many ? `At most ${MOST_COMPARED}` : `Compare ${chosen.length} runs`;
  }

  function draw() {
    const here = store.state.explanation?.id;
    chosen = chosen.filter(id => runs.some(run => run.id === id));
    const rows = runs.slice(0, SHOWN).map((run, place) => {
      const line = row(run, runs[place - 1], here, chosen, acts);
      line.dataset.run = run.id;
      return line;
    });
    const none = h("p", { class: "why" }, "Nothing has been explained yet. Every run is listed here, and with --workspace even after a restart.");
    const head = h("header", {}, h("h3", {}, "Earlier runs"), runs.length > 1 ? start : null);
    drawStart();
    replace(menu, head, rows.length ? h("ul", { class: "bare" }, rows) : none);
  }

  const listed = turns();
  async function load() {
    const current = listed();
    const answer = await get("/history");
    if (!current()) return;
    runs = answer.runs;
    draw();
  }

  /** The line of a run that was changed, or the one in the place of one that is gone, has the focus then. */
  const done = (change, lineOf) =>
    change
      .then(load)
      .then(() => ($(".open", lineOf() ?? menu) ?? opener).focus())
      .catch(complain);

  menu.addEventListener("toggle", event => {
    if (event.newState !== "open") return;
    load()
      .then(() => {
        placeUnder(menu, opener);
        $(".open", menu)?.focus();
      })
      .catch(complain);
  });
}
