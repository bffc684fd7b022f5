// The table: a row per method, the controls among them, sorted by the metric whose head is pressed. Rows stay while numbers
// come in; only cells that say something else are drawn again.
import { colour, h, icon, key, replace } from "../../lib/dom.js";
import { term } from "../../shell/term.js";
import { numberCell } from "./cell.js";
import { STANDINGS, columnsOf, measured, orderOf, rowStanding, shownOf, sortOf } from "./order.js";
import { endWords, scaleOf } from "./scale.js";

const legend = () =>
  h(
    "div",
    { class: "legend" },
    Object.entries(STANDINGS).map(([kind, words]) => term("control", words, { class: `term key-of ${kind}` })),
    h("span", { class: "key-of control" }, "a control"),
    h("span", { class: "key-of best" }, "best control"),
    h("span", { class: "grow" }),
    h("span", { class: "quiet" }, "line: 95 % interval · ", term("tied", "=1: tied for first"), " · further right is better"),
  );

/** {key, metric, model, best, scale}: a column is a metric of one model, or one metric of each model. */
function columnsFor(trust, shown, metric) {
  if (shown !== "all") {
    const model = trust.models.find(({ id }) => id === shown);
    return columnsOf(trust).map(one => ({
      id: one.name,
      metric: one,
      model,
      scale: scaleOf(one, Object.values(model.cells[one.name] ?? {})),
    }));
  }
  const one = trust.metrics.find(({ name }) => name === metric);
  const scale = scaleOf(
    one,
    trust.models.flatMap(model => Object.values(model.cells[metric] ?? {})),
  );
  return trust.models.map(model => ({ id: model.id, metric: one, model, scale }));
}

const tipOf = metric => `${metric.definition}\n${metric.citation}`;

function headCell({ id, metric, model, scale }, { shown, sorted }, onsort) {
  const own = shown === "all" ? [key(model), h("span", { class: "wrap-any" }, model.name)] : h("span", {}, metric.title);
  const here = id === sorted;
  return h(
    "th",
    {
      scope: "col",
      class: `${metric.better ? "" : "describes"} ${here ? "chosen" : ""} ${shown === "all" ? colour(model.letter) : ""}`,
      "aria-sort": here ? (metric.better === "low" ? "ascending" : "descending") : null,
      "data-metric": metric.name,
    },
    h(
      "button",
      { class: "head", type: "button", "data-sort": id, "data-tip": tipOf(metric), onclick: () => onsort(id) },
      own,
      here ? icon("down") : null,
    ),
    h("span", { class: "direction" }, shown === "all" ? metric.title : metric.direction),
    h(
      "span",
      { class: "ends", "aria-hidden": "true" },
      h("i", {}, endWords(scale.from)),
      h("i", {}, "→"),
      h("i", {}, endWords(scale.to)),
    ),
  );
}

function nameCell(row, { open, failure, standing, waiting, shown }, onopen) {
  const words = row.control ? row.title : row.name;
  const button = h(
    "button",
    {
      class: "row-name",
      type: "button",
      "data-row-name": row.name,
      "aria-expanded": String(open),
      disabled: Boolean(failure),
      onclick: event => {
        event.stopPropagation();
        onopen(row.name);
      },
    },
    failure ? null : icon(open ? "down" : "right"),
    h("span", { class: row.control ? "" : "mono" }, words.replaceAll("_", "_\u200b").replaceAll(".", ".\u200b")),
  );
  const under = failure
    ? null
    : row.control
      ? h("span", { class: "under" }, "knows nothing of the model")
      : standing === "low" && shown !== "all"
        ? h("span", { class: "under warn" }, icon("warn"), STANDINGS.low)
        : waiting
          ? h("span", { class: "under" }, waiting)
          : null;
  return h("th", { scope: "row", class: "of", "data-tip": row.control ? row.summary : null }, button, under);
}

/** Why a method has no numbers on this model, in their place. */
const reasonCell = ({ message, hint }, columns) =>
  h(
    "td",
    { class: "reason chosen", colspan: columns },
    h("span", { class: "under bad" }, icon("warn"), h("span", {}, [message, hint].filter(Boolean).join(" "))),
  );

/** "8 of 16 pictures": of a row that has some of them, also where measuring was stopped. */
function progressOf(trust, columns, name, going) {
  const counts = columns.map(({ model, metric }) => model.cells[metric.name]?.[name]?.n ?? 0);
  const most = Math.max(...counts, 0);
  if (most >= trust.images.length) return "";
  return most ? `${most} of ${trust.images.length} pictures` : going ? "waiting" : "";
}

/** acts: sort(id), open(name), metric(name). The opened row's content is drawn by `opened` into the place it gets. */
export function createBoard(acts) {
  const head = h("thead");
  const body = h("tbody");
  const table = h("table", { class: "board-table" }, h("caption", { class: "sr" }, "Methods and controls by metric"), head, body);
  const metricChoice = h("select", {
    class: "field low",
    "aria-label": "Metric",
    onchange: event => acts.metric(event.target.value),
  });
  const caption = h("p", { class: "why" });
  const root = h(
    "section",
    { class: "card board", "aria-label": "Table of methods" },
    legend(),
    h("div", { class: "metric-choice" }, h("span", { class: "label" }, "Metric"), metricChoice, caption),
    h("div", { class: "board-wrap" }, table),
  );
  const place = h("tr", { class: "opened" });
  let rows = new Map(); // name -> {element, said}
  let headSaid = "";
  let choiceSaid = "";

  function drawHead(trust, columns, view) {
    const said = JSON.stringify([
      columns.map(({ id, scale }) => [id, scale.from, scale.to]),
      view.sorted,
      view.shown,
      trust.rows.length,
    ]);
    if (said === headSaid) return;
    headSaid = said;
    const focused = document.activeElement?.dataset?.sort;
    const n = trust.rows.filter(({ control }) => !control).length;
    replace(
      head,
      h(
        "tr",
        {},
        h(
          "th",
          { scope: "col", class: "of" },
          h("span", { class: "quiet" }, `${n} ${n === 1 ? "method" : "methods"}, ${trust.rows.length - n} controls`),
        ),
        columns.map(column => headCell(column, view, acts.sort)),
      ),
    );
    if (focused) head.querySelector(`[data-sort="${CSS.escape(focused)}"]`)?.focus();
  }

  function drawChoice(trust, metric) {
    const said = JSON.stringify([trust.metrics.map(({ name }) => name), metric]);
    if (said === choiceSaid) return;
    choiceSaid = said;
    replace(
      metricChoice,
      columnsOf(trust).map(({ name, title }) => h("option", { value: name, selected: name === metric }, title)),
    );
    const chosen = trust.metrics.find(({ name }) => name === metric);
    caption.textContent = `${chosen.summary} ${chosen.direction[0].toUpperCase()}${chosen.direction.slice(1)}.`;
  }

  const failureOf = (columns, name) => columns.map(({ model }) => model.failures[name]).find(Boolean);

  function drawRow(row, trust, columns, view) {
    const cells = columns.map(({ metric, model }) => model.cells[metric.name]?.[row.name] ?? null);
    const failures = columns.map(({ model }) => model.failures[row.name]?.message ?? null);
    const open = view.open === row.name;
    const waiting = progressOf(trust, columns, row.name, view.going);
    const bests = columns.map(({ metric, model }) => model.cells[metric.name]?.[model.best_control[metric.name]] ?? null);
    const said = JSON.stringify([
      cells,
      failures,
      open,
      waiting,
      view,
      columns.map(({ id, scale }) => [id, scale.from, scale.to]),
      bests,
    ]);
    const known = rows.get(row.name) ?? { element: h("tr", { "data-row": row.name }), said: "" };
    rows.set(row.name, known);
    if (known.said === said) return known.element;
    known.said = said;
    const focused = known.element.contains(document.activeElement);
    const failure = cells.some(measured) ? null : failureOf(columns, row.name);
    const standing = view.shown === "all" ? "" : rowStanding(columns[0].model, row.name);
    known.element.className = `method-row ${row.control ? "control" : ""} ${open ? "open" : ""} ${failure ? "failed" : ""}`;
    replace(
      known.element,
      nameCell(row, { open, failure, standing, waiting, shown: view.shown }, acts.open),
      failure
        ? reasonCell(failure, view.single ? 1 : columns.length)
        : columns.map((column, at) =>
            numberCell({
              ...column,
              cell: cells[at],
              best: bests[at],
              control: row.control,
              waiting: view.going && Boolean(waiting) && !failures[at] && applies(column.metric, row),
              column: column.id === view.sorted,
            }),
          ),
    );
    if (focused) known.element.querySelector("button")?.focus();
    return known.element;
  }

  const applies = (metric, { control }) => !control || metric.against_controls || !metric.better;

  /** Elements move only where the order is another one: what has the focus keeps it. */
  function put(elements) {
    const now = [...body.children];
    if (now.length === elements.length && elements.every((element, at) => element === now[at])) return;
    const focused = /** @type {HTMLElement | null} */ (body.contains(document.activeElement) ? document.activeElement : null);
    body.replaceChildren(...elements);
    focused?.focus({ preventScroll: true });
  }

  /** sheet: the window is narrow, and what is behind a row is not below it. Returns {lead, metric, columns}. */
  function update(trust, { shownModel, sortedBy, sortedModel, openRow, going, sheet }) {
    const shown = shownOf(trust, shownModel);
    const metric = sortOf(trust, sortedBy);
    const columns = columnsFor(trust, shown, metric);
    const lead =
      shown === "all"
        ? (trust.models.find(({ id }) => id === sortedModel) ?? trust.models[0])
        : trust.models.find(({ id }) => id === shown);
    const view = { shown, sorted: shown === "all" ? lead.id : metric, open: openRow, going, single: sheet && shown !== "all" }; // single: one metric is shown at a time
    drawHead(trust, columns, view);
    drawChoice(trust, metric);
    root.classList.toggle("side-by-side", shown === "all");
    table.style.setProperty("--columns", String(columns.length));
    const names = orderOf(trust, lead, metric);
    const elements = names.map(name =>
      drawRow(
        trust.rows.find(one => one.name === name),
        trust,
        columns,
        view,
      ),
    );
    const at = names.indexOf(openRow);
    put(at < 0 || sheet ? elements : elements.toSpliced(at + 1, 0, place));
    return { lead, metric, columns: columns.length + 1 };
  }

  body.addEventListener("click", event => {
    const row = event.target.closest("tr.method-row");
    if (row && !row.classList.contains("failed") && !event.target.closest("button, a") && !String(getSelection()))
      acts.open(row.dataset.row);
  });

  /** Down and up from row to row. */
  function step(by) {
    const names = [...body.querySelectorAll(".row-name:not(:disabled)")];
    const at = names.indexOf(document.activeElement);
    const next = names[at < 0 ? (by > 0 ? 0 : names.length - 1) : Math.min(names.length - 1, Math.max(0, at + by))];
    next?.focus();
    return Boolean(next);
  }

  const clear = () => {
    rows = new Map();
    headSaid = choiceSaid = "";
    body.replaceChildren();
  };
  return { root, place, update, step, clear };
}
