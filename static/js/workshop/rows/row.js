// A run as a card: what it does with marks, its facts and pictures, and below them the curve and the film.
import { $$, h } from "../../lib/dom.js";
import { paintFrame } from "../pictures.js";
import { isLive, mainTrials, share, unfinished } from "../summary.js";
import { behaviour } from "./behaviour.js";
import { classCell } from "./cell.js";
import { filmPanel, growingPanel } from "./film.js";
import { rowHead, turnWords } from "./head.js";

const progress = run =>
  h("progress", { class: "thin", max: 1, value: share(run), "aria-label": `Epochs of ${run.name}, ${Math.floor(100 * share(run))} percent` });

/** Which network the curve and the film are of, where there are several. */
function networkWords(run, trial) {
  if (run.trials.length < 2) return "";
  const seed = `seed ${trial.seed}`;
  return trial.way === "none" ? seed : `${seed}, with marks`;
}

/** The open half of a row: {element, seek, last}; seek moves the film and the large pictures. */
function opened(run, element, shown) {
  const [main] = mainTrials(run);
  const frames = shown.framesOf(main);
  if (!frames) return null;
  const repaint = step => {
    for (const canvas of $$("[data-big]", element)) paintFrame(canvas, frames[Number(canvas.dataset.big)], step, shown.look);
  };
  return filmPanel(run, run.trials[main], frames, shown.look, {
    note: networkWords(run, run.trials[main]),
    onstep: step => {
      shown.steps.set(run.id, step);
      repaint(step);
    },
  });
}

function openFilm(run, element, shown) {
  const film = shown.open ? opened(run, element, shown) : null;
  if (!film) return null;
  element.append(film.element);
  film.seek(shown.steps.get(run.id) ?? film.last);
  return film;
}

/**
 * shown: {columns, open, ticked, renaming, look, steps, framesOf(trial), acts}; steps: where each run's film is.
 * -> {element, seek(step) or null, step(): where its film is}
 */
export function createRow(run, shown) {
  const live = isLive(run);
  const cells = shown.columns.map(one => classCell(run, one, { look: shown.look, framesOf: shown.framesOf, toggle: () => shown.acts.toggle(run) }));
  const element = h(
    "article",
    { class: run.pinned ? "card run pinned" : "card run", tabIndex: -1, "data-run": run.id, "aria-labelledby": `${shown.renaming ? "name" : "title"}-${run.id}` },
    live ? null : behaviour(run),
    h("div", { class: "run-main" }, rowHead(run, shown), cells),
    live ? progress(run) : null,
    live ? growingPanel(run, unfinished(run), turnWords(run)) : null,
  );
  const film = live ? null : openFilm(run, element, shown);
  return { element, seek: film?.seek ?? null, step: () => shown.steps.get(run.id) ?? film?.last ?? 0 };
}
