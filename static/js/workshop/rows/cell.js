// One class of one run: the picture that its network takes for the best example, and how alike the two are.
import { h, icon } from "../../lib/dom.js";
import { grownPicture, tilePicture } from "../pictures.js";
import { decimals, filmOf, isLive, likeness, mainTrials, plainTrials } from "../summary.js";
import { reached } from "./film.js";

const CLEAN = "|r|: how alike the grown picture and the clean shape are. 0 not at all, 1 the same.";
const MEAN = "|r|: how alike the grown picture and the mean of the training images are. 0 not at all, 1 the same.";
const NO_END = { iterations: "Did not reach p > 0.99", flat: "The slope was zero everywhere", "not finite": "A value was not finite" };

const nameLine = one => h("span", { class: "rc-name only-s" }, one.label);

/** A class that the run does not have. */
export const absentCell = one =>
  h("div", { class: "rc gone" }, h("span", { class: "sr" }, `${one.label}: not in this run`));

/** While it trains, and where it was stopped before there was a picture. */
export const waitingCell = (one, live) =>
  h(
    "div",
    { class: "rc" },
    nameLine(one),
    h("div", { class: live ? "rc-pic wait" : "rc-pic no-picture" }),
    h("div", { class: "rc-r" }, tilePicture(one.pixels), h("div", {}, h("span", { class: "quiet" }, live ? "after training" : "no picture yet"))),
  );

const whyNot = film => (reached(film) ? null : `${NO_END[film.stopped] ?? NO_END.iterations} in ${film.steps} steps`);
const flag = film =>
  reached(film) ? null : h("span", { class: "rc-flag" }, icon("warn"), `only p ${decimals(film.p.at(-1))}`);

function bigPicture(one, film, frames, { look, toggle, place }) {
  const label = `${one.label}: p ${decimals(film.p.at(-1))} after ${film.steps} steps. Show the steps.`;
  const picture = frames
    ? grownPicture(frames, Infinity, look, { "data-big": place })
    : h("span", { class: "wait grown" });
  const attributes = { type: "button", class: "rc-open", "data-key": `open-${place}`, "aria-label": label, "data-tip": whyNot(film), onclick: toggle };
  return h("div", { class: "rc-pic" }, h("button", attributes, picture, flag(film)));
}

/** The same class in several networks, small: [words, frames] each. */
const small = (pictures, look) =>
  h(
    "div",
    { class: pictures.length === 2 ? "rc-seeds two" : "rc-seeds" },
    pictures.map(([frames, words, label]) =>
      h(
        "figure",
        {},
        frames ? grownPicture(frames, Infinity, look, { scale: 3 }) : h("span", { class: "wait grown" }),
        h("figcaption", { class: "num", title: label }, words),
      ),
    ),
  );

/** Seeds side by side; without and with marks where there are marks. */
function comparison(run, one, column, { look, framesOf }) {
  const frames = trial => framesOf(trial)?.[column];
  const mains = mainTrials(run);
  const plain = plainTrials(run);
  if (plain.length) {
    const [before, after] = [likeness(run, one.name, plain), likeness(run, one.name)];
    const figures = [[plain[0], "without", before], [mains[0], "with", after]];
    return small(figures.map(([trial, words, { mean }]) => [frames(trial), `${words} ${decimals(mean)}`]), look);
  }
  if (mains.length < 2) return null;
  const { all } = likeness(run, one.name);
  return small(mains.map((trial, place) => [frames(trial), decimals(all[place]), `seed ${run.trials[trial].seed}`]), look);
}

function likenessLine(run, one, film) {
  const { mean, deviation } = likeness(run, one.name);
  const words = h(
    "span",
    { class: "num" },
    h("i", {}, "|r|"),
    " ",
    h("b", {}, decimals(mean)),
    deviation === null ? null : h("i", {}, ` ± ${decimals(deviation)}`),
    film.mean ? h("i", { class: "mean" }, " mean") : null,
  );
  const meter = h("meter", { min: 0, max: 1, value: mean ?? 0, "aria-label": `|r| of ${one.label} ${decimals(mean)}` });
  const attributes = { class: "rc-r", "data-tip": film.mean ? MEAN : CLEAN, tabIndex: 0, role: "group", "aria-label": `Likeness to ${one.label}` };
  const tile = tilePicture(one.pixels, { marks: run.request.marks?.[one.name] });
  return h("div", attributes, tile, h("div", {}, words, meter));
}

/** shown: {look, framesOf(trial), toggle()}. Before the first network is done it waits. */
export function classCell(run, one, shown) {
  const place = run.classes.findIndex(({ name }) => name === one.name);
  if (place < 0) return absentCell(one);
  const mine = run.classes[place];
  const [main] = mainTrials(run);
  const film = filmOf(run.trials[main], mine.name);
  if (!film) return waitingCell(mine, isLive(run));
  const frames = shown.framesOf(main)?.[place];
  return h(
    "div",
    { class: "rc", "data-class": mine.name },
    nameLine(mine),
    bigPicture(mine, film, frames, { ...shown, place }),
    comparison(run, mine, place, shown),
    likenessLine(run, mine, film),
  );
}
