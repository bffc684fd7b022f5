// An earlier run in words: what it was, and by what it differs from the one above it in the list.
import { count, parameter } from "../lib/format.js";

const date = seconds => new Date(seconds * 1000).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
const names = run => run.models.map(model => model.name).join(", ");
const equal = (a, b) => JSON.stringify(a) === JSON.stringify(b);

function target({ targets: [{ layer, class_, neuron, top_neurons }] }) {
  const what = neuron !== null ? `neuron ${neuron}` : top_neurons !== null ? count(top_neurons, "neuron") : null;
  return [what ?? (class_ === "predicted" ? null : `class ${class_}`), layer].filter(Boolean).join(", ");
}

export const words = run =>
  [names(run), count(run.n_images, "image"), target(run), date(run.started)].filter(Boolean).join(" · ");

/** "3 times" where the same request was made again. */
export const times = ({ ids }) => (ids.length > 1 ? `${ids.length} times` : "");

/** Nouns and values, of two runs of one method; empty for others, whose names say it. */
export function differences(run, above) {
  if (!above || run.analyzer !== above.analyzer) return [];
  const changed = Object.keys(run.params).filter(name => !equal(run.params[name], above.params[name]));
  return [
    ...changed.map(name => `${name} ${parameter(run.params[name])}`),
    names(run) === names(above) ? null : names(run),
    run.dataset === above.dataset ? null : run.dataset,
    run.images === above.images ? null : run.n_images === above.n_images ? "other images" : count(run.n_images, "image"),
    equal(run.targets, above.targets) ? null : target(run) || "predicted class",
    run.engine === above.engine ? null : run.engine,
  ].filter(Boolean);
}
