// The line above the plots that says how scoring stands: running, partly there, cancelled, failed. Nothing when all is well.
import { h, icon } from "../lib/dom.js";
import { count, group } from "../lib/format.js";
import { beginning, button, pace, retry, stripOf } from "../widgets/strip-parts.js";
import { apartWords } from "./request.js";
import { running } from "./runner.js";

/** empty, running, partial, error, cancelled or ready. */
export function stateOf({ suggestion, posting, problem }) {
  if (!suggestion) return posting ? "running" : problem ? "error" : "empty";
  if (problem?.retry) return "error"; // the server went silent: nothing grows any more
  if (running(suggestion)) return suggestion.n_scored ? "partial" : "running";
  const status = suggestion.job?.status ?? suggestion.status;
  if (status === "cancelled") return "cancelled";
  return status === "failed" || suggestion.n_problems || problem ? "error" : "ready";
}

const scoresOf = ({ n_scored, models }) => n_scored * models.length;
const allOf = ({ dataset, models }) => dataset.n * models.length;
const toGo = suggestion => `${group(scoresOf(suggestion))} of ${count(allOf(suggestion), "score")}`;

function waiting({ suggestion }, acts) {
  const queued = suggestion?.job?.status === "queued";
  const title = !suggestion
    ? "Sending the request"
    : queued
      ? "Waiting for a worker"
      : `Scoring ${suggestion.dataset.name}`;
  return [
    h("span", { class: "strong" }, title),
    h("progress", { "aria-label": title }),
    h("span", { class: "quiet" }, beginning(suggestion?.job, "the first scores take longest")),
    suggestion ? button("Cancel", acts.stop) : null,
  ];
}

function partial({ suggestion }, acts) {
  const share = suggestion.n_scored / suggestion.dataset.n;
  return [
    h("span", { class: "strong num" }, toGo(suggestion)),
    h("progress", { value: share, max: 1, "aria-label": `Scores, ${Math.floor(100 * share)} percent` }),
    h("span", { class: "quiet num" }, [...pace(suggestion.job), "plots fill as scores arrive"].filter(Boolean).join(" · ")),
    button("Cancel", acts.stop),
  ];
}

function cancelled(state, acts) {
  const { suggestion } = state;
  const resume = apartWords(state) ? null : button("Resume", acts.run); // else it would begin another request
  const kept = suggestion.n_scored ? "The plots show what has been scored." : "";
  return [
    icon("warn", false),
    h("span", { class: "grow" }, `Cancelled at ${toGo(suggestion)}. ${kept}`),
    resume,
  ];
}

/** The cause and what is left, in two sentences; problems of single images have their own list. */
function failure({ suggestion, problem }) {
  const error = problem ?? suggestion?.job?.error;
  if (error)
    return [[error.message, error.hint].filter(Boolean).join(" "), suggestion ? `${toGo(suggestion)} are kept.` : ""];
  const bad = count(suggestion.n_problems, "image");
  return [
    `${bad} could not be used.`,
    `${count(suggestion.n_scored - suggestion.n_problems, "image is", "images are")} shown.`,
  ];
}

function broken(state, acts) {
  const [lead, rest] = failure(state);
  const { suggestion } = state;
  return [
    icon("warn", false),
    h("span", { class: "grow" }, h("strong", {}, lead), ` ${rest}`),
    suggestion?.n_problems ? button("Show which", acts.problems) : null,
    retry([state.problem ?? suggestion?.job?.error], acts.run),
  ];
}

export const drawStrip = stripOf(stateOf, { waiting, partial, cancelled, broken });
