// Step 2, the network: which, what it is made of, and why a file cannot be trained.
import { $, h, replace, segmented } from "../../lib/dom.js";
import { ready } from "../../lib/choices.js";
import { keepFocus } from "../../lib/focus.js";
import { chosenNames } from "../request.js";
import { isOfFile } from "./check.js";

const LAYERS = {
  mlp: ["28×28", "128", "128"],
  cnn: ["28×28", "32 conv", "32 conv", "pool", "128"],
  file: [],
};

const WORDS = {
  mlp: "Sees all pixels at once. The quickest to train.",
  cnn: "Looks for small patterns anywhere in the picture.",
  file: "Any model of this session with a 28 × 28 grey input and as many outputs as classes. Training starts from random weights.",
};

function drawLayers(state) {
  const names = LAYERS[state.model] ?? [];
  const all = names.length ? [...names, String(chosenNames(state).length)] : [];
  const isEnd = place => place === 0 || place === all.length - 1;
  replace(
    $("#layers"),
    all.map((words, place) => [
      h("span", { class: isEnd(place) ? "end" : "" }, words),
      place < all.length - 1 ? h("i", {}, "→") : null,
    ]),
  );
}

/** What the server says about the chosen file; null where it fits or is not known yet. */
const refusal = state => (isOfFile(state) ? state.checked.error.sentence : null);

function fileField(state, store) {
  const option = ({ id, letter, name }) => h("option", { value: id, selected: id === state.file }, `${letter} · ${name}`);
  const choose = event => store.set({ file: event.target.value || null });
  const invalid = Boolean(refusal(state));
  const attributes = { class: "field", id: "file", "aria-label": "Keras file", "aria-invalid": String(invalid), onchange: choose };
  return h("select", attributes, h("option", { value: "", selected: !state.file }, "Choose a file…"), ready(state.models).map(option));
}

function fileChoice(state, store) {
  const why = refusal(state);
  if (!ready(state.models).length)
    return h("p", { class: "why" }, "No model is open. ", h("a", { href: "/models" }, "Add a model"));
  return [fileField(state, store), why ? h("p", { class: "bad-text small", id: "file-error" }, why) : null];
}

export function createModelChoice(store) {
  const draw = keepFocus(state => {
    const models = state.options?.models ?? [];
    const choices = models.map(({ id, label }) => [id, id === "file" ? "Keras file…" : label]);
    replace($("#models"), [...segmented("network", "Model", choices, state.model, model => store.set({ model })).children]);
    $("#file-choice").hidden = state.model !== "file";
    replace($("#file-choice"), state.model === "file" ? fileChoice(state, store) : null);
    $("#model-words").textContent = WORDS[state.model] ?? "";
    drawLayers(state);
  });
  store.on(["options", "models", "model", "file", "checked"], draw);
  store.on(["chosen", "own"], drawLayers);
  return draw;
}
