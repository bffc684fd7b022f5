// The query line: coloured while it is typed; what was not understood is underlined, with the nearest column as a button.
import { debounced, h, icon, replace } from "../../lib/dom.js";
import { count, group } from "../../lib/format.js";
import { whenChanged } from "./changed.js";
import { inkOf, replaced } from "./tokens.js";
import { images } from "./values.js";

const WAIT_MS = 220;

const piece = ({ text, kind, wrong }) => h("span", { class: `ink-${kind}${wrong ? " wrong" : ""}` }, text);

/** Queries that say something of these models. */
function examples({ models, columns }) {
  const has = name => columns.some(column => column.name === name);
  const labelled = has("A.right") && models.some(({ has_labels: known }) => known);
  if (!labelled) return ["A.confidence < 0.5", ...(models.length > 1 ? ["disagreement > 1"] : [])];
  const both = models.length > 1 ? ["A.right = no and B.right"] : [];
  return [...both, "A.confidence > 0.9 and A.right = no", "A.loss > 3"];
}

/** What the empty line shows: a query about a label that this dataset has. */
function exampleOf({ models, columns, dataset }) {
  const [ofOne] = examples({ models: models.slice(0, 1), columns });
  const label = dataset.labels?.[0];
  return label === undefined ? ofOne : `label = ${JSON.stringify(String(label))} and ${ofOne}`;
}

/** acts: select(), columns(opener). -> {element, draw(state, {problem, total, n, hidden, all}), focus()} */
export function createQueryLine(store, acts) {
  const ink = h("div", { class: "ink", "aria-hidden": "true" });
  const input = h("input", {
    class: "field",
    id: "query",
    type: "text",
    spellcheck: "false",
    autocomplete: "off",
    autocapitalize: "off",
    "aria-label": "Query",
    "aria-describedby": "query-say",
    onscroll: () => follow(),
    oninput: () => write(),
    onkeydown: event => event.key === "Enter" && take(),
  });
  const found = h("span", { class: "found num", role: "status" });
  const buttons = h("span", { class: "row" });
  const say = h("div", { class: "say", id: "query-say" });
  const write_ = h("div", { class: "write" }, icon("search"), ink, input);
  const element = h("div", { class: "query" }, write_, found, buttons, say);
  let typed = false; // the line is ahead of the store
  let at = null;

  const names = () => new Set(store.state.exploration.columns.map(({ name }) => name.toLowerCase()));
  const follow = () => {
    ink.scrollLeft = input.scrollLeft;
  };

  function colourIn() {
    replace(ink, inkOf(input.value, names(), at).map(piece));
    follow();
  }

  function take() {
    typed = false;
    store.set({ query: input.value.trim() });
  }
  const takeLater = debounced(() => typed && take(), WAIT_MS);

  function write() {
    typed = true;
    at = null;
    colourIn();
    takeLater();
  }

  function use(query) {
    input.value = query;
    at = null;
    take();
    colourIn();
    input.focus();
  }

  const better = ({ allowed }, range) =>
    (allowed ?? []).slice(0, 3).map(name =>
      h(
        "button",
        { class: "btn tiny mono", type: "button", onclick: () => use(replaced(input.value, range, name)) },
        name,
      ),
    );

  const wrong = problem => [
    icon("warn"),
    h("span", { class: "bad-text" }, problem.message),
    problem.allowed?.length && problem.at ? h("span", {}, "Did you mean") : null,
    problem.at ? better(problem, problem.at) : null,
    problem.hint && !problem.allowed?.length ? h("span", { class: "quiet" }, problem.hint) : null,
  ];

  const covered = ({ hidden }, selected) => [
    h("span", { class: "num", id: "rows-hidden" }, `${group(hidden)} of ${group(selected)} selected ${hidden === 1 ? "is" : "are"} hidden by the query.`),
    h("button", { class: "btn tiny", type: "button", onclick: () => use("") }, "Show them"),
  ];

  const hints = exploration => [
    h("span", { class: "quiet" }, "Try"),
    examples(exploration).map(query =>
      h("button", { class: "btn plain tiny mono", type: "button", onclick: () => use(query) }, query),
    ),
  ];

  const drawSay = whenChanged((state, { problem, hidden, selected }) => {
    const words = problem ? wrong(problem) : hidden ? covered({ hidden }, selected) : [];
    const empty = !words.length && state.view === "table" && !state.query;
    replace(say, empty ? hints(state.exploration) : words);
    say.hidden = !words.length && !empty;
    say.setAttribute("role", problem ? "alert" : "note");
  });

  const drawButtons = whenChanged((state, { problem, total }) => {
    const usable = state.query && !problem && total;
    const label = total === 1 ? "Select this one" : `Select these ${group(total)}`;
    replace(
      buttons,
      usable ? h("button", { class: "btn", type: "button", id: "query-select", onclick: acts.select }, label) : null,
      state.query ? h("button", { class: "btn plain", type: "button", onclick: () => use("") }, "Clear query") : null,
      h(
        "button",
        { class: "btn plain icon", type: "button", id: "columns-open", "aria-label": "Choose columns", "data-tip": "Choose columns", onclick: event => acts.columns(event.currentTarget) },
        icon("columns"),
      ),
    );
  });

  const countOf = (state, { problem, total, n }) =>
    problem ? "query not applied" : state.query ? `${group(total)} of ${count(n, "image")}` : images(total);

  function draw(state, list) {
    at = list.problem?.at ?? null;
    if (!typed && input.value.trim() !== state.query) input.value = state.query;
    input.placeholder = exampleOf(state.exploration);
    input.setAttribute("aria-invalid", String(Boolean(list.problem)));
    colourIn();
    found.textContent = countOf(state, list);
    const { problem, total, hidden, selected } = list;
    drawButtons([state.query, Boolean(problem), total], state, list);
    const said = problem && [problem.message, problem.at, problem.allowed];
    drawSay([said, hidden, selected, state.view, state.query, state.exploration.columns.length], state, list);
  }

  return { element, draw, use, focus: () => input.focus() };
}
