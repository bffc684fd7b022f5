// Colour by: what the dots of both maps are coloured by, at once and without a new map.
import { $, h, key, replace } from "../lib/dom.js";
import { keepFocus } from "../lib/focus.js";
import { coloursOf } from "./request.js";
import { letterAt } from "./rows/values.js";

const ORDER = ["label", "prediction", "right", "loss", "confidence", "disagreement", "agreement", "trust"];
const TITLES = { prediction: "Prediction of", right: "Right or wrong,", loss: "Loss of", confidence: "Confidence of" };
const SWATCHES = { flag: "sw-rw", class: "sw-cat", number: "sw-seq" };

const partOf = name => name.slice(name.indexOf(".") + 1);
const swatchOf = ({ name, kind }) => (name === "disagreement" ? "sw-dis" : SWATCHES[kind]);

/** The same question to each model stands together. */
export function inOrder(colours) {
  const place = ({ name }) => (ORDER.includes(partOf(name)) ? ORDER.indexOf(partOf(name)) : ORDER.length);
  return [...colours].sort((a, b) => place(a) - place(b));
}

function choice(colour, exploration, state, onchoose) {
  const { name, title, model } = colour;
  const at = exploration.models.findIndex(({ id }) => id === model);
  const words = model ? [`${TITLES[partOf(name)] ?? title} `, key({ letter: letterAt(at) })] : title;
  return h(
    "label",
    {},
    h("input", { type: "radio", name: "colour", value: name, checked: name === state.colour, onchange: () => onchoose(name) }),
    h("span", { class: "grow" }, words),
    h("i", { class: swatchOf(colour), "aria-hidden": "true" }),
  );
}

export function createColourList(store) {
  let drawn = "";
  const choose = colour => store.set({ colour, hiddenClasses: [] });

  const draw = keepFocus(state => {
    const { exploration } = state;
    $("#colours").hidden = !exploration?.facts;
    if (!exploration?.facts) return;
    const listed = inOrder(coloursOf(exploration));
    const now = JSON.stringify([exploration.id, listed.map(({ name }) => name)]);
    if (now !== drawn) replace($("#inks"), listed.map(one => choice(one, exploration, state, choose)));
    drawn = now;
    const radio = $(`#inks [value="${CSS.escape(state.colour)}"]`);
    if (radio) radio.checked = true;
  });
  store.on(["exploration", "colour"], draw);
  return draw;
}
