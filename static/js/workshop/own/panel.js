// The request on the left: model and images, which image is painted and what that means for the others, how to train.
import { $, h, replace, segmented } from "../../lib/dom.js";
import { ready, spread as spreadOver } from "../../lib/choices.js";
import { keepFocus } from "../../lib/focus.js";
import { thumbnail } from "../../lib/thumbnail.js";
import { count, group } from "../../lib/format.js";
import { wholeNumber } from "../../widgets/whole-number.js";
import { SPREADS, chooseDataset, datasetOf, obstacle, paintedOnes, valueOf } from "./request.js";
import { isLive } from "../summary.js";

const WAYS = [
  ["both", "Both"],
  ["filling", "Filling"],
  ["penalty", "Penalty"],
];
const ABOUT = {
  filling: "During training, the painted part is filled from other images, so that it no longer says anything about the class.",
  penalty: "During training, the model is penalised for every painted pixel that its answer depends on. On its own, this cured none of the models measured.",
  both: "The painted part is filled from other images, and the model is penalised if its answer still depends on it. This takes about twice as long.",
};
const FILLS = [
  ["pictures", "other images"],
  ["noise", "noise"],
  ["colour", "one colour"],
];
const STRENGTHS = ["0.01", "0.1", "1", "10"];
const STEPS = ["500", "1500", "3000"];
const WEIGHTS = [
  ["1", "Fresh"],
  ["0.5", "Half"],
  ["0", "Kept"],
];
const FEW_STEPS = 500;

const withOwn = (choices, value) => (value === null || choices.some(([known]) => known === value) ? choices : [...choices, [value, value]]);
const named = (words, tip) =>
  tip ? h("button", { class: "term label", type: "button", "data-tip": tip }, words) : h("span", { class: "label" }, words);
const line = (words, tip, field) => h("div", { class: "line" }, named(words, tip), field);

function select(label, records, chosen, words, act) {
  const option = record => h("option", { value: record.id, selected: record.id === chosen }, words(record));
  const empty = chosen ? null : h("option", { value: "", selected: true }, `Choose ${label.toLowerCase()}…`);
  return h("select", { class: "field", id: `own-${label.toLowerCase()}`, "aria-label": label, onchange: event => act(event.target.value || null) }, empty, records.map(option));
}

function drawSources(state, store) {
  const { trained, held } = state.checked?.images ?? {};
  const known = trained ? `${group(trained)} training images, ${group(held)} held out. ` : "";
  replace(
    $("#own-sources"),
    select("Model", ready(state.models), state.model, ({ letter, name }) => `${letter} · ${name}`, model => store.set({ model })),
    select("Images", ready(state.datasets), state.dataset, ({ name, n }) => `${name} (${n})`, dataset => store.set(chooseDataset(dataset))),
    h("p", { class: "why" }, `${known}The model stays as it is; a new one is made beside it.`),
  );
}

function thumbsOf(state) {
  const record = datasetOf(state);
  if (!record) return [];
  const painted = paintedOnes(state).map(([key]) => Number(key));
  return [...new Set([...spreadOver(record.n), ...painted, ...(state.image === null ? [] : [state.image])])].sort((a, b) => a - b);
}

function drawThumbs(state, store) {
  const record = datasetOf(state);
  const painted = new Set(paintedOnes(state).map(([key]) => Number(key)));
  const thumb = index =>
    h(
      "button",
      { type: "button", class: painted.has(index) && state.spread === "painted" ? "thumb painted" : "thumb", "aria-current": String(index === state.image), "aria-label": `Image ${index + 1}`, onclick: () => store.set({ image: index }) },
      thumbnail(record, index),
    );
  replace($("#own-thumbs"), thumbsOf(state).map(thumb));
  $("#own-painted").textContent = state.spread === "painted" ? count(painted.size, "image") : "";
  const choices = SPREADS.filter(([value]) => value !== "samples" || record?.own_masks);
  const option = ([value, words]) => h("option", { value, selected: value === state.spread }, words);
  replace($("#own-spread"), choices.map(option));
}

function drawWay(state, store) {
  const way = valueOf(state, "way") ?? "both";
  const numbers = (name, words, tip, choices) => {
    const value = valueOf(state, name);
    const text = value === null ? null : String(value);
    return line(words, tip, segmented(`own-${name}`, words, withOwn(choices, text), text, chosen => store.set({ [name]: Number(chosen) })));
  };
  const fill = h(
    "select",
    { class: "field", id: "own-fill", "aria-label": "Fill with", onchange: event => store.set({ fill: event.target.value }) },
    FILLS.map(([value, words]) => h("option", { value, selected: value === (valueOf(state, "fill") ?? "pictures") }, words)),
  );
  replace(
    $("#own-how"),
    segmented("own-way", "How", WAYS, way, chosen => store.set({ way: chosen })),
    h("p", { class: "why" }, ABOUT[way]),
    way === "penalty" ? null : line("Fill with", null, fill),
    way === "filling" ? null : numbers("strength", "Strength", "Strength of the penalty. At 1 it costs the unchanged model as much as knowing no class.", STRENGTHS.map(one => [one, one])),
    numbers("forget", "Weights", "A model that has learned nothing else has little to fall back on: it learns the rest sooner from fresh weights. A large model keeps its weights.", WEIGHTS),
    numbers("steps", "Steps", "Training steps of 32 images each", STEPS.map(one => [one, one])),
    few(state),
  );
}

function few(state) {
  const steps = valueOf(state, "steps");
  if (steps === null || steps > FEW_STEPS) return null;
  return h("p", { class: "call small" }, `${group(steps)} steps are few: when measured, 95 cured no model; ${group(1500)} did.`);
}

function drawRates(state) {
  if (document.activeElement !== $("#own-rate")) $("#own-rate").value = valueOf(state, "learning_rate") ?? "";
  if (document.activeElement !== $("#own-seed")) $("#own-seed").value = valueOf(state, "seed") ?? 0;
}

function drawRun(state) {
  const busy = state.posting || Boolean(state.retraining && isLive(state.retraining));
  const missing = obstacle(state);
  const n = state.checked?.images?.trained;
  $("#run-label").textContent = busy ? "Retraining…" : n && !missing ? `Retrain on ${count(n, "image")}` : "Retrain";
  $("#run").disabled = Boolean(missing) || busy || Boolean(state.refused);
  const steps = valueOf(state, "steps");
  $("#cost").textContent = missing ?? [steps && `${group(steps)} steps`, `seed ${valueOf(state, "seed") ?? 0}, repeatable`].filter(Boolean).join(" · ");
  const why = state.refused?.sentence ?? state.checked?.notes?.[0] ?? null;
  $("#request-error").hidden = missing || !why;
  $("#request-error").className = state.refused ? "bad-text" : "why";
  $("#request-error").textContent = why ?? "";
  const model = state.models.find(({ id }) => id === state.model);
  replace($("#panel-summary"), h("strong", {}, model?.name ?? "Retrain"), steps ? ` · ${group(steps)} steps` : "");
}

/** acts: train(). */
export function createOwnPanel(store, acts) {
  const parts = [drawSources, drawThumbs, drawWay, drawRates, drawRun];
  const draw = keepFocus(state => {
    for (const part of parts) part(state, store);
  });
  $("#own-spread").addEventListener("change", event => store.set({ spread: event.target.value }));
  $("#own-rate").addEventListener("change", event => {
    const value = Number(event.target.value);
    const fits = value > 0 && value <= 1;
    event.target.setAttribute("aria-invalid", String(!fits));
    $("#own-rate-error").hidden = fits;
    $("#own-rate-error").textContent = `Expected a number above 0, at most 1, got “${event.target.value}”.`;
    if (fits) store.set({ learning_rate: value });
  });
  wholeNumber($("#own-seed"), $("#own-seed-error"), seed => store.set({ seed }));
  $("#run").addEventListener("click", acts.train);
  $("#request").addEventListener("submit", event => {
    event.preventDefault();
    acts.train();
  });
  return draw;
}
