// The line above the plots that says how scoring stands: running, partly there, cancelled, failed. Nothing when all is well.
import { h, icon, replace } from "./dom.js";
import { count, group, seconds } from "./format.js";
import { running } from "./suggest-runner.js";

/** empty, running, partial, error, cancelled or ready. */
export function stateOf({ suggestion, posting, problem }) {
  if (!suggestion) return posting ? "running" : problem ? "error" : "empty";
  if (running(suggestion)) return suggestion.n_scored ? "partial" : "running";
  const status = suggestion.job?.status ?? suggestion.status;
  if (status === "cancelled") return "cancelled";
  return status === "failed" || suggestion.n_problems || problem ? "error" : "ready";
}

const button = (words, act) => h("button", { class: "btn tiny", type: "button", onclick: act }, words);
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
    h("span", { class: "quiet" }, "the first scores take longest"),
    suggestion ? button("Cancel", acts.stop) : null,
  ];
}

function pace({ job }) {
  const known = value => Number.isFinite(value) && value !== null;
  const rate =
    known(job?.rate) && job.rate > 0 ? `${job.rate < 10 ? job.rate.toFixed(1) : group(job.rate)} images/s` : "";
  return [rate, known(job?.seconds_left) ? `${seconds(job.seconds_left)} left` : ""];
}

function partial({ suggestion }, acts) {
  const share = suggestion.n_scored / suggestion.dataset.n;
  return [
    h("span", { class: "strong num" }, toGo(suggestion)),
    h("progress", { value: share, max: 1, "aria-label": `Scores, ${Math.floor(100 * share)} percent` }),
    h("span", { class: "quiet num" }, [...pace(suggestion), "plots fill as scores arrive"].filter(Boolean).join(" · ")),
    button("Cancel", acts.stop),
  ];
}

function cancelled({ suggestion }, acts) {
  const kept = suggestion.n_scored ? "The plots show what is there." : "";
  return [
    icon("warn", false),
    h("span", { class: "grow" }, `Cancelled at ${toGo(suggestion)}. ${kept}`),
    button("Resume", acts.run),
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
  const failed = state.problem || suggestion?.job?.error;
  return [
    icon("warn", false),
    h("span", { class: "grow" }, h("strong", {}, lead), ` ${rest}`),
    suggestion?.n_problems ? button("Show which", acts.problems) : null,
    failed ? button("Try again", acts.run) : null,
  ];
}

const LOOKS = {
  running: ["", waiting],
  partial: ["", partial],
  cancelled: ["warn", cancelled],
  error: ["bad", broken],
};

export function drawStrip(root, state, acts) {
  const name = stateOf(state);
  const [look, parts] = LOOKS[name] ?? [];
  root.hidden = !parts;
  if (!parts) return name;
  root.className = `strip ${look}`;
  root.setAttribute("role", name === "error" ? "alert" : "status");
  replace(root, parts(state, acts));
  return name;
}
