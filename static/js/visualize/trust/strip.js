// The line above the table that says how the measuring stands. Nothing when all is well.
import { ended } from "../../lib/follow.js";
import { count, group, seconds } from "../../lib/format.js";
import { h, icon } from "../../lib/dom.js";
import { beginning, button, retry, stripOf } from "../../widgets/strip-parts.js";
import { apartWords } from "./request.js";
import { finishedRows } from "./order.js";

/** empty, running, partial, error, cancelled or ready. */
function stateOf({ trust, trustPosting, trustProblem }) {
  if (trustProblem?.retry) return "error";
  if (!trust) return trustPosting ? "running" : "empty";
  if (!ended(trust)) return trust.job.done ? "partial" : "running";
  return { cancelled: "cancelled", failed: "error" }[trust.status] ?? "ready";
}

const methodsIn = ({ rows }) => rows.filter(({ control }) => !control).length;

function running({ trust }, acts) {
  const title =
    trust?.job.status === "queued" ? "Waiting for a worker" : trust ? "Preparing the pictures" : "Sending the request";
  return [
    h("span", { class: "strong" }, title),
    h("progress", { "aria-label": title }),
    h("span", { class: "quiet" }, beginning(trust?.job, "the first rows come in a few seconds")),
    trust ? button("Cancel", acts.stop) : null,
  ];
}

function partial({ trust }, acts) {
  const { job } = trust;
  const done = finishedRows(trust);
  const left = Number.isFinite(job.seconds_left) && job.seconds_left !== null ? `${seconds(job.seconds_left)} left` : "";
  return [
    h("span", { class: "strong num" }, `${done} of ${count(methodsIn(trust), "method")}`),
    h("progress", {
      value: job.done,
      max: job.total || 1,
      "aria-label": `${group(job.done)} of ${group(job.total)} forward passes`,
    }),
    h(
      "span",
      { class: "quiet num" },
      [`${group(job.done)} of ${group(job.total)} forward passes`, left].filter(Boolean).join(" · "),
    ),
    button("Cancel", acts.stop),
  ];
}

function cancelled(state, acts) {
  const [done, total] = [state.trust.job.done, state.trust.job.total].map(group);
  const resume = apartWords(state) ? null : button("Resume", acts.run); // else it would begin another request
  const words = `Cancelled after ${done} of ${total} forward passes. What was measured is kept.`;
  return [icon("warn", false), h("span", { class: "grow" }, words), resume];
}

function broken({ trust, trustProblem }, acts) {
  const error = trustProblem ?? trust.job.error ?? {};
  const kept = trust ? " What was measured is kept." : "";
  return [
    icon("warn", false),
    h("span", { class: "grow" }, h("strong", {}, error.message ?? "Measuring failed."), ` ${error.hint ?? ""}${kept}`),
    retry([error], acts.run),
  ];
}

export const drawTrustStrip = stripOf(stateOf, { waiting: running, partial, cancelled, broken });
