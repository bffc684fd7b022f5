// How an ascent stands: a line above the pictures, and the empty page with its next action.
import { $, h, icon, key, replace } from "../lib/dom.js";
import { count, group, seconds } from "../lib/format.js";
import { MANY, obstacle } from "./request.js";
import { ended } from "./runner.js";
import { beginning, button, retry } from "../widgets/strip-parts.js";
import { ready } from "../lib/choices.js";

const stopped = ({ targets }) => targets.filter(target => target.stopped && !["cancelled", "failed"].includes(target.stopped)).length;
const many = ({ request, targets }) => count(targets.length, request.kind, MANY[request.kind]);

/** empty, running, partial, error, cancelled or ready. */
export function stateOf({ ascent, posting, problem }) {
  if (problem) return ascent ? "error" : "empty";
  if (!ascent) return posting ? "running" : "empty";
  if (!ended(ascent)) return ascent.targets.some(({ steps }) => steps) ? "partial" : "running";
  return { cancelled: "cancelled", failed: "error" }[ascent.status] ?? "ready";
}

function running({ ascent }, acts) {
  const title = !ascent
    ? "Sending the request"
    : ascent.job.status === "queued"
      ? "Waiting for a worker"
      : `Preparing ${ascent.model.name}`;
  const words = h("span", { class: "quiet" }, beginning(ascent?.job, "the first step takes longest"));
  return [
    h("span", { class: "strong clip" }, title),
    h("progress", { "aria-label": title }),
    words,
    ascent ? button("Cancel", acts.stop) : null,
  ];
}

function partial({ ascent }, acts) {
  const { job } = ascent;
  const rate = Number.isFinite(job.rate) && job.rate > 0 ? `${job.rate < 10 ? job.rate.toFixed(1) : group(job.rate)} steps/s` : "";
  const left =
    Number.isFinite(job.seconds_left) && job.seconds_left !== null ? `${seconds(job.seconds_left)} left at most` : "";
  const title = `${group(stopped(ascent))} of ${many(ascent)}`;
  return [
    h("span", { class: "strong num" }, title),
    h("progress", { value: job.done / Math.max(job.total, 1), max: 1, "aria-label": title }),
    h("span", { class: "quiet num" }, [rate, left].filter(Boolean).join(" · ")),
    button("Cancel", acts.stop),
  ];
}

function cancelled({ ascent }, acts) {
  const going = ascent.targets.filter(target => target.stopped === "cancelled");
  const at = going.length ? `; ${going[0].name} shows step ${group(going[0].steps)}` : "";
  const words = `Cancelled. ${group(stopped(ascent))} of ${count(ascent.targets.length, "picture is", "pictures are")} finished${at}.`;
  return [
    icon("warn", false),
    h("span", { class: "grow" }, words),
    going.length ? button("Resume", acts.resume) : null,
  ];
}

function broken({ ascent, problem }, acts) {
  const error = problem ?? ascent.job.error ?? { message: "The ascent failed." };
  const kept =
    ascent && !problem
      ? ` ${group(stopped(ascent))} of ${count(ascent.targets.length, "picture is", "pictures are")} finished.`
      : "";
  return [
    icon("warn", false),
    h("span", { class: "grow" }, h("strong", {}, error.message), ` ${error.hint ?? ""}${kept}`),
    retry([error], acts.run),
  ];
}

const LOOKS = {
  running: ["", running],
  partial: ["", partial],
  cancelled: ["warn", cancelled],
  error: ["bad", broken],
};

function drawEmpty(state, acts) {
  const { problem, catalog } = state;
  const missing = obstacle(state);
  const words = missing
    ? `${missing} Then press Maximise.`
    : "A picture grows out of noise until the model responds to it as strongly as it can: it shows what the class, neuron or channel likes best, beside those of your images that activate it most. This takes from a few seconds to a few minutes.";
  $("#empty-title").textContent = problem ? "This request was not accepted" : "Nothing generated yet";
  $("#empty-words").textContent = problem ? problem.sentence : words;
  replace(
    $("#empty-acts"),
    ready(catalog.models).length
      ? h(
          "button",
          { class: "btn primary", type: "button", disabled: Boolean(missing), onclick: acts.run },
          $("#run-label").textContent,
        )
      : h("a", { class: "btn primary", href: "/models" }, "Add a model"),
  );
}

export function drawState(state, acts) {
  const name = stateOf(state);
  const [look, parts] = LOOKS[name] ?? [];
  const strip = $("#strip");
  document.body.dataset.state = name;
  strip.hidden = !parts;
  if (parts) {
    strip.className = `strip ${look}`;
    strip.setAttribute("role", name === "error" ? "alert" : "status");
    replace(strip, parts(state, acts));
  }
  if (name === "empty") drawEmpty(state, acts);
  const { ascent } = state;
  replace(
    $("#title"),
    ascent ? [key(ascent.model), h("h2", { class: "clip" }, `What ${ascent.model.name} wants to see`)] : null,
  );
  return name;
}
