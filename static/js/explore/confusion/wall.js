// The images of a cell of the confusion: how many, a slider for their size, an order, and what can be done with all.
import { h, icon, replace } from "../../lib/dom.js";
import { group } from "../../lib/format.js";
import { complain } from "../../shell/toast.js";
import { explainSelection } from "../rows/explain.js";
import { images, lettered, modelOf } from "../rows/values.js";
import { whenChanged } from "../rows/changed.js";
import { turns } from "../../lib/turns.js";
import { createPlane } from "./plane.js";
import { createTileStore } from "./tile-store.js";
import { createWallRows } from "./wall-rows.js";

const RENEW_MS = 2000;
const FRAME_PX = { open: 3.5, selected: 1.5 };
const SIZES_PX = { least: 22, most: 150 };

/** As large as is still a screen or two. */
const sizeFor = n => (n > 400 ? 40 : n > 120 ? 56 : n > 40 ? 72 : n > 12 ? 92 : 120);

function titleOf({ exploration, cell }) {
  const models = lettered(exploration);
  const side = (of, name) => (of === "label" ? `label ${name}` : `${models.find(({ id }) => id === of)?.letter} says ${name}`);
  const words = `${side(cell.rows, cell.row)}, ${side(cell.columns, cell.column)}`;
  return words[0].toUpperCase() + words.slice(1);
}

/** close(): the pairs are shown again. -> {element, draw(state)} */
export function createWall({ store, selection, api, close }) {
  let order = null; // {id, n, selection, letter, cell, asked: of what}
  let asked = "";
  let sorted = "loss";
  const id = () => store.state.exploration.id;
  const tiles = createTileStore(
    (tile, side_px) => api.tile(id(), order.id, tile, side_px),
    () => plane.paint(),
    () => renew(),
  );
  let renewed_ms = 0;
  let rows = createWallRows(async () => ({ rows: [] }), () => {});

  const plane = createPlane(
    {
      tiles,
      want: (positions, room) => (room || selection.count) && rows.want(positions), // numbers and frames need to know which
      lossAt: j => rows.known(j)?.loss?.[order?.letter] ?? null,
      marked: j => frameOf(rows.known(j)),
    },
    { open, opened: () => store.state.image !== null, sized: px => (size.value = String(px)) },
  );
  const size = h("input", { type: "range", id: "wall-size", min: SIZES_PX.least, max: SIZES_PX.most, "aria-label": "Size of the images", oninput: () => order && plane.lay(order.n, Number(size.value)) });
  const sort = h("select", { class: "field low", id: "wall-sort", "aria-label": "Order", onchange: resort });
  const title = h("h2", {});
  const counted = h("span", { class: "small quiet num", role: "status" });
  const foot = h("footer", {});
  const shut = h("button", { class: "btn plain icon", type: "button", id: "wall-close", "aria-label": "Close, show the most confused pairs", onclick: close }, icon("close"));
  const element = h(
    "section",
    { class: "card wall", id: "wall", "aria-label": "Images of the cell", hidden: true },
    h("header", {}, h("div", { class: "title grow" }, title, counted), shut),
    h("div", { class: "wall-tools" }, h("label", { class: "tool", for: "wall-size" }, "Size"), size, h("span", { class: "grow" }), sort),
    plane.element,
    foot,
  );

  /** A frame around the open image, a thinner one around what is selected. */
  function frameOf(row) {
    if (row && row.row === store.state.image) return FRAME_PX.open;
    return row && selection.has(row.row) ? FRAME_PX.selected : 0;
  }

  const opening = turns();
  /** The last press counts, on the wall that is still shown. */
  async function open(j) {
    const [current, of] = [opening(), asked];
    const row = await rows.find(j).catch(() => renew().then(() => rows.find(j)).catch(complain));
    if (row && current() && of === asked) store.set({ image: row.row });
  }

  /** Previous and next image of the wall. */
  function step(by) {
    const { view, cell, image } = store.state;
    if (view !== "confusion" || !cell || !order) return;
    const j = rows.placeOf(image) + by;
    if (j >= 0 && j < order.n) open(j);
  }

  function resort() {
    sorted = sort.value;
    draw(store.state);
  }

  /** The server keeps the last few orders: one that it no longer has is asked for again. */
  async function renew() {
    if (!order || performance.now() - renewed_ms < RENEW_MS) return;
    renewed_ms = performance.now();
    const found = await api.order(id(), order.asked).catch(() => null);
    if (found?.order === order.id) plane.paint();
  }

  async function selectAll() {
    const [{ selection: sid }, { version }] = [order, selection];
    try {
      const bits = await api.bits(id(), sid);
      if (version === selection.version) selection.set(bits, sid); // nothing else was selected meanwhile
    } catch (error) {
      complain(error);
    }
  }

  function drawFoot() {
    const n = group(order.n);
    replace(
      foot,
      h("span", { class: "small quiet not-s" }, "Wheel zooms, drag moves."),
      h("span", { class: "grow" }),
      h("button", { class: "btn", type: "button", id: "wall-select", onclick: selectAll }, `Select ${n}`),
      h("button", { class: "btn primary", type: "button", id: "wall-explain", onclick: () => explainSelection(store.state, api, order.selection) }, `Explain ${n}`),
    );
  }

  /** The model whose loss orders the wall and is printed on it: that of the columns, else that is looked through. */
  function modelFor({ exploration, cell }) {
    const models = lettered(exploration);
    return models.find(model => model.id === cell.columns) ?? models.find(model => model.id === cell.rows) ?? modelOf(store.state);
  }

  function sortsOf(state) {
    const { letter, has_labels: labelled } = modelFor(state);
    return {
      ...(labelled ? { loss: ["highest loss first", `${letter}.loss`, "desc"] } : {}),
      confidence: ["surest first", `${letter}.confidence`, "desc"],
      index: ["by index", "index", "asc"],
    };
  }

  const fillSorts = whenChanged(sorts =>
    replace(sort, Object.entries(sorts).map(([value, [words]]) => h("option", { value }, words))),
  );

  function drawSorts(sorts) {
    if (!sorts[sorted]) sorted = Object.keys(sorts)[0];
    fillSorts(Object.keys(sorts), sorts);
    sort.value = sorted;
  }

  function lay(n, fresh) {
    if (fresh) size.value = String(sizeFor(n));
    plane.lay(n, Number(size.value));
  }

  /** Another cell begins at its top, with pictures of a size that fits their number; another order keeps the size. */
  async function load(state, key, [, by, way]) {
    const { exploration, cell } = state;
    const fresh = !order || order.cell !== cell;
    try {
      const { selection: sid } = await api.select(exploration.id, { cell });
      const wanted = { selection: sid, sort: by, order: way };
      const found = await api.order(exploration.id, wanted);
      if (key !== asked) return;
      tiles.clear();
      order = { id: found.order, n: found.n, selection: sid, letter: modelFor(state).letter, cell, asked: wanted };
      rows = createWallRows((start, n) => api.wall(exploration.id, found.order, { start, size: n }), plane.paint);
      counted.textContent = images(found.n);
      drawFoot();
      lay(found.n, fresh);
    } catch (error) {
      if (key === asked) complain(error);
    }
  }

  function draw(state) {
    element.hidden = !state.cell;
    if (!state.cell) {
      asked = "";
      return;
    }
    title.textContent = titleOf(state);
    const sorts = sortsOf(state);
    drawSorts(sorts);
    const key = JSON.stringify([state.exploration.id, state.exploration.version, state.cell, sorted]);
    if (key !== asked) {
      asked = key;
      load(state, key, sorts[sorted]);
    } else plane.paint();
  }

  addEventListener("innv:step", (/** @type {CustomEvent} */ event) => step(event.detail));
  selection.addEventListener("changed", () => plane.paint());
  return { element, draw };
}
