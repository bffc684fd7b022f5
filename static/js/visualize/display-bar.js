// Opacity, clip percentile and colour map: they act at once on all maps and never recompute anything.
import { $, h, replace } from "../lib/dom.js";
import { drawColourBar } from "../maps/colour-bar.js";
import { setDisplay } from "../maps/map-canvas.js";

const FALLBACK = { kind: "signed", colormap: "seismic", opacity: 0.8 };

/** The settings in force: the person's, else the shown method's own. */
export function displayOf(state) {
  const own =
    state.explanation?.display || state.catalog.analyzers.find(a => a.name === state.analyzer)?.display || FALLBACK;
  const colormap = state.colormap && state.catalog.colormaps[state.colormap] ? state.colormap : own.colormap;
  const lut =
    state.catalog.colormaps[colormap] || state.catalog.colormaps.grey || Object.values(state.catalog.colormaps)[0];
  return {
    kind: own.kind,
    colormap,
    lut,
    opacity: state.opacity === null ? own.opacity : state.opacity / 100,
    clip: state.clip,
    bare: state.bare,
    chosen: chosenOf(state, lut, colormap), // goes before the own look of each method, where several stand side by side
    difference: { ...FALLBACK, lut: state.catalog.colormaps[FALLBACK.colormap] ?? lut, opacity: 1, clip: 100 },
  };
}

/** What a person chose, and nothing else. */
function chosenOf(state, lut, colormap) {
  const own = state.colormap === null || colormap !== state.colormap;
  return { ...(state.opacity === null ? {} : { opacity: state.opacity / 100 }), ...(own ? {} : { colormap, lut }) };
}

const percent = value => `${Number(value).toLocaleString("en", { maximumFractionDigits: 1 })} %`;

function show(id, value) {
  const input = $(`#${id}`);
  if (Number(input.value) !== value) input.value = value;
  input.nextElementSibling.textContent = percent(value);
}

/** Side of a map in pixels; without a choice the maps take the room there is. */
function drawSize({ size }) {
  if (size === null) $("#result").style.removeProperty("--size");
  else $("#result").style.setProperty("--size", `${size}px`);
  const side = size ?? Math.round($("#result canvas")?.parentElement.clientWidth ?? 0);
  if (side && Number($("#size").value) !== side) $("#size").value = side;
  $("#size").nextElementSibling.textContent = size === null ? "" : `${size} px`;
}

export function createDisplayBar(store) {
  function draw(state) {
    const display = displayOf(state);
    drawSize(state);
    const select = $("#colormap");
    const rgb = display.kind === "rgb";
    show("opacity", Math.round(display.opacity * 100));
    show("clip", display.clip);
    replace(
      select,
      Object.keys(state.catalog.colormaps).map(name =>
        h("option", { value: name, selected: name === display.colormap }, name),
      ),
    );
    select.disabled = rgb;
    $("#colormap-tool").hidden = rgb;
    drawColourBar($("#colour-bar"), display);
    setDisplay(display);
  }
  for (const id of ["opacity", "clip", "size"])
    $(`#${id}`).addEventListener("input", event => store.set({ [id]: Number(event.target.value) }));
  $("#colormap").addEventListener("change", event => store.set({ colormap: event.target.value }));
  store.on(["opacity", "clip", "colormap", "size", "bare", "catalog"], draw);
  $("#size").addEventListener("dblclick", () => store.set({ size: null }));
  store.on(["explanation"], (state, changed) => {
    if (changed.has("explanation")) draw(state);
  });
  const nudge = by =>
    store.set({ opacity: Math.max(0, Math.min(100, Math.round((displayOf(store.state).opacity * 100 + by) / 5) * 5)) });
  return { draw, nudge };
}
