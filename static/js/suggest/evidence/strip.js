// The line above the list by evidence that says how its job stands. Nothing when all is well.
import { h, icon } from "../../lib/dom.js";
import { count, group } from "../../lib/format.js";
import { apartWords } from "./request.js";
import { running } from "./runner.js";
import { beginning, button, pace, retry, stripOf } from "../../widgets/strip-parts.js";

/** empty, running, partial, error, cancelled or ready. */
export function stateOf({ ranking, rankPosting, rankProblem, rank }) {
  if (rankPosting) return "running";
  if (!ranking) return rank && !rankProblem ? "running" : "empty";
  if (rankProblem) return "error";
  if (running(ranking)) return ranking.n_ranked ? "partial" : "running";
  if (ranking.job.status === "cancelled") return "cancelled";
  return ranking.job.status === "failed" || ranking.n_problems ? "error" : "ready";
}

const through = ({ job }) => `${group(job.done)} of ${count(job.total, "image")}`;
const keeps = ranking => (ranking?.n_ranked ? `${count(ranking.n_ranked, "image is", "images are")} ranked.` : "");

function waiting({ ranking, rankPosting }, acts) {
  const title = rankPosting
    ? "Sending the request"
    : !ranking
      ? "Asking for the ranking"
      : ranking.job.status === "queued"
        ? "Waiting for a worker"
        : `Preparing ${count(ranking.models.length, "model")}`;
  return [
    h("span", { class: "strong" }, title),
    h("progress", { "aria-label": title }),
    h("span", { class: "quiet" }, beginning(ranking?.job, "the first images take longest")),
    ranking && !rankPosting ? button("Cancel", acts.stop) : null,
  ];
}

function partial({ ranking }, acts) {
  const { done, total } = ranking.job;
  const grows = h("span", { class: "not-s" }, " · the list grows as images are compared");
  return [
    h("span", { class: "strong num" }, through(ranking)),
    h("progress", { value: done, max: total, "aria-label": `Ranking, ${Math.floor((100 * done) / total)} percent` }),
    h("span", { class: "quiet num" }, pace(ranking.job).filter(Boolean).join(" · "), grows),
    button("Cancel", acts.stop),
  ];
}

function cancelled(state, acts) {
  const { ranking } = state;
  const again = apartWords(state) ? null : button("Rank again", acts.run); // else it would begin another request
  return [
    icon("warn", false),
    h("span", { class: "grow" }, `Cancelled after ${through(ranking)}. ${keeps(ranking)}`),
    ranking.n_problems ? button("Show problems", acts.problems) : null,
    again,
  ];
}

/** A reason for all, or how many images could not be used. */
function lead({ ranking, rankProblem }) {
  const error = rankProblem ?? ranking.job.error;
  if (error) return [error.message, error.hint].filter(Boolean).join(" ");
  return `${count(ranking.n_problems, "image")} could not be used.`;
}

function broken(state, acts) {
  const { ranking, rankProblem } = state;
  const error = rankProblem ?? ranking.job.error;
  return [
    icon("warn", false),
    h("span", { class: "grow" }, h("strong", {}, lead(state)), ` ${keeps(ranking)}`),
    ranking.n_problems ? button("Show which", acts.problems) : null,
    error?.field === "unchecked" ? button("Rank unchecked", acts.unchecked) : null,
    retry([error], acts.run),
  ];
}

export const drawStrip = stripOf(stateOf, { waiting, partial, cancelled, broken });
