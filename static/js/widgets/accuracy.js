// How often a model names the label, and over how many images: where labels and predictions meet.
import { h, key } from "../lib/dom.js";
import { count, group } from "../lib/format.js";

/** 200 of 400 -> "50.0 %"; all and none are whole, everything else never reads so. */
export function percent({ right, n }) {
  if (right === n || right === 0) return `${right ? 100 : 0} %`;
  return `${Math.min(99.9, Math.max(0.1, (100 * right) / n)).toFixed(1)} %`;
}

/** "98.2 % right of 400 images". */
export const accuracyWords = ({ right, n }) => `${percent({ right, n })} right of ${count(n, "image")}`;

/** A model's letter and name with its accuracy. */
export const accuracyLine = (model, accuracy) =>
  h(
    "span",
    { class: "row right-of", title: `${group(accuracy.right)} of ${count(accuracy.n, "labelled image")}, ${accuracy.name}` },
    key(model),
    h("span", { class: "clip" }, model.name),
    h("span", { class: "num" }, h("strong", {}, percent(accuracy)), ` right of ${group(accuracy.n)}`),
  );
