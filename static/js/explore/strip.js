// The line above the facts that says how scoring stands: running, partly there, cancelled, failed. Nothing when all is well.
import { h, icon } from "../lib/dom.js";
import { count, group } from "../lib/format.js";
import { beginning, button, pace, retry, stripOf } from "../widgets/strip-parts.js";
import { apartWords } from "./request.js";
import { running } from "./runner.js";

/** empty, running, partial, error, cancelled or ready. */
export function stateOf({ exploration, posting, problem }) {
  if (problem && !exploration) return "error";
  if (!exploration) return posting ? "running" : "empty";
  if (problem) return "error";
  if (running(exploration)) return exploration.facts ? "partial" : "running";
  const { status } = exploration.job;
  if (status === "cancelled") return "cancelled";
  return status === "failed" || exploration.problems ? "error" : "ready";
}

const scoresOf = ({ scored, models }) => scored * models.length;
const allOf = ({ dataset, models }) => dataset.n * models.length;
const toGo = exploration => `${group(scoresOf(exploration))} of ${count(allOf(exploration), "prediction")}`;

function waiting({ exploration }, acts) {
  const queued = exploration?.job.status === "queued";
  const title = !exploration ? "Sending the request" : queued ? "Waiting for a worker" : `Scoring ${exploration.dataset.name}`;
  return [
    h("span", { class: "strong" }, title),
    h("progress", { "aria-label": title }),
    h("span", { class: "quiet clip" }, beginning(exploration?.job, "the first predictions take longest")),
    exploration ? button("Cancel", acts.stop) : null,
  ];
}

function partial({ exploration }, acts) {
  const share = exploration.scored / exploration.dataset.n;
  const later = "maps, facts and rows fill as predictions arrive";
  return [
    h("span", { class: "strong num" }, toGo(exploration)),
    h("progress", { value: share, max: 1, "aria-label": `Predictions, ${Math.floor(100 * share)} percent` }),
    h("span", { class: "quiet num clip not-s" }, [...pace(exploration.job), later].filter(Boolean).join(" · ")),
    button("Cancel", acts.stop),
  ];
}

function cancelled(state, acts) {
  const { exploration } = state;
  const kept = exploration.scored ? "What has been scored is shown." : "";
  const resume = apartWords(state) ? null : button("Resume", acts.run); // else it would begin another request
  return [icon("warn", false), h("span", { class: "grow" }, `Cancelled at ${toGo(exploration)}. ${kept}`), resume];
}

/** The cause and what is left, in two sentences. */
function failure({ exploration, problem }) {
  const error = problem ?? exploration.job.error;
  if (error)
    return [[error.message, error.hint].filter(Boolean).join(" "), exploration ? `${toGo(exploration)} are kept.` : ""];
  const bad = count(exploration.problems, "image");
  return [`${bad} could not be used.`, `${count(exploration.scored - exploration.problems, "image is", "images are")} shown.`];
}

function broken(state, acts) {
  const [lead, rest] = failure(state);
  return [
    icon("warn", false),
    h("span", { class: "grow" }, h("strong", {}, lead), ` ${rest}`),
    retry([state.problem ?? state.exploration?.job.error], acts.run),
  ];
}

export const drawStrip = stripOf(stateOf, { waiting, partial, cancelled, broken });
