// The two linked maps: pixels and features side by side, over one legend and one set of tools.
import { debounced, h, replace } from "../../lib/dom.js";
import { onTheme } from "../../lib/theme.js";
import { createCard } from "./card.js";
import { pngOf, svgOf } from "./drawing/export.js";
import { createFeed } from "./feed.js";
import { createFigure } from "./figure.js";
import { mapKeys, planeKeys, spaceHeld } from "./keys.js";
import { createLegend } from "./legend.js";
import { columnOf, createPaints, lossColumn, wordsOf } from "./paint.js";
import { inksOf } from "./drawing/palette.js";
import { createRowFacts } from "./row-facts.js";
import { createSideSwitch } from "./side-switch.js";
import { createToolbar } from "./toolbar.js";
import { createValues } from "./values.js";
import { WHOLE } from "./view.js";
import { wishOf } from "./wish.js";
import { grouped, selectionWords } from "./words.js";

const SIDES = ["left", "right"];
const FIELDS = ["exploration", "maps", "colour", "standout", "hiddenClasses", "image", "similar", "view"];
const EMPTY = { map: null, points: null, problem: "", error: null, waiting: false };
const TOLD_MS = 250;

class Maps {
  #mode = "move";
  #hover = { row: -1, side: "" };
  #feeds = { left: EMPTY, right: EMPTY };
  #drawn = {};
  #of = null;
  #inks = null;

  constructor(root, { store, selection, api }) {
    this.root = root;
    this.store = store;
    this.selection = selection;
    this.values = createValues(api, () => this.draw());
    this.facts = createRowFacts(store, this.values, () => this.#planes().forEach(plane => plane.remark()));
    this.card = createCard(api);
    this.feed = this.#bySide(side => createFeed(api, feed => this.#fed(side, feed)));
    this.paint = this.#bySide(createPaints(this.values));
    const card = new URLSearchParams(location.search).get("webgl") !== "off";
    this.figures = this.#bySide(side => createFigure(side, this.#acts(side), card));
    this.tools = createToolbar({
      mode: name => this.mode(name),
      zoom: times => this.zoom(times),
      standout: () => this.standout(),
    });
    this.legend = createLegend(this.tools.legend, hiddenClasses => store.set({ hiddenClasses }));
    this.live = h("p", { class: "sr", role: "status" });
    this.switch = createSideSwitch(SIDES, side => (this.root.dataset.side = side));
    this.#build();
    this.#listen();
  }

  #bySide(make) {
    return Object.fromEntries(SIDES.map(side => [side, make(side)]));
  }

  #planes() {
    return SIDES.map(side => this.figures[side].plane);
  }

  #build() {
    const pair = h(
      "div",
      { class: "pair" },
      SIDES.map(side => this.figures[side].root),
    );
    replace(this.root, this.tools.root, this.switch.root, pair, this.live);
    this.root.dataset.side = "right";
  }

  #listen() {
    const { store, selection } = this;
    const tell = debounced(() => (this.live.textContent = selectionWords(selection.count)), TOLD_MS);
    selection.addEventListener("changed", () => {
      this.draw();
      tell();
    });
    store.on(["pointed"], ({ pointed }) => this.#ring(pointed ?? -1));
    store.on(FIELDS, (state, changed) => this.#changed(state, changed));
    onTheme(() => {
      this.#inks = null;
      this.draw();
    });
    mapKeys({
      shown: () => this.root.offsetParent !== null,
      mode: name => this.mode(name),
      zoom: times => this.zoom(times),
    });
    const walks = () => (store.state.image ?? null) !== null;
    for (const side of SIDES)
      planeKeys(this.figures[side].plane, {
        ring: () => this.#ringMiddle(side),
        open: () => this.#openRinged(),
        walks,
      });
    this.space = spaceHeld(this.#planes());
  }

  /** Hidden classes are those of a colouring: another one begins with all. */
  #changed(state, changed) {
    if (changed.has("colour") && !changed.has("hiddenClasses") && state.hiddenClasses?.length)
      return void this.store.set({ hiddenClasses: [] });
    if (state.exploration?.id !== this.#of) this.#point(-1, ""); // rows of another exploration are other images
    this.#of = state.exploration?.id;
    if (changed.has("image") && (state.image ?? null) !== null) this.card.hide(); // its column says more, and takes room
    this.render(state);
  }

  #acts(side) {
    return {
      mode: () => this.#mode,
      draws: () => this.#mode !== "move" && !this.space(),
      hovered: row => this.#point(row, side),
      pressed: (row, how) => this.#press(row, how),
      selected: (bits, how) => this.selection[how](bits),
      ...this.facts,
      again: () => this.#want(side, true),
    };
  }

  mode(name) {
    this.#mode = name;
    this.draw();
  }

  /** times: 0: the whole map. */
  zoom(times) {
    for (const plane of this.#planes()) times ? plane.zoom(times) : plane.look(WHOLE);
    this.card.hide();
  }

  standout() {
    const { exploration, standout } = this.store.state;
    if (exploration && lossColumn(exploration, this.store.state)) this.store.set({ standout: !standout });
  }

  #point(row, side) {
    if (row === this.#hover.row && (row < 0 || side === this.#hover.side)) return;
    this.#hover = { row, side };
    this.#ring(row);
    if (row < 0) this.card.hide();
    else this.card.show(this.figures[side].plane, this.store.state.exploration, row);
  }

  #ring(row) {
    for (const plane of this.#planes()) plane.show({ hover: row });
  }

  #press(row, how) {
    if (row < 0) {
      if (this.#mode !== "move" && how === "only") this.selection.clear();
      this.store.set({ image: null });
    } else if (how === "only") this.store.set({ image: row });
    else this.selection[how]([row]);
  }

  #ringMiddle(side) {
    const { plane } = this.figures[side];
    const { width, height } = plane.size;
    this.#point(plane.rowAt(width / 2, height / 2, Math.max(width, height)), side);
  }

  #openRinged() {
    if (this.#hover.row >= 0) this.store.set({ image: this.#hover.row });
  }

  #fed(side, feed) {
    const other = feed.map?.id !== this.#feeds[side].map?.id;
    this.#feeds[side] = feed;
    if (other && this.figures) this.figures[side].plane.look(WHOLE);
    this.draw();
  }

  #want(side, again = false) {
    const { exploration, maps } = this.store.state;
    this.feed[side].want(exploration.id, wishOf(exploration, maps, side), again);
  }

  render(state) {
    if (!state.exploration) {
      for (const side of SIDES) if (this.#feeds[side] !== EMPTY) this.feed[side].forget();
      this.#drawn = {};
    } else if ((state.view ?? "map") === "map") for (const side of SIDES) this.#want(side);
    this.draw();
  }

  draw() {
    const { state } = this.store;
    const { exploration } = state;
    if (!exploration || !this.figures) return;
    this.#inks ??= inksOf();
    for (const side of SIDES) this.#drawSide(side, state);
    const hasLoss = Boolean(lossColumn(exploration, state));
    this.tools.render({ mode: this.#mode, standout: state.standout && hasLoss, hasLoss });
    this.legend.render({ colouring: this.#drawn.right.colouring, inks: this.#inks, state });
    this.root.dataset.mode = this.#mode;
    this.#drawSwitch(state);
  }

  #drawSide(side, state) {
    const { exploration, image, similar } = state;
    const feed = this.#feeds[side];
    const drawn = this.paint[side]({ exploration, state, feed, selection: this.selection, inks: this.#inks });
    const rows = similar
      ? [similar.query.row, ...similar.neighbours.map(({ row }) => row)].filter(row => row !== null)
      : [];
    const { scene, labels } = drawn;
    const column = columnOf(exploration, state.colour);
    const told = { ...drawn, title: column ? wordsOf(exploration, column) : "", count: this.selection.count };
    this.#drawn[side] = { ...drawn, wish: wishOf(exploration, state.maps, side) };
    this.figures[side].plane.show({ scene, labels, inks: this.#inks, image: image ?? null, similar: rows });
    this.figures[side].render({ exploration, wish: this.#drawn[side].wish, feed, told });
  }

  #drawSwitch({ exploration, maps }) {
    const isPixels = side => wishOf(exploration, maps, side).of === "pixels";
    this.switch.render(
      SIDES.map(side => (isPixels(side) ? "Pixels" : "Features")),
      this.root.dataset.side,
    );
  }

  #exported(side) {
    const { map } = this.#feeds[side];
    const { dataset } = this.store.state.exploration;
    return { ...this.#drawn[side], inks: this.#inks, title: `${dataset.name}: ${map.title}, ${grouped(map.sub)}` };
  }

  isDrawn(side) {
    return Boolean(this.#drawn[side]?.scene);
  }

  png(side) {
    return pngOf(this.figures[side].plane, this.#exported(side));
  }

  svg(side) {
    return svgOf(this.figures[side].plane, this.#exported(side));
  }
}

/** root: #maps. -> {render(state), isDrawn(side), mapPng(side) -> a promise of a Blob, mapSvg(side) -> text}; side: "left" or "right". */
export function createMaps(root, parts) {
  const maps = new Maps(root, parts);
  return { render: state => maps.render(state), isDrawn: side => maps.isDrawn(side), mapPng: side => maps.png(side), mapSvg: side => maps.svg(side) };
}
