// The line above the runs where something was refused or failed; how a training stands is said in its own row.
import { h, icon } from "../lib/dom.js";
import { retry, stripOf } from "../widgets/strip-parts.js";
import { isLive } from "./summary.js";

/** loading, error, running or ready: also what the page as a whole is in. */
export function stateOf({ options, problem, posting, runs }) {
  if (problem) return "error";
  if (!options) return "loading";
  return posting || runs.some(isLive) ? "running" : "ready";
}

function broken({ problem, runs }, acts) {
  const kept = runs.length ? " Nothing was changed." : "";
  return [
    icon("warn", false),
    h("span", { class: "grow" }, h("strong", {}, problem.message), ` ${problem.hint ?? ""}${kept}`),
    retry([problem], acts.again),
    h("button", { class: "btn plain tiny icon", type: "button", "aria-label": "Close the message", onclick: acts.dismiss }, icon("close")),
  ];
}

export const drawStrip = stripOf(stateOf, { waiting: null, partial: null, cancelled: null, broken });
