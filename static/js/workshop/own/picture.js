// Pictures that the server computes: each is asked for once, however often what is around it is drawn again.
import { h } from "../../lib/dom.js";

const MOST = 64;
const kept = new Map();

/** place: where it stands; the same picture at two places is two elements. */
export function picture(place, src, alt) {
  const key = `${place} ${src}`;
  const known = kept.get(key) ?? h("img", { class: "scene px", src, alt, onerror: () => kept.delete(key) });
  kept.delete(key);
  kept.set(key, known);
  if (kept.size > MOST) kept.delete(kept.keys().next().value);
  return known;
}
