// One Bokeh figure in the page: drawn from a JSON item, its parts found by name, its data replaced without a new drawing.
// Bokeh is loaded from this server when the first figure is drawn. Nothing here builds HTML or code from data.
import { h } from "../lib/dom.js";

const loads = new Map();

function script(name) {
  const { bokeh } = document.getElementById("shell").dataset;
  const src = `/bokeh/${bokeh}/${name}`;
  if (!loads.has(src)) {
    loads.set(
      src,
      new Promise((done, failed) => {
        const element = h("script", { src, onload: done, onerror: () => failed(new Error("Bokeh did not load.")) });
        document.head.append(element);
      }),
    );
  }
  return loads.get(src);
}

/** Starts loading before the first figure is asked for. */
export async function loadBokeh() {
  await script("bokeh.min.js");
  globalThis.Bokeh.set_log_level("error");
  return globalThis.Bokeh;
}

const NAMED = [
  "plot",
  "source",
  "marks",
  "x_range",
  "y_range",
  "hover",
  "tap",
  "box_select",
  "box_zoom",
  "wheel_zoom",
  "pan",
];
const partsOf = doc => Object.fromEntries(NAMED.map(name => [name, doc.get_model_by_name(name)]));

const LEAST_PX = 3; // of an empty bin, so that its focus ring shows
const DRAGS = ["box_select", "box_zoom", "wheel_zoom"];

function listen(figure, acts) {
  const { source, plot, x_range, y_range } = figure.parts;
  source.inspect.connect(([, { geometry }]) => {
    if (!figure.quiet && geometry.type === "point") acts.hover(source.inspected.indices[0] ?? null, geometry);
  });
  const selected = ({ geometry: { type, x0, x1, y0, y1 }, final }) => {
    if (type === "rect" && final) acts.box([x0, x1, y0, y1]);
    else if (type === "point") acts.tap([...source.selected.indices]);
  };
  plot.js_event_callbacks = new Map([["selectiongeometry", [selected]]]);
  const moved = () => {
    if (!figure.quiet) acts.ranges([x_range.start, x_range.end, y_range.start, y_range.end]);
  };
  for (const range of [x_range, y_range]) range.change.connect(moved);
}

/** The page has its own focus ring and keys; Bokeh's canvas is no further stop of the Tab key. */
function leaveKeysToPage({ canvas_view }) {
  const { events_el } = canvas_view;
  events_el.tabIndex = -1;
  events_el.style.setProperty("outline", "none");
}

/** Changes that the page makes are not reported back to it. */
function quietly(figure, change) {
  figure.quiet = true;
  try {
    change();
  } finally {
    figure.quiet = false;
  }
}

/** Takes over data and, unless the person has zoomed, the ranges of a newer item of the same form. */
function refresh(figure, item, keepRanges) {
  const fresh = partsOf(figure.view.model.document.constructor.from_json(item.doc));
  quietly(figure, () => {
    figure.parts.source.data = fresh.source.data;
    if (keepRanges) return;
    for (const name of ["x_range", "y_range"]) {
      const { start, end } = fresh[name];
      figure.parts[name].setv({ start, end });
    }
  });
}

/** Where a mark is drawn, in px from the figure's corner: dots have no size of their own. */
function boxOf({ view, parts }, place) {
  const { x_scale, y_scale } = view.frame;
  const at = name => parts.source.data[name]?.[place];
  if (at("x") !== undefined) return { x: x_scale.compute(at("x")), y: y_scale.compute(at("y")), width: 0, height: 0 };
  const [left, right] = [x_scale.compute(at("left")), x_scale.compute(at("right"))];
  const [top, foot] = [
    y_scale.compute(at("row") === undefined ? at("count") : at("top")),
    y_scale.compute(at("bottom") ?? 0),
  ];
  const height = Math.max(LEAST_PX, foot - top);
  return { x: left, y: foot - height, width: right - left, height };
}

/**
 * Zooms by `factor` about a point of the plot (the middle without one), in x alone where rows do not matter.
 * @param {any} parts
 */
function zoomed({ x_range, y_range }, factor, both) {
  const around = ({ start, end }) => {
    const middle = (start + end) / 2;
    const half = ((end - start) / 2) * factor;
    return { start: middle - half, end: middle + half };
  };
  x_range.setv(around(x_range));
  if (both) y_range.setv(around(y_range));
}

/** The same places again would be a drawing for nothing. */
function choose(selected, places) {
  const { indices } = selected;
  if (indices.length !== places.length || places.some((place, k) => place !== indices[k])) selected.indices = places;
}

/** A figure that is only looked at: hovering shows its numbers, nothing is reported back to the page. */
export async function createStill(root, item) {
  const Bokeh = await loadBokeh();
  const [view] = [...(await Bokeh.embed.embed_item(item, root))];
  leaveKeysToPage(view);
}

const png = view => new Promise(done => view.export("png").canvas.toBlob(done, "image/png"));

/**
 * acts: hover(place | null, {sx, sy}), tap(places), box([x0, x1, y0, y1]), ranges([x0, x1, y0, y1]). A place is a row
 * of the source.
 */
export async function createFigure(root, item, acts) {
  const Bokeh = await loadBokeh();
  const box = h("div", { class: "drawn" });
  root.append(box);
  const [view] = [...(await Bokeh.embed.embed_item(item, box))];
  const figure = { view, parts: partsOf(view.model.document), quiet: false };
  leaveKeysToPage(view);
  listen(figure, acts);
  const { parts } = figure;
  return {
    box,
    columns: () => parts.source.data,
    boxOf: place => boxOf(figure, place),
    mark: places => quietly(figure, () => choose(parts.source.selected, places)),
    png: () => png(view),
    show: ([x0, x1, y0, y1]) =>
      quietly(figure, () => {
        parts.x_range.setv({ start: x0, end: x1 });
        parts.y_range.setv({ start: y0, end: y1 });
      }),
    refresh: (fresh, keepRanges) => refresh(figure, fresh, keepRanges),
    remove: () => {
      view.model.document?.clear();
      box.remove();
    },
    useTool: zooming => {
      const wanted = zooming ? ["box_zoom", "wheel_zoom"] : ["box_select"];
      for (const name of DRAGS) if (parts[name]) parts[name].active = wanted.includes(name);
    },
    zoom: (factor, both) => zoomed(parts, factor, both),
  };
}
