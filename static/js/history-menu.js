// Earlier runs: reopen, name, delete, compare. They are there after a restart, with the maps that were kept.
import { $, h, icon, replace } from "./dom.js";
import { get, patch, remove } from "./api.js";
import { MOST_COMPARED } from "./compare.js";
import { count } from "./format.js";
import { placeUnder } from "./menu.js";
import { complain } from "./toast.js";

const SHOWN = 40;
const date = seconds => new Date(seconds * 1000).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });

function target({ targets: [{ layer, class_, neuron, top_neurons }] }) {
  const what = neuron !== null ? `neuron ${neuron}` : top_neurons !== null ? count(top_neurons, "neuron") : null;
  return [what ?? (class_ === "predicted" ? null : `class ${class_}`), layer].filter(Boolean).join(", ");
}

function words(run) {
  return [run.models.map(model => model.name).join(", "), count(run.n_images, "image"), target(run), date(run.started)]
    .filter(Boolean)
    .join(" · ");
}

function row(run, here, chosen, acts) {
  const name = run.title || run.analyzer;
  const button = (symbol, label, act) =>
    h("button", { class: "btn plain icon tiny", type: "button", "aria-label": label, onclick: act }, icon(symbol));
  return h(
    "li",
    { class: run.id === here ? "earlier here" : "earlier" },
    h("input", {
      type: "checkbox",
      "aria-label": `Compare the run ${name}, ${words(run)}`,
      checked: chosen.includes(run.id),
      onchange: event => acts.choose(run, event.target.checked),
    }),
    h(
      "button",
      { class: "open grow", type: "button", onclick: () => acts.open(run), "aria-current": run.id === here ? "true" : null },
      h("span", { class: run.title ? "strong clip" : "mono clip" }, name),
      h("span", { class: "quiet small" }, (run.title ? `${run.analyzer} · ` : "") + words(run)),
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
    named: (run, title) => patch(`/history/${encodeURIComponent(run.id)}`, { title }).then(load).catch(complain),
    forget: run => remove(`/history/${encodeURIComponent(run.id)}`).then(load).catch(complain),
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
    const rows = runs.slice(0, SHOWN).map(run => {
      const line = row(run, here, chosen, acts);
      line.dataset.run = run.id;
      return line;
    });
    const none = h("p", { class: "why" }, "Nothing has been explained yet. Every run is listed here; with --workspace also after a restart.");
    const head = h("header", {}, h("h3", {}, "Earlier runs"), runs.length > 1 ? start : null);
    drawStart();
    replace(menu, head, rows.length ? h("ul", { class: "bare" }, rows) : none);
  }

  async function load() {
    ({ runs } = await get("/history"));
    draw();
  }

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
