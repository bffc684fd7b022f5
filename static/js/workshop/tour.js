// A tour of three clicks: two lines, then disk and ring, then both noises; after each, what to see.
import { $, h, icon, replace } from "../lib/dom.js";
import { tilePicture } from "./pictures.js";
import { decimals, filmOf, isLive, likeness, mainTrials, mean } from "./summary.js";
import { sampleStrip } from "./sample-film.js";

const KEPT = "innv-workshop-tour";
const STEPS = [
  { title: "Two lines", words: "Train on an upright and a flat line.", look: "Look for what is missing.", button: "Train on two lines" },
  { title: "Add disk and ring", words: "Two more classes that cover the same place.", look: "Now each line has to be drawn itself.", button: "Add disk and ring" },
  { title: "Add noise", words: "Two classes without any shape.", look: "The lines get clearer still.", button: "Add both noises" },
];
const DESCRIBED = "tour-heading tour-words";
const LATER = ["", "after the first", "after the second"];

export function isSkipped() {
  try {
    return localStorage.getItem(KEPT) === "done";
  } catch {
    return false;
  }
}

function keepSkipped() {
  try {
    localStorage.setItem(KEPT, "done");
  } catch {
    /* offered again next time */
  }
}

const classesOf = ({ body }) => body.classes.map(one => one.tile || one.name).sort().join(" ");
const isOf = (run, story) => run.status === "done" && run.classes.map(one => one.name).sort().join(" ") === classesOf(story);

/** How many steps are done once this run has ended. */
export const stepsAfter = (tour, run, stories) => (tour !== null && stories[tour] && isOf(run, stories[tour]) ? tour + 1 : tour);

/** The lines' |r| in the newest run of a step; null while it is not here. */
function linesOf(runs, story, lines) {
  const run = runs.find(one => isOf(one, story));
  return run ? lines.map(one => likeness(run, one.tile).mean) : null;
}

const both = values => values.map(value => decimals(value)).join(" and ");
const rise = (before, after) => (mean(after) > mean(before) ? "rise" : "go");

function absence(runs, stories) {
  const run = runs.find(one => isOf(one, stories[0]));
  const [a, b] = stories[0].body.classes;
  const film = run && filmOf(run.trials[mainTrials(run)[0]], a.tile);
  const r = film?.others?.[b.tile];
  return Number.isFinite(r) && r < 0 ? ` Its likeness to the flat line is ${decimals(r)}.` : "";
}

const SEEN = [
  (runs, stories) => [
    "Each line is shown by the absence of the other.",
    `In the picture of the upright line, a dark flat bar is as strong as the line itself, and the other way round.${absence(runs, stories)} With two classes, “no flat line” says as much as “an upright line”. Red: brighter than the start. Blue: darker.`,
  ],
  (runs, stories) => {
    const [before, after] = [0, 1].map(step => linesOf(runs, stories[step], stories[0].body.classes));
    const numbers = before && after ? ` Both lines ${rise(before, after)} from ${both(before)} to ${both(after)}.` : "";
    return ["Now each line is drawn itself.", `Disk and ring are dark where the flat line is, too, so its absence no longer tells the classes apart.${numbers}`];
  },
  (runs, stories) => {
    const after = linesOf(runs, stories[2], stories[0].body.classes);
    const numbers = after ? ` With two noise classes added, the lines reach ${both(after)}.` : "";
    return ["More to tell apart, more to draw.", `How a class looks to a network depends on what else it has to know.${numbers}`];
  },
];

const picture = (name, tiles, old) => tilePicture(tiles.find(({ id }) => id === name).pixels, { class: old ? "old" : "" });

function stepCard(story, place, { options }, acts) {
  const { title, words, look, button } = STEPS[place];
  const before = place ? classesOf(options.stories[place - 1]).split(" ") : [];
  const names = story.body.classes.map(one => one.tile);
  const start = { type: "button", class: "btn primary", id: "tour-first", onclick: () => acts.story(0) };
  return h(
    "li",
    { class: place ? "" : "now" },
    h("div", { class: "tour-tiles" }, names.map(name => picture(name, options.tiles, before.includes(name)))),
    h("h3", {}, h("span", { class: "no", "aria-hidden": "true" }, place + 1), title),
    h("p", {}, `${words} `, h("em", {}, look)),
    place ? h("span", { class: "later" }, LATER[place]) : h("button", start, icon("play"), button),
  );
}

const LEAD =
  "Train a tiny network on a few shapes. Then let it paint, step by step, the picture it takes for the best example of each class. Start with a three-click tour, or choose your own shapes.";

function storyCard(state, acts) {
  const skip = { type: "button", class: "btn plain tiny", id: "tour-skip", onclick: acts.skip };
  return h(
    "section",
    { class: "card story", "aria-labelledby": "story-title" },
    h("header", {}, h("div", { class: "grow" }, h("h2", { id: "story-title", tabIndex: -1 }, "See what a network looks for"), h("p", {}, LEAD)), h("button", skip, "Skip")),
    h("ol", { class: "tour" }, state.options.stories.slice(0, STEPS.length).map((story, place) => stepCard(story, place, state, acts))),
    sampleStrip(),
  );
}

function dots(done) {
  const dot = (_, place) => h("li", { class: place < done ? "done" : "" }, place < done ? icon("check") : String(place + 1));
  return h("ol", { class: "dots", "aria-label": `${done} of ${STEPS.length} steps done` }, STEPS.map(dot));
}

function tourBar(state, acts) {
  const done = state.tour;
  const [heading, words] = SEEN[done - 1](state.runs, state.options.stories);
  const next = STEPS[done];
  return h(
    "section",
    { class: "tour-bar", "aria-label": "Tour" },
    dots(done),
    h("div", { class: "grow" }, h("strong", { id: "tour-heading" }, heading), h("p", { id: "tour-words" }, words)),
    h(
      "div",
      { class: "row" },
      h("button", { type: "button", class: "btn plain tiny", id: "tour-end", "aria-describedby": next ? null : DESCRIBED, onclick: acts.end }, next ? "End the tour" : "Close"),
      next ? h("button", { type: "button", class: "btn primary", id: "tour-next", "aria-describedby": DESCRIBED, onclick: () => acts.story(done) }, icon("play"), next.button) : null,
    ),
  );
}

const blank = acts =>
  h(
    "p",
    { class: "quiet blank-note" },
    "Runs appear here, the newest on top. ",
    h("button", { type: "button", class: "btn tiny", id: "tour-again", onclick: acts.again }, "Show the three-click tour"),
  );

function first(state, acts) {
  if (!state.options || state.runs.length || state.posting) return null;
  return state.tour === null && isSkipped() ? blank(acts) : storyCard(state, acts);
}

function bar(state, acts) {
  const shown = state.options && state.tour > 0 && state.tour <= STEPS.length && state.runs.length && !state.posting;
  return shown && !state.runs.some(isLive) ? tourBar(state, acts) : null;
}

/** train(story): trains one of options.stories. */
export function createTour(store, train) {
  const leave = () => {
    keepSkipped();
    store.set({ tour: null });
    draw(store.state);
    $("#canvas").focus();
  };
  const acts = {
    story: place => train(store.state.options.stories[place], place),
    skip: leave,
    end: leave,
    again: () => {
      store.set({ tour: 0 });
      $("#tour-first").focus();
    },
  };
  const draw = state => {
    replace($("#story"), first(state, acts));
    replace($("#tour-bar"), bar(state, acts));
  };
  store.on(["options", "tour", "runs", "posting"], draw);
  return {
    draw,
    /** A step is done: what to see has the focus, and is read out. */
    announce: () => ($("#tour-next") ?? $("#tour-end"))?.focus({ preventScroll: true }),
  };
}
