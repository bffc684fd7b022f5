// The line above the result that says how a run stands: running, partly there, cancelled, failed. Nothing when all is well.
import { about } from "../shell/about.js";
import { h, icon, replace } from "../lib/dom.js";
import { count, fileName, group, seconds } from "../lib/format.js";
import { ended } from "./runner.js";
import { ENGINES, term } from "../shell/term.js";
import { beginning, button, pace, retry, stripOf } from "../widgets/strip-parts.js";

/** empty, running, partial, error, cancelled or ready. */
function stateOf({ explanation, posting, problem }) {
  if (!explanation) return posting ? "running" : "empty";
  if (problem?.retry) return "error"; // what must be changed is said at its field, what may come right by itself here
  const done = explanation.cells.filter(cell => cell.status === "done").length;
  if (!ended(explanation)) return done ? "partial" : "running";
  const status = explanation.job?.status ?? explanation.status;
  if (status === "cancelled") return "cancelled";
  const failed =
    explanation.models.some(model => model.error) || explanation.cells.some(cell => cell.status === "failed");
  return status === "failed" || failed ? "error" : "ready";
}

function running({ explanation }, acts) {
  const title =
    explanation?.job?.status === "queued"
      ? "Waiting for a worker"
      : explanation
        ? `Preparing ${count(explanation.models.length, "model")}`
        : "Sending the request";
  return [
    h("span", { class: "strong" }, title),
    h("progress", { "aria-label": title }),
    h("span", { class: "quiet" }, beginning(explanation?.job, "the first map takes longest")),
    explanation ? button("Cancel", acts.stop) : null,
  ];
}

function partial({ explanation }, acts) {
  const { cells, models, images, job } = explanation;
  const done = cells.filter(cell => cell.status === "done").length;
  const all = models.length * images.length;
  return [
    h("span", { class: "strong num" }, `${group(done)} of ${count(all, "map")}`),
    h("progress", { value: done / all, max: 1, "aria-label": `${done} of ${all} maps` }),
    h("span", { class: "quiet num" }, pace(job, "maps").filter(Boolean).join(" · ")),
    button("Cancel", acts.stop),
  ];
}

function cancelled({ explanation }, acts) {
  const { cells, models, images } = explanation;
  const done = cells.filter(cell => cell.status === "done").length;
  const all = models.length * images.length;
  return [
    icon("warn", false),
    h(
      "span",
      { class: "grow" },
      `Cancelled after ${group(done)} of ${count(all, "map")}. ${done ? "What was finished is kept." : ""}`,
    ),
    button("Resume", acts.run),
  ];
}

/** The cause in one sentence: a model, an image, or the run as a whole. */
function leadOf({ cells, models, job, problems = [] }) {
  const bad = models.filter(model => model.error).length;
  if (bad) return `${bad} of ${count(models.length, "model")} gave no map.`;
  if (problems.length) return `${count(problems.length, "image")} could not be used.`;
  const failed = cells.filter(cell => cell.status === "failed").length;
  return failed
    ? `${count(failed, "map")} failed.`
    : [job?.error?.message ?? "The run failed.", job?.error?.hint].join(" ");
}

const errorsOf = ({ models, cells, job }) => [job, ...models, ...cells].map(one => one?.error);

/** The server went silent while maps were asked for: what came so far stays, and the way on is to ask again. */
const lost = ({ problem }, shown, acts) => [
  icon("warn", false),
  h("span", { class: "grow" }, h("strong", {}, problem.message), ` ${problem.hint} ${shown}`),
  problem.retry ? button("Retry", acts.again) : null,
];

function broken(state, acts) {
  const { explanation } = state;
  const bad = explanation.models.filter(model => model.error).length;
  const done = explanation.cells.filter(cell => cell.status === "done").length;
  const where = bad ? "; the reason is in its column" : "";
  const shown = `${count(done, "map is", "maps are")} shown`;
  if (state.problem?.retry) return lost(state, `${shown}.`, acts);
  return [
    icon("warn", false),
    h(
      "span",
      { class: "grow" },
      h("strong", {}, leadOf(explanation)),
      ` ${shown}${where}.`,
    ),
    retry(errorsOf(explanation), acts.run, bad === 1 ? "Retry model" : "Retry"),
  ];
}

/** Pictures that were replaced under their names: a heatmap over another picture than its own says so. */
function replaced({ explanation }, acts) {
  const images = explanation.replaced;
  if (!images?.length) return null;
  const [{ name, reason }, ...others] = images;
  const more = others.length ? ` ${count(others.length, "more image has", "more images have")} changed.` : "";
  return [
    icon("warn", false),
    h("span", { class: "grow" }, h("strong", { class: "wrap-any" }, fileName(name)), ` ${reason}${more}`),
    images.some(({ stale }) => stale) && explanation.id !== "runs" ? button("Explain again", acts.explainAgain) : null,
  ];
}

export const drawStrip = stripOf(stateOf, { waiting: running, partial, cancelled, broken, ready: replaced });

/** "12 maps · 0.4 s · native", what is shown and what it cost, as parts. */
function factsOf(explanation) {
  if (!explanation || !ended(explanation)) return [];
  const done = explanation.cells.filter(cell => cell.status === "done");
  const engines = [...new Set(done.map(cell => cell.engine).filter(Boolean))];
  const kept = done.length && done.every(cell => cell.cached);
  const { analyzer, dataset } = explanation.request; // of several runs taken as one there is no dataset and no method
  return [
    dataset ? about(analyzer) : analyzer,
    count(done.length, "map"),
    kept ? term("kept-from-before", "kept from before") : explanation.seconds ? seconds(explanation.seconds) : "",
    ...engines.map(engine => term(ENGINES[engine], engine)),
  ].filter(Boolean);
}

/** Drawn when it says something else: what has the focus in it keeps it. */
export function drawFacts(root, explanation) {
  const parts = factsOf(explanation);
  const words = parts.map(part => part.textContent ?? part).join(" · ");
  if (root.textContent === words) return;
  replace(root, parts.flatMap((part, place) => (place ? [" · ", part] : [part])));
}
