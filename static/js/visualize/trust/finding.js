// "Find a method for this model": which metrics it takes, and how many images.
import { spread } from "../../lib/choices.js";
import { FEW_IMAGES } from "./request.js";

export const ENOUGH = 16;
export const FINDING = ["difference", "deletion", "insertion"];

/** The selected images where they are enough, else others of the dataset with them. n: how many it has. */
export function imagesToFind({ images, dropped }, n) {
  const selected = images.filter(index => !dropped.includes(index));
  if (selected.length >= FEW_IMAGES || selected.length >= n) return selected.slice(0, ENOUGH);
  const others = spread(n, ENOUGH).filter(index => !selected.includes(index));
  return [...selected, ...others].slice(0, Math.min(ENOUGH, n)).sort((a, b) => a - b);
}
