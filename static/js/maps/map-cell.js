// One map of the grid with what is shown beside it, in each of its states.
import { assumedTag } from "../widgets/class-names.js";
import { colour, h, icon, key, replace } from "../lib/dom.js";
import { engineMaps, faceOf } from "./engine-cell.js";
import { maps } from "./neurons.js";
import { healthBadge } from "./health.js";
import { explained, topThree, verdict } from "./prediction.js";

const owner = model =>
  h(
    "span",
    { class: "only-s" },
    h("span", { class: "named" }, key(model), h("span", { class: "wrap-any" }, model.name)),
    assumedTag(model),
  );
export const UNKNOWN = { message: "This map could not be computed." };
const RISK =
  "If run unchecked, a layer that the method does not know is passed by its plain gradient: the map may break the method's rules.";

export function mapLabel(explanation, model, image, cell) {
  const several = (cell.targets?.length ?? 1) > 1;
  const target = several || cell.target?.name === undefined ? "" : `, explaining ${cell.target.name}`;
  return `Heatmap of ${model.letter} ${model.name} for ${image.name}${target}, ${explanation.request.analyzer}`;
}

/** Cause and remedy, once per column; where it is known to be possible, a way to go on knowingly. */
export function failure(model, error, { onunchecked, again = false }) {
  if (again) return h("div", { class: "fail again" }, owner(model), h("strong", {}, icon("warn"), "No map"));
  return h(
    "div",
    { class: "fail" },
    owner(model),
    h("strong", {}, icon("warn"), "No map"),
    h("span", {}, [error.message, error.hint].filter(Boolean).join(" ")),
    error.unchecked_possible
      ? [
          h("button", { class: "btn tiny", type: "button", "data-term": "unchecked", onclick: onunchecked }, "Run unchecked"),
          h("p", { class: "why" }, RISK),
        ]
      : null,
  );
}

function finished(context, cell) {
  const { explanation, model, image, second } = context;
  const spec = {
    run: explanation.id,
    dataset: explanation.request.dataset,
    model: model.id,
    image: image.index,
    size: cell.shape,
    label: mapLabel(explanation, model, image, cell),
  };
  return h(
    "div",
    { class: second ? "cell both" : "cell" },
    second ? engineMaps(spec, cell, second) : maps(spec, cell),
    h(
      "div",
      { class: "read" },
      owner(model),
      topThree(cell.top || [], cell.predicted),
      explained(cell),
      verdict(cell, image.label),
      healthBadge(cell.health, explanation.request.analyzer),
    ),
  );
}

const waiting = model =>
  h(
    "div",
    { class: "cell", "aria-busy": "true" },
    h("div", { class: "map" }, h("div", { class: "wait" })),
    h("div", { class: "read" }, owner(model)),
  );

/** Which of its faces a cell shows; redrawn only when this text changes. */
export function face(explanation, model, cell, ended, second) {
  if (cell?.status === "done") return `done ${explanation.id} ${faceOf(second)}`;
  if (model.error || cell?.status === "failed") return "failed";
  return ended ? "kept" : "waiting";
}

/** -> {element: td, update(explanation, model, cell, ended, second)}; second: what the other engine gave, or null. */
export function mapCell({ model, image, row, onunchecked }) {
  const element = h("td", { class: colour(model.letter) });
  let drawn = "";
  const update = (explanation, current, cell, ended, second = null) => {
    const now = face(explanation, current, cell, ended, second);
    if (now === drawn) return;
    drawn = now;
    if (now.startsWith("done")) replace(element, finished({ explanation, model: current, image, second }, cell));
    else if (now === "failed")
      replace(
        element,
        failure(current, current.error || cell.error || UNKNOWN, {
          onunchecked,
          again: row > 0 && Boolean(current.error),
        }),
      );
    else if (now === "kept") replace(element, h("div", { class: "kept" }, "not computed"));
    else replace(element, waiting(current));
  };
  return { element, update };
}
