// What is left of the pictures in a row: name, settings, how good the network is, and what can be done.
import { h, icon } from "../../lib/dom.js";
import { WAYS, decimals, isLive, isMarked, mainTrials, mean, settingWords, unfinished, valuesOf } from "../summary.js";
import { rowMenu } from "./row-menu.js";

const ACCURACY = "Share of right answers on the fifth of the images that was held out";
const LOSS = "Cross-entropy on the training images: 0 is perfect";
const TINY = 0.0005;
const MOST_NAME = 80; // characters

const lossWords = loss => (loss !== null && loss < TINY ? "< 0.001" : decimals(loss, 3));

const figure = (words, value, tip) => h("button", { class: "term", type: "button", "data-tip": tip }, `${words} `, h("b", {}, value));

/** Which of several networks trains. */
export function turnWords(run) {
  const trial = unfinished(run);
  const place = run.trials.indexOf(trial);
  return trial && run.trials.length > 1 ? `network ${place + 1} of ${run.trials.length}` : "";
}

function liveFigures(run) {
  const turn = turnWords(run);
  const epoch = unfinished(run)?.epoch ?? run.request.epochs;
  if (run.status === "queued") return h("p", { class: "rf-num num" }, "waiting for a worker");
  const words = h("span", {}, "epoch ", h("b", {}, epoch), ` of ${run.request.epochs}`);
  return h("p", { class: "rf-num num" }, words, turn ? h("span", { class: "quiet" }, turn) : null);
}

function figures(run) {
  const mains = mainTrials(run);
  const accuracy = mean(valuesOf(run, mains, "accuracy"));
  if (accuracy === null) return null;
  const loss = mean(valuesOf(run, mains, "loss"));
  return h("p", { class: "rf-num num" }, figure("accuracy", decimals(accuracy, 3), ACCURACY), figure("loss", lossWords(loss), LOSS));
}

/** What a person should know of the run, and that its numbers are those of an earlier one. */
function notes({ notes: said, same_as: twin }) {
  const words = [...(twin ? [`The same numbers as ${twin.name}: the same request.`] : []), ...(said ?? [])];
  return words.map(one => h("p", { class: "rf-note small quiet" }, one));
}

/** Stopped or failed: what was kept, and the way on. */
function endNote(run) {
  if (!["cancelled", "failed"].includes(run.status)) return null;
  const epoch = unfinished(run)?.epoch ?? run.request.epochs;
  const { error } = run;
  const words = run.status === "failed" ? [error?.message ?? "The training failed.", error?.hint].filter(Boolean).join(" ") : "Cancelled.";
  return h("p", { class: "rf-end small" }, icon("warn"), h("span", {}, `${words} ${epoch} of ${run.request.epochs} epochs are kept.`));
}

function liveActs(run, acts) {
  return h("button", { type: "button", class: "btn tiny", "data-key": "cancel", onclick: () => acts.cancel(run) }, icon("close"), "Cancel");
}

const button = (key, symbol, words, act, more = {}) =>
  h("button", { type: "button", class: "btn tiny", "data-key": key, onclick: act, ...more }, icon(symbol), words);

function doneActs(run, { open, acts }) {
  const made = run.trials.some(({ films }) => films.length);
  const resumable = ["cancelled", "failed"].includes(run.status);
  return [
    resumable ? button("resume", "play", "Resume", () => acts.resume(run)) : null,
    made ? button("steps", "film", open ? "Hide steps" : "Steps", () => acts.toggle(run), { "aria-expanded": String(open) }) : null,
    made ? button("visualize", "visualize", "Visualize", () => acts.visualize(run), { "data-tip": "Open this network in Visualize" }) : null,
    rowMenu(run, acts),
  ];
}

function tick(run, { ticked, acts }) {
  const choose = event => acts.tick(run, event.target.checked);
  return h("input", {
    type: "checkbox",
    "aria-label": `Compare ${run.name}`,
    "data-tip": "Tick two runs to see their difference",
    "data-key": "tick",
    checked: ticked,
    onchange: choose,
  });
}

function pin(run, acts) {
  const words = run.pinned ? `Unpin ${run.name}` : `Pin ${run.name} to the top`;
  return h(
    "button",
    {
      type: "button",
      class: "btn plain tiny icon pin",
      "data-key": "pin",
      "aria-pressed": String(run.pinned),
      "aria-label": words,
      "data-tip": run.pinned ? "Unpin" : "Pin to the top",
      onclick: () => acts.pin(run),
    },
    icon("pin"),
  );
}

/** The name as a field: Enter and leaving it keep, Escape does not. */
function nameField(run, acts) {
  let kept = false;
  const keep = value => {
    if (kept) return;
    kept = true;
    acts.named(run, value);
  };
  return h("input", {
    class: "field low rf-name",
    id: `name-${run.id}`,
    value: run.name,
    maxlength: MOST_NAME,
    "aria-label": "Name of the run",
    "data-key": "name",
    onblur: event => keep(event.target.value),
    onkeydown: event => {
      if (!["Enter", "Escape"].includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      keep(event.key === "Enter" ? event.target.value : run.name);
    },
  });
}

const marked = run =>
  isMarked(run) ? h("button", { class: "term tag hi", type: "button", "data-tip": `Trained with marks by ${WAYS[run.request.way]}, and without` }, icon("brush"), "marked") : null;

/** shown: {open, ticked, renaming, acts}. */
export function rowHead(run, shown) {
  const live = isLive(run);
  const title = shown.renaming ? nameField(run, shown.acts) : h("h2", { class: "clip", id: `title-${run.id}`, title: run.name }, run.name);
  return h(
    "div",
    { class: "rf" },
    h("div", { class: "row rf-top" }, live ? null : tick(run, shown), title, marked(run), h("span", { class: "grow" }), live ? null : pin(run, shown.acts)),
    h("p", { class: "rf-facts" }, settingWords(run).join(" · ")),
    live ? liveFigures(run) : figures(run),
    endNote(run),
    notes(run),
    h("div", { class: "row rf-acts" }, live ? liveActs(run, shown.acts) : doneActs(run, shown)),
  );
}
