// A map with its title, how far it is, how much it can be trusted, and what to do when it could not be made.
import { h, key, replace } from "../../lib/dom.js";
import { retry } from "../../widgets/strip-parts.js";
import { modelOf } from "./letters.js";
import { Plane } from "./plane.js";
import { description, grouped, seenWords, stateWords, trustWords } from "./words.js";

const titled = (exploration, wish) => {
  if (wish.of === "pixels") return [h("b", {}, "Raw pixels")];
  const model = modelOf(exploration, wish.of);
  return [model ? key(model) : null, h("b", {}, "Features")];
};

const subOf = ({ map }, wish) => {
  if (!map) return "";
  const sub = grouped(map.sub);
  return wish.of === "pixels" || !map.layer ? sub : `${map.layer} · ${sub}`;
};

const trustOf = feed => {
  const trust = trustWords(feed);
  return trust && h("button", { class: "term trust-words", type: "button", "data-tip": trust.tip }, trust.words);
};

const cannot = ({ problem, error }, again) =>
  h("div", { class: "cannot", role: "alert" }, h("p", {}, problem), retry([error], again, "Try again"));

class Figure {
  #drawn = "";
  #caption = h("figcaption");
  #seen = h("span", { class: "quiet num shown" });
  #state = h("p", { class: "map-state quiet num" });
  #problem = h("div", { class: "map-problem", hidden: true });
  #sentence = "";

  constructor(side, acts, card) {
    this.again = acts.again;
    this.plane = new Plane("Map", { ...acts, seen: (n, k) => (this.#seen.textContent = seenWords(n, k)) }, card);
    this.words = h("p", { class: "sr", id: `map-words-${side}` });
    this.plane.root.setAttribute("aria-describedby", this.words.id);
    const parts = [this.#caption, this.plane.root, this.#state, this.#problem, this.words];
    this.root = h("figure", { class: "scatter", "data-map": side }, parts);
  }

  #head(exploration, wish, feed) {
    const sub = subOf(feed, wish);
    const at = JSON.stringify([exploration.models.map(({ id }) => id), wish, sub, trustWords(feed)]);
    if (at === this.#drawn) return;
    this.#drawn = at;
    const shown = h("span", { class: "quiet sub", title: sub }, sub);
    replace(this.#caption, titled(exploration, wish), shown, trustOf(feed), this.#seen);
  }

  #fail(feed) {
    const { problem, points } = feed;
    this.#problem.hidden = !problem;
    this.#problem.classList.toggle("over", Boolean(points));
    if (problem === this.#sentence) return;
    this.#sentence = problem;
    replace(this.#problem, problem ? cannot(feed, this.again) : null);
  }

  /** told: {colouring, title, count}. feed: {map, problem, waiting, points}. */
  render({ exploration, wish, feed, told }) {
    const { root } = this.plane;
    this.#head(exploration, wish, feed);
    this.#fail(feed);
    this.#state.textContent = feed.problem ? "" : stateWords(feed);
    this.words.textContent = description(feed, told);
    root.setAttribute("aria-label", wish.of === "pixels" ? "Map of raw pixels" : "Map of features");
    root.setAttribute("aria-busy", String(feed.waiting));
  }
}

/** side: "left" or "right"; acts: those of a Plane and again(). -> {root, plane, render} */
export const createFigure = (side, acts, card) => new Figure(side, acts, card);
