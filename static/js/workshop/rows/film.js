// The second half of a row: the curve of its training, and the ascent step by step, with one scrubber for all classes.
import { $$, h, icon, replace } from "../../lib/dom.js";
import { pBar } from "../p-bar.js";
import { grownPicture, tilePicture } from "../pictures.js";
import { decimals, filmOf } from "../summary.js";
import { placeOf, shownSteps } from "./columns.js";
import { curvePlot } from "./curve.js";

const GHOSTS = 10; // frames that are shown before there are any
const PLAY_MS = 260;
const NARROW = 9; // frames up to which there is room for larger ones

const heading = (title, words) =>
  h("div", { class: "sub" }, h("h3", {}, title), h("span", { class: "quiet small" }, words));

const nameCell = one => h("div", { class: "film-name" }, tilePicture(one.pixels), h("span", {}, one.label));

/** A step of a class; a dot where its film has ended. */
function frame(one, film, frames, step, look, seek) {
  if (step > film.steps) return h("span", { class: "frame none" });
  const label = `${one.label}, step ${step}, p ${decimals(film.p[step], 3)}`;
  const attributes = { type: "button", class: "frame", tabIndex: -1, "data-step": step, "aria-label": label };
  const picture = grownPicture(frames, step, look, { scale: 3 });
  return h("button", { ...attributes, onclick: () => seek(step) }, picture, pBar(film.p[step]));
}

const ENDS = {
  probability: film => ["", "check", `${film.steps} ${film.steps === 1 ? "step" : "steps"}`],
  iterations: film => ["warn", "warn", `not reached in ${film.steps}`],
  flat: film => ["warn", "warn", `no slope left at step ${film.steps}`],
  "not finite": film => ["warn", "warn", `not finite at step ${film.steps}`],
};

export const reached = film => film.stopped === "probability";

function endCell(film) {
  const [look, symbol, words] = (ENDS[film.stopped] ?? ENDS.iterations)(film);
  return h("div", { class: `film-end ${look}` }, h("b", { class: "num" }), h("span", {}, icon(symbol), words));
}

/** Plays from the start, or holds. */
function playButton(last, seek) {
  let timer = 0;
  const button = h("button", { type: "button", class: "btn plain icon tiny", "data-key": "play" });
  const say = (symbol, words) => {
    button.setAttribute("aria-label", words);
    replace(button, icon(symbol));
  };
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    say("play", "Play the film");
  };
  function start() {
    let step = 0;
    seek(0);
    say("pause", "Pause the film");
    timer = setInterval(() => (step >= last || !button.isConnected ? stop() : seek(++step)), Math.max(20, PLAY_MS / Math.ceil(last / 30)));
  }
  button.addEventListener("click", () => (timer ? stop() : start()));
  stop();
  return button;
}

const slider = (last, onstep) =>
  h("input", {
    type: "range",
    min: 0,
    max: last,
    step: 1,
    "data-key": "film",
    "aria-label": "Step of the ascent",
    oninput: event => onstep(Number(event.target.value)),
  });

/** classes of the run with film and frames -> rows of the grid, a class each. */
function lines(classes, steps, look, seek) {
  return classes.map(({ one, film, frames }) => [
    nameCell(one),
    steps.map(step => frame(one, film, frames, step, look, seek)),
    endCell(film),
  ]);
}

/** The column of the step is seen, where the films are wider than the window. */
function reveal(scroller, place) {
  const frame = $$(".film-name ~ .frame", scroller)[place];
  if (!frame || scroller.scrollWidth <= scroller.clientWidth) return;
  scroller.scrollLeft = frame.offsetLeft + frame.offsetWidth - scroller.clientWidth / 2;
}

function sized(element, steps) {
  element.style.setProperty("--k", String(steps.length));
  element.style.setProperty("--f", steps.length > NARROW ? "36px" : "42px");
  return element;
}

/** onstep(step): after each move. -> {elements, seek(step), last, shown: how many steps are side by side} */
function filmGrid(classes, look, onstep) {
  const last = Math.max(...classes.map(({ film }) => film.steps));
  const steps = shownSteps(last);
  const scrubber = slider(last, step => seek(step));
  const told = h("output", { class: "num" });
  const head = h("div", { class: "film-head" }, playButton(last, step => seek(step)), told);
  const bar = sized(h("div", { class: "film-bar" }, head, h("div", { class: "film-scrub" }, scrubber)), steps);
  const grid = sized(h("div", { class: "film" }, lines(classes, steps, look, step => seek(step))), steps);
  const scroll = scroller(grid);

  function seek(wanted) {
    const step = Math.max(0, Math.min(last, wanted));
    scrubber.value = String(step);
    told.textContent = step ? `step ${step}` : "start";
    const here = String(steps[placeOf(step, steps)]);
    for (const one of $$("[data-step]", grid)) one.classList.toggle("here", one.dataset.step === here);
    $$(".film-end b", grid).forEach((end, place) => {
      const { film } = classes[place];
      end.textContent = `p ${decimals(film.p[Math.min(step, film.steps)], 3)}`;
    });
    reveal(scroll, placeOf(step, steps));
    onstep(step);
  }
  return { elements: [bar, scroll], seek, last, shown: steps.length };
}

const ghosts = run =>
  h("div", { class: "film" }, run.classes.map(one => [nameCell(one), Array.from({ length: GHOSTS }, () => h("span", { class: "frame ghost" })), h("span", {})]));

const training = (trial, run, note) =>
  h(
    "div",
    { class: "curve-box" },
    heading("Training", note),
    curvePlot(trial?.curve, run.request.epochs),
  );

const scroller = grid => h("div", { class: "film-scroll", tabIndex: 0, role: "group", "aria-label": "Films, one row per class" }, grid);

/** While it trains: the curve so far, and where the pictures will be. note: which network, where there are several. */
export function growingPanel(run, trial, note = "") {
  const words = "starts as soon as training is done; it takes only a moment";
  const grid = ghosts(run);
  grid.style.setProperty("--k", String(GHOSTS));
  const film = h("div", { class: "film-wrap" }, heading("The picture, step by step", words), scroller(grid));
  return h("div", { class: "run-more" }, training(trial, run, note), film);
}

/** trial with its frames per class. -> {element, seek, last} */
export function filmPanel(run, trial, frames, look, { note = "", onstep }) {
  const classes = run.classes.map((one, place) => ({ one, film: filmOf(trial, one.name), frames: frames[place] }));
  const grid = filmGrid(classes, look, onstep);
  const some = grid.last >= grid.shown ? ". Some steps are shown, the slider has all" : "";
  const words = `the bar under each picture is the network’s p for the class; it stops above 0.99${some}`;
  const film = h("div", { class: "film-wrap" }, heading("The picture, step by step", words), grid.elements);
  return { element: h("div", { class: "run-more" }, training(trial, run, note), film), seek: grid.seek, last: grid.last };
}
