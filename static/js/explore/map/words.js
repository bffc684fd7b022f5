// What is written at the maps, and what a screen reader says about them.
import { group } from "../../lib/format.js";

/** A server's sentence with the product's groups of digits. */
export const grouped = text => text.replace(/\d{1,3}(?:,\d{3})+/g, number => group(Number(number.replaceAll(",", ""))));

/** How far a map is, with the product's groups of digits; nothing when all is placed as fine as it gets. */
export function stateWords({ map, waiting }) {
  if (!map?.placed) return waiting ? "Placing images" : "";
  if (waiting) return `${grouped(map.words)}, still being refined`;
  return map.placed === map.n && (!map.landmarks || map.landmarks >= map.placed) ? "" : grouped(map.words);
}

const TRUST_TIP =
  "How many of an image's 10 nearest neighbours by value are also among its 10 nearest on the map: the mean over the images measured. If few, trust Find similar rather than the map.";
export const trustWords = ({ map }) =>
  map?.trust_words ? { words: map.trust_words, tip: TRUST_TIP } : null;

export const seenWords = (n, k) => (k > 1.05 ? `${group(n)} in view` : "");

const mapName = map => (map.of === "pixels" ? "Map of raw pixels" : "Map of features");

/** For who does not see it: how many points, what colours mean, how to use it. */
export function description({ map, problem, waiting }, { colouring, title, count }) {
  if (problem) return `The map could not be made. ${problem}`;
  if (!map) return waiting ? "The map is being made." : "No map yet.";
  const groups = colouring.groups.map(({ name, n }) => `${name} ${group(n)}`).slice(0, 12);
  const meaning = colouring.ramp ? `from ${colouring.ramp.low} to ${colouring.ramp.high}` : groups.join(", ");
  const coloured = meaning ? ` Coloured by ${title}: ${meaning}.` : "";
  const chosen = count ? ` ${group(count)} selected.` : "";
  return `${mapName(map)}, ${grouped(map.sub)}. ${group(map.placed)} of ${group(map.n)} images.${coloured}${chosen} Arrows move, plus and minus zoom, Enter opens the ringed image.`;
}

export const selectionWords = n => (n ? `${group(n)} ${n === 1 ? "image" : "images"} selected` : "Nothing selected");
