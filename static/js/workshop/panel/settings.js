// Step 3: where the picture starts, how far it steps, how long is trained, and whether it is luck.
import { $, h, replace, segmented } from "../../lib/dom.js";
import { keepFocus } from "../../lib/focus.js";
import { PIXELS } from "../packing.js";
import { tilePicture } from "../pictures.js";
import { wholeNumber } from "../../widgets/whole-number.js";

const SEEDS = [1, 3, 5];
const EVEN = { black: 0, white: 255 };
const NOISES = { noise: "noise", blurred: "blurred_noise" };

const withOwn = (values, value) => (values.includes(value) ? values : [...values, value].sort((a, b) => a - b));

/** ".005" for 0.005. */
const short = value => String(value).replace(/^0/, "");

/** A noise looks like the tile of its kind. */
function startPixels(name, tiles) {
  if (name in EVEN) return new Array(PIXELS).fill(EVEN[name]);
  return tiles.find(({ id }) => id === NOISES[name])?.pixels ?? new Array(PIXELS).fill(128);
}

function start(name, state, store) {
  const choose = () => store.set({ initial: name });
  const radio = { type: "radio", name: "start", value: name, checked: name === state.initial, onchange: choose };
  return h("label", {}, h("input", radio), tilePicture(startPixels(name, state.options.tiles)), h("span", {}, name));
}

function drawStarts(state, store) {
  replace(
    $("#starts"),
    (state.options?.initials ?? []).map(name => start(name, state, store)),
  );
}

function drawSteps(state, store) {
  const choices = withOwn(state.options?.step_sizes ?? [], state.step_size).map(value => [String(value), short(value)]);
  const choose = text => store.set({ step_size: Number(text) });
  replace($("#step-sizes"), [...segmented("step-size", "Step size", choices, String(state.step_size), choose).children]);
}

function drawEpochs(state) {
  const option = value => h("option", { value, selected: value === state.epochs }, value);
  replace($("#epochs"), withOwn(state.options?.epochs ?? [], state.epochs).map(option));
}

function drawSeeds(state, store) {
  const words = value => (value === 1 ? "1 seed" : String(value));
  const choices = withOwn(SEEDS, state.seeds).map(value => [String(value), words(value)]);
  const choose = text => store.set({ seeds: Number(text) });
  replace($("#seeds"), [...segmented("n-seeds", "Seeds side by side", choices, String(state.seeds), choose).children]);
}

const PARTS = [drawStarts, drawSteps, drawEpochs, drawSeeds];

export function createSettings(store) {
  const draw = keepFocus(state => {
    for (const part of PARTS) part(state, store);
    if (document.activeElement !== $("#seed")) $("#seed").value = state.seed;
  });
  $("#epochs").addEventListener("change", event => store.set({ epochs: Number(event.target.value) }));
  wholeNumber($("#seed"), $("#seed-error"), seed => store.set({ seed }));
  store.on(["options", "initial", "step_size", "epochs", "seed", "seeds"], draw);
  return draw;
}
