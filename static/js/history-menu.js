// Earlier runs: reopen, name, delete. They are there after a restart, with the maps that were kept.
import { $, h, icon, replace } from "./dom.js";
import { get, patch, remove } from "./api.js";
import { count } from "./format.js";
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

function row(run, here, acts) {
  const name = run.title || run.analyzer;
  const button = (symbol, label, act) =>
    h("button", { class: "btn plain icon tiny", type: "button", "aria-label": label, onclick: act }, icon(symbol));
  return h(
    "li",
    { class: run.id === here ? "earlier here" : "earlier" },
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

/** open(id) shows a run. */
export function createHistoryMenu(store, open) {
  const menu = $("#history-menu");
  const opener = $("#history");
  let runs = [];

  const acts = {
    open: run => {
      menu.hidePopover();
      open(run.id);
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

  function draw() {
    const here = store.state.explanation?.id;
    const rows = runs.slice(0, SHOWN).map(run => {
      const line = row(run, here, acts);
      line.dataset.run = run.id;
      return line;
    });
    const none = h("p", { class: "why" }, "Nothing has been explained yet. Every run is listed here, also after a restart.");
    replace(menu, h("h3", {}, "Earlier runs"), rows.length ? h("ul", { class: "bare" }, rows) : none);
  }

  async function load() {
    ({ runs } = await get("/history"));
    draw();
  }

  menu.addEventListener("toggle", event => {
    if (event.newState !== "open") return;
    load()
      .then(() => {
        const box = opener.getBoundingClientRect();
        menu.style.setProperty("top", `${box.bottom + 6}px`);
        menu.style.setProperty("left", `${Math.max(8, box.right - menu.offsetWidth)}px`);
        $("button", menu)?.focus();
      })
      .catch(complain);
  });
}
