// A retraining under way: how far, held-out accuracy as it grows, and what training shows.
import { h, icon } from "../../lib/dom.js";
import { group } from "../../lib/format.js";
import { curvePlot } from "../rows/curve.js";
import { files } from "./own-api.js";
import { picture } from "./picture.js";

/** Points where the held-out images were looked at; the loss is that of the steps just before. */
export function curveOf({ curve }) {
  const lossAt = step => curve.loss[Math.max(0, curve.step.findLastIndex(one => one <= step))] ?? null;
  const looks = curve.looks;
  return {
    epoch: looks.map(({ step }) => step),
    held_accuracy: looks.map(({ replaced, usual }) => replaced ?? usual),
    accuracy: looks.map(({ usual }) => usual),
    loss: looks.map(({ step }) => lossAt(step)),
    held_loss: looks.map(() => null),
  };
}

const figure = (retraining, { index, name }, seed) =>
  h("figure", {}, picture("shown", files.shown(retraining.id, index, seed), `${name}, its painted part filled`), h("figcaption", { class: "clip" }, name));

const shown = retraining => [
  h("div", { class: "sub" }, h("h3", {}, "What it is shown"), h("span", { class: "quiet small" }, retraining.options.fill === "pictures" ? "the painted part of each image comes from another image" : "the painted part is filled")),
  h("div", { class: "fills" }, retraining.examples.map((one, place) => figure(retraining, one, place))),
];

/** given: cancel(). */
export function running(retraining, given) {
  const { step, options, job, model } = retraining;
  const words = options.steps ? ["step ", h("b", {}, group(step)), ` of ${group(options.steps)}`] : ["measuring"];
  const filled = options.way !== "penalty" && retraining.before;
  return h(
    "section",
    { class: "card" },
    h(
      "header",
      {},
      h("h2", { class: "grow clip" }, `${model.name}, painted out`),
      h("span", { class: "num", role: "status" }, job.message || words),
      h("button", { class: "btn tiny", type: "button", onclick: given.cancel }, icon("close"), "Cancel"),
    ),
    h("progress", { class: "thin", max: Math.max(options.steps, 1), value: step, "aria-label": "Progress of the training" }),
    h(
      "div",
      { class: "run-more bare-more" },
      h("div", { class: "curve-box" }, h("div", { class: "sub" }, h("h3", {}, "Held-out images, painted part replaced")), curvePlot(curveOf(retraining), options.steps, "steps")),
      h("div", { class: "film-wrap" }, filled ? shown(retraining) : null),
    ),
  );
}
