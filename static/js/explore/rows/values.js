// Values of a row in words: a loss in exponential form with three significant digits, a share with three decimals.
import { count, group, probability } from "../../lib/format.js";

const MINUS = "\u2212";

/** 5.01e-9 -> "5.01e−09"; what is no number is a dash. */
export function exponential(x) {
  if (x === null || x === undefined || !Number.isFinite(x)) return "–";
  const [digits, power] = x.toExponential(2).split("e");
  const size = power.slice(1).padStart(2, "0");
  return `${digits.replace("-", MINUS)}e${power.startsWith("-") ? MINUS : "+"}${size}`;
}

/** A distance with three significant digits. */
export function distanceText(d) {
  if (d >= 1000) return group(d);
  return d && d < 0.001 ? exponential(d) : d.toPrecision(3);
}

export const images = n => count(n, "image");

/** A share; what is nearly nothing or nearly all is not said to be it. */
export function percent(share) {
  if (!Number.isFinite(share)) return "–";
  const whole = Math.round(100 * share);
  const nearly = (whole === 0 && share > 0) || (whole === 100 && share < 1);
  return nearly ? `${Math.min(99.9, Math.max(0.1, 100 * share)).toFixed(1)} %` : `${whole} %`;
}

/** "A.loss" -> "loss", "label" -> "label". */
export const partOf = column => column.slice(column.indexOf(".") + 1);

/** "A.loss" -> "A"; null for a column of no model. */
export const letterOf = column => (column.includes(".") ? column.slice(0, column.indexOf(".")) : null);

/** A number of a column, by what the column is. */
export function numberText(column, value) {
  if (value === null || value === undefined) return "–";
  if (partOf(column.name) === "loss") return exponential(value);
  const share = partOf(column.name) === "confidence" || !Number.isInteger(value);
  return share ? probability(value) : group(value);
}

/** "A", "B", .., "Z", "AA", ..: what the columns of a model of an exploration begin with, by its place. */
export function letterAt(place) {
  const last = String.fromCharCode(65 + (place % 26));
  return place < 26 ? last : letterAt(Math.floor(place / 26) - 1) + last;
}

/** The models with the letter that their columns begin with. */
export const lettered = exploration =>
  exploration.models.map((model, place) => ({ ...model, letter: letterAt(place) }));

/** The model that is looked through: that of the colour, else that of the right map, else the first. */
export function modelOf({ exploration, colour, maps }) {
  const models = lettered(exploration);
  const letter = colour?.includes(".") ? colour.slice(0, colour.indexOf(".")) : null;
  const by = wanted => models.find(wanted);
  return by(model => model.letter === letter) ?? by(model => model.id === maps?.right?.of) ?? models[0];
}
