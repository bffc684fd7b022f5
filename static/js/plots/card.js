// One plot with its title, tools, hover card and table. Asks the server for it, lets it grow, tells what was pressed.
import { eager, h, icon, replace } from "../lib/dom.js";
import { get } from "../lib/api.js";
import { createFigure, loadBokeh } from "./bokeh-figure.js";
import { count, group } from "../lib/format.js";
import { createHoverCard } from "./hover-card.js";
import { createPlotHead } from "./head.js";
import { lookAt, placesOf, stepTo, wordsOf } from "./marks.js";
import { csvOf, save, tableOf } from "./tools.js";
import { PLOTS, asQuery, lookQuery, plotQuery } from "../suggest/request.js";
import { complain } from "../shell/toast.js";

const ZOOM_WAIT_MS = 50; // a turn of the wheel is several steps
const GROW_WAIT_MS = 600;
const STEPS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);
const ZOOMS = { "+": 0.6, "=": 0.6, "-": 1 / 0.6, "−": 1 / 0.6 };

const whenIdle = globalThis.requestIdleCallback ?? setTimeout;

export const darkTheme = () => {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};
const height = () => (matchMedia("(max-width: 700px)").matches ? 240 : 300);
const formOf = ({ item, aggregated }, theme) => `${aggregated} ${theme} ${item.doc.roots[0].attributes.output_backend}`;

/** acts: look(look), view(ends), told(kind, answer). */
export function createPlotCard(store, kind, acts) {
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
  const plot = h("div", { class: "in plot" }, root, live, note, table);
  const hover = createHoverCard(plot);
  const head = createPlotHead(store, kind, { zoom, png, csv, whole, toggleTable });
  const element = h(
    "section",
    { class: "card", "data-plot": kind, "aria-labelledby": `plot-${kind}` },
    head.element,
    plot,
  );
  const columns = () => card.figure.columns();
  /** A bin of what is about to be replaced would be another bin by the time its images are there. */
  const passing = look => look.bin !== undefined && card.drawn !== wish().path;
  const open = look => passing(look) || acts.look({ plot: kind, ...look });

  function zoom() {
    card.zooming = !card.zooming;
    root.classList.toggle("zooming", card.zooming);
    card.figure?.useTool(card.zooming);
    head.draw(store.state, card);
  }

  async function png() {
    if (card.figure) save(await card.figure.png(), `${kind}.png`);
  }

  function csv() {
    if (card.figure) save(csvOf(columns()), `${kind}.csv`);
  }

  function whole() {
    card.moved = false;
    acts.view(kind, null);
    load(true).catch(complain);
  }

  function toggleTable() {
    const { tables } = store.state;
    store.set({ tables: tables.includes(kind) ? tables.filter(other => other !== kind) : [...tables, kind] });
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
      if (look && !passing(look)) acts.look(look);
      else markChosen(store.state);
    },
    box: ends => acts.look({ plot: kind, box: ends.map(end => Number(end.toPrecision(6))) }),
    ranges: eager(ends => {
      card.moved = true;
      const shown = kind === "scatter" ? ends : ends.slice(0, 2);
      acts.view(
        kind,
        shown.map(end => Number(end.toPrecision(6))),
      );
    }, ZOOM_WAIT_MS),
  };

  /** The hover card for a mark, and the same in words for whoever cannot see it. */
  function explain(place, box, wait_ms) {
    const { suggestion } = store.state;
    const words = wordsOf(columns(), place);
    const query = lookQuery(store.state, lookAt(kind, columns(), [place]));
    return hover.show(suggestion, { query, words, box }, wait_ms).then(image => {
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

  function markChosen({ look }) {
    card.figure?.mark(placesOf(kind, columns(), look));
  }

  async function put(answer, theme) {
    const view = kind === "scatter" ? store.state.views.scatter : null; // a histogram's ends come with its bins
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
    if (answer.aggregated) whenIdle(() => loadBokeh(true).catch(() => {})); // a zoom may end in dots
  }

  /** What is asked for now; a change of it is drawn at once, more scores after a while. */
  function wish() {
    const { suggestion } = store.state;
    const theme = darkTheme() ? "dark" : "light";
    const query = { ...plotQuery(store.state, kind), theme, height: height() };
    return {
      path: `/suggestions/${encodeURIComponent(suggestion.id)}/plots/${kind}?${asQuery(query)}`,
      theme,
      scored: suggestion.n_scored,
    };
  }

  const same = (a, b) => a !== null && a.path === b.path && a.scored === b.scored;

  async function load(again = false) {
    const { suggestion } = store.state;
    const wanted = wish();
    if (card.busy || (same(card.asked, wanted) && !again)) return;
    card.busy = true;
    card.asked = wanted;
    root.setAttribute("aria-busy", "true");
    try {
      const answer = await get(wanted.path);
      if (store.state.suggestion?.id === suggestion.id) await show(answer, wanted);
    } catch (error) {
      cannot(error.sentence ?? error.message);
    } finally {
      card.busy = false;
      root.setAttribute("aria-busy", "false");
    }
    if (!element.isConnected || !store.state.suggestion || same(card.asked, wish())) return;
    setTimeout(() => draw(store.state), card.asked.path === wish().path ? GROW_WAIT_MS : 0);
  }

  async function show(answer, { path, theme }) {
    card.answer = answer;
    card.drawn = path;
    root.querySelector(".cannot")?.remove();
    root.querySelector(".wait")?.remove();
    await put(answer, theme);
    root.dataset.n = answer.n;
    acts.told(kind, answer);
    describe();
    draw(store.state);
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
      `${PLOTS[kind].title}: ${what}. Arrow keys move through it, Enter shows the images.`,
    );
    note.hidden = !answer.aggregated;
    if (answer.aggregated)
      replace(
        note,
        "few",
        h("span", { class: "key-ramp" }),
        `many of ${count(answer.n, "image")}; each one is a dot when at most ${group(answer.dots_at_most)} are in view`,
      );
  }

  /** A class or a neuron that was chosen after scoring is enough. */
  const given = ({ className }) => kind === "neuron" || (kind === "distance" && className !== null);

  function drawTable({ tables }) {
    table.hidden = !tables.includes(kind) || !card.answer;
    if (table.hidden) return;
    table.setAttribute("aria-label", `${PLOTS[kind].title} as a table`);
    replace(table, tableOf(card.answer, PLOTS[kind].title, open));
  }

  function draw(state) {
    if (!state.suggestion) return;
    const offer = state.suggestion.plots.find(other => other.kind === kind);
    head.draw(state, card);
    if (!offer?.available && !given(state)) return cannot(offer?.reason || "This plot is not there for this dataset.");
    if (!card.answer && !root.firstChild) root.append(h("div", { class: "wait" }));
    markChosen(state);
    drawTable(state);
    return load();
  }

  root.addEventListener("keydown", keys);
  root.addEventListener("focusout", leave);
  root.addEventListener("pointerleave", hover.hide);
  return { element, draw };
}
