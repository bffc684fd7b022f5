// A map with its title, how far it is, how much it can be trusted, and what to do when it could not be made.
import { h, key, replace } from "../../lib/dom.js";
import { modelOf } from "./letters.js";
import { Plane } from "./plane.js";
import { description, seenWords, stateWords, trustWords } from "./words.js";

const titled = (exploration, wish) => {
  if (wish.of === "pixels") return [h("b", {}, "Raw pixels")];
  const model = modelOf(exploration, wish.of);
  return [model ? key(model) : null, h("b", {}, "Features")];
};

const subOf = ({ map }, wish) => {
  if (!map) return "";
  return wish.of === "pixels" || !map.layer ? map.sub : `${map.layer} · ${map.sub}`;
};

const trustOf = feed => {
  const trust = trustWords(feed);
  return trust && h("button", { class: "term trust-words", type: "button", "data-tip": trust.tip }, trust.words);
};

const cannot = (problem, again) =>
  h(
    "div",
    { class: "cannot", role: "alert" },
    h("p", {}, problem),
    h("button", { class: "btn", type: "button", onclick: again }, "Try again"),
  );

/** side: "left" or "right"; acts: those of a Plane and again(). */
export function createFigure(side, acts, card) {
  const caption = h("figcaption");
  const shown = h("span", { class: "quiet num shown" });
  const plane = new Plane("Map", { ...acts, seen: (n, k) => (shown.textContent = seenWords(n, k)) }, card);
  const words = h("p", { class: "sr", id: `map-words-${side}` });
  const state = h("p", { class: "map-state quiet num" });
  const problem = h("div", { class: "map-problem", hidden: true });
  plane.root.setAttribute("aria-describedby", words.id);
  let drawn = "";

  function head(exploration, wish, feed) {
    const at = JSON.stringify([exploration.id, exploration.models.map(({ id }) => id), wish, subOf(feed, wish), stateWords(feed), trustWords(feed)]);
    if (at === drawn) return;
    drawn = at;
    const sub = h("span", { class: "quiet sub" }, subOf(feed, wish));
    state.textContent = stateWords(feed);
    replace(caption, titled(exploration, wish), sub, trustOf(feed), shown);
    sub.title = sub.textContent;
  }

  /** told: {colouring, title, count}. feed: {map, problem, waiting, points}. */
  function render({ exploration, wish, feed, told }) {
    head(exploration, wish, feed);
    words.textContent = description(feed, told);
    plane.root.setAttribute("aria-label", wish.of === "pixels" ? "Map of raw pixels" : "Map of features");
    plane.root.setAttribute("aria-busy", String(feed.waiting));
    const failed = feed.problem && !problem.hidden && problem.firstChild?.firstChild?.textContent === feed.problem;
    if (!failed) replace(problem, feed.problem ? cannot(feed.problem, acts.again) : null);
    problem.hidden = !feed.problem;
    problem.classList.toggle("over", Boolean(feed.points));
  }

  return { root: h("figure", { class: "scatter", "data-map": side }, caption, plane.root, state, problem, words), plane, render };
}
