// One plot with its title, tools, hover card and table. Asks the server for it, lets it grow, tells what was pressed.
import { eager, h, icon, replace } from "../lib/dom.js";
import { get } from "../lib/api.js";
import { createFigure } from "./bokeh-figure.js";
import { count, group } from "../lib/format.js";
import { createHoverCard } from "./hover-card.js";
import { createPlotHead } from "./head.js";
import { leftOut, lookAt, placesOf, stepTo, wordsOf } from "./marks.js";
import { csvOf, save, tableOf } from "./tools.js";
import { complain } from "../shell/toast.js";
import { themeNow } from "../lib/theme.js";

const ZOOM_WAIT_MS = 50; // a turn of the wheel is several steps
const GROW_WAIT_MS = 600;
const STEPS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);
const ZOOMS = { "+": 0.6, "=": 0.6, "-": 1 / 0.6, "−": 1 / 0.6 };


const height = () => (matchMedia("(max-width: 700px)").matches ? 240 : 300);
const formOf = ({ item, aggregated }, theme) => `${aggregated} ${theme} ${item.doc.roots[0].attributes.output_backend}`;

/** What the darkness of a cell means. */
const keyOf = ({ n, dots_at_most: most }) => [
  "few",
  h("span", { class: "key-ramp" }),
  `many of ${count(n, "image")}; each one is a dot when at most ${group(most)} are in view`,
];

/** plot: what a page's plot is called, asks for and does. Whole numbers of `plot.source()` grow while a job runs.

kind; title; after (nodes behind the sentence); heading(), sentence(), choice(), choiceKey(); zoomed() -> ends or null, tabled(), chosen() -> look;
source() -> {id, dataset, models, n_scored} or null; obstacle() -> why it cannot be drawn, or null; address({theme, height}); glimpse(look, more) ->
{images}; look(look), view(ends), told(answer), toggleTable(). */
export function createPlotCard(plot) {
  const { kind } = plot;
  const card = {
    figure: null,
    form: null,
    answer: null,
    asked: null,
    drawn: null,
    place: null,
    zooming: false,
    moved: false,
    busy: false,
  };
  const root = h("div", { class: "figure", tabIndex: 0, role: "group", "aria-roledescription": "plot" });
  const live = h("span", { class: "sr", role: "status" });
  const ring = h("div", { class: "here", hidden: true });
  const table = h("div", { class: "plot-table", tabIndex: 0, role: "region", hidden: true });
  const note = h("p", { class: "plot-note", hidden: true });
  const box = h("div", { class: "in plot" }, root, live, note, table);
  const hover = createHoverCard(box);
  const head = createPlotHead(plot, { zoom, png, csv, whole });
  const element = h(
    "section",
    { class: "card", "data-plot": kind, "aria-labelledby": `plot-${kind}` },
    head.element,
    box,
  );
  const columns = () => card.figure.columns();
  /** A bin of what is about to be replaced would be another bin by the time its images are there. */
  const passing = look => look.bin !== undefined && card.drawn !== wish().path;
  const open = look => passing(look) || plot.look({ plot: kind, ...look });

  function zoom() {
    card.zooming = !card.zooming;
    root.classList.toggle("zooming", card.zooming);
    card.figure?.useTool(card.zooming);
    head.draw(card.zooming);
  }

  async function png() {
    if (card.figure) save(await card.figure.png(), `${kind}.png`);
  }

  function csv() {
    if (card.figure) save(csvOf(columns()), `${kind}.csv`);
  }

  function whole() {
    card.moved = false;
    plot.view(null);
    load(true).catch(complain);
  }

  const pointed = {
    hover(place, { sx, sy }) {
      if (place === null) return hover.hide();
      card.place = place;
      ring.hidden = true;
      return explain(place, { x: sx, y: sy });
    },
    tap(places) {
      const look = lookAt(kind, columns(), places);
      if (look && !passing(look)) plot.look(look);
      else markChosen();
    },
    box: ends => plot.look({ plot: kind, box: ends.map(end => Number(end.toPrecision(6))) }),
    ranges: eager(ends => {
      card.moved = true;
      const shown = kind === "scatter" ? ends : ends.slice(0, 2);
      plot.view(shown.map(end => Number(end.toPrecision(6))));
    }, ZOOM_WAIT_MS),
  };

  /** The hover card for a mark, and the same in words for whoever cannot see it. */
  function explain(place, box, wait_ms) {
    const words = wordsOf(columns(), place);
    const look = lookAt(kind, columns(), [place]);
    return hover.show(plot.source(), { glimpse: more => plot.glimpse(look, more), words, box }, wait_ms).then(image => {
      const { confidence, n_classes } = image?.values ?? {};
      return (
        words ??
        (image ? `${image.name}, confidence ${confidence?.toFixed(1)} %, ${count(n_classes, "class", "classes")}` : "")
      );
    });
  }

  function goTo(place) {
    card.place = place;
    if (place === null) return;
    const box = card.figure.boxOf(place);
    ring.hidden = false;
    ring.classList.toggle("dot", box.width === 0);
    const around = box.width ? 0 : 5;
    const sides = {
      left: box.x - around,
      top: box.y - around,
      width: box.width + 2 * around,
      height: box.height + 2 * around,
    };
    for (const [side, size_px] of Object.entries(sides)) ring.style.setProperty(side, `${size_px}px`);
    explain(place, box, 0).then(words => {
      if (card.place === place) live.textContent = words;
    });
  }

  function keys(event) {
    if (!card.figure || event.ctrlKey || event.metaKey || event.altKey) return;
    if (STEPS.has(event.key)) goTo(stepTo(columns(), card.place, event.key));
    else if ((event.key === "Enter" || event.key === " ") && card.place !== null) pointed.tap([card.place]);
    else if (event.key in ZOOMS) zoomBy(ZOOMS[event.key]);
    else if (event.key === "0") whole();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function zoomBy(factor) {
    ring.hidden = true;
    hover.hide();
    card.figure.zoom(factor, kind === "scatter");
  }

  function leave() {
    ring.hidden = true;
    hover.hide();
  }

  function markChosen() {
    card.figure?.mark(placesOf(kind, columns(), plot.chosen()));
  }

  async function put(answer, theme) {
    const view = kind === "scatter" ? plot.zoomed() : null; // a histogram's ends come with its bins
    const form = formOf(answer, theme);
    if (card.figure && card.form === form) card.figure.refresh(answer.item, card.moved && Boolean(view));
    else {
      const old = card.figure;
      card.figure = await createFigure(root, answer.item, pointed);
      old?.remove();
      card.form = form;
      card.figure.useTool(card.zooming);
      card.moved = Boolean(view);
      if (card.moved) card.figure.show(view);
    }
    root.append(ring);
  }

  /** What is asked for now; a change of it is drawn at once, more scores after a while. */
  function wish() {
    const theme = themeNow();
    return { path: plot.address({ theme, height: height() }), theme, scored: plot.source().n_scored };
  }

  const same = (a, b) => a !== null && a.path === b.path && a.scored === b.scored;

  async function load(again = false) {
    const { id } = plot.source();
    const wanted = wish();
    if (card.busy || (same(card.asked, wanted) && !again)) return;
    card.busy = true;
    card.asked = wanted;
    root.setAttribute("aria-busy", "true");
    try {
      const answer = await get(wanted.path);
      if (plot.source()?.id === id) await show(answer, wanted);
    } catch (error) {
      cannot(error.sentence ?? error.message);
    } finally {
      card.busy = false;
      root.setAttribute("aria-busy", "false");
    }
    if (!element.isConnected || !plot.source() || same(card.asked, wish())) return;
    setTimeout(draw, card.asked.path === wish().path ? GROW_WAIT_MS : 0);
  }

  async function show(answer, { path, theme }) {
    card.answer = answer;
    card.drawn = path;
    root.querySelector(".cannot")?.remove();
    root.querySelector(".wait")?.remove();
    await put(answer, theme);
    root.dataset.n = answer.n;
    plot.told(answer);
    describe();
    draw();
  }

  function cannot(words) {
    card.figure?.remove();
    card.figure = null;
    card.form = null;
    replace(root, h("div", { class: "cannot" }, icon("warn", false), h("p", {}, words)));
  }

  function describe() {
    const { answer } = card;
    const what = answer.bins
      ? `histogram of ${count(answer.n, "image")} in ${count(answer.bins.length, "bin")}`
      : `scatterplot of ${count(answer.n, "image")}`;
    root.setAttribute(
      "aria-label",
      `${plot.title}: ${what}. Arrow keys move through it, Enter shows the images.`,
    );
    const left = leftOut(answer);
    note.hidden = !answer.aggregated && !left;
    replace(note, answer.aggregated ? keyOf(answer) : [], left);
  }

  function drawTable() {
    table.hidden = !plot.tabled() || !card.answer;
    if (table.hidden) return;
    table.setAttribute("aria-label", `${plot.title} as a table`);
    replace(table, tableOf(card.answer, plot.title, open));
  }

  function draw() {
    if (!plot.source()) return;
    head.draw(card.zooming);
    const reason = plot.obstacle();
    if (reason) return cannot(reason);
    if (!card.answer && !root.firstChild) root.append(h("div", { class: "wait" }));
    markChosen();
    drawTable();
    return load();
  }

  root.addEventListener("keydown", keys);
  root.addEventListener("focusout", leave);
  root.addEventListener("pointerleave", hover.hide);
  return { element, draw };
}
