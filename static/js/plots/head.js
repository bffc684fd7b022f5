// Title, sentence, choices and buttons above a plot.
import { h, replace } from "../lib/dom.js";
import { count, group } from "../lib/format.js";
import { PLOTS, classShown, labelsOf, modelShown, withNewNumbers } from "../suggest/request.js";
import { tool } from "./tools.js";
import { term } from "../shell/term.js";

const models = ({ suggestion }) => count(suggestion.models.length, "model");

const SENTENCES = {
  scatter: ({ answers }) =>
    `${answers.scatter?.aggregated ? "The deeper, the more images." : "One dot an image."} Right and high: sure of different answers.`,
  distance: state => `Mean over ${models(state)}. 0 = all right, 1 = all wrong.`,
  layer: state => `Layer ${state.suggestion.layers[modelShown(state)] ?? ""}, mean over its neurons.`,
  neuron: state => `Neuron ${state.neuron} of layer ${state.suggestion.layers[modelShown(state)] ?? ""}.`,
};

function titleOf(state, kind) {
  if (kind !== "distance") return PLOTS[kind].title;
  const name = classShown(state) ?? state.group;
  return name === null
    ? "Distance to the label"
    : name.startsWith("class ")
      ? `Distance to ${name}`
      : `Distance to class ${name}`;
}

const option = (value, chosen, words) => h("option", { value, selected: value === chosen }, words);

function modelChoice(store) {
  const { suggestion } = store.state;
  const chosen = modelShown(store.state);
  const onchange = event =>
    store.set({ modelShown: event.target.value, ...withNewNumbers(store.state, ["layer", "neuron"]) });
  return h(
    "select",
    { class: "field low", "aria-label": "Model", onchange },
    suggestion.models.map(({ id, letter, name }) => option(id, chosen, `${letter} · ${name}`)),
  );
}

/** With several labels: all images, or those of one label. */
function groupChoice(store) {
  const labels = labelsOf(store.state);
  if (!labels.has || labels.classes.length < 2) return null;
  const words = ({ name, n }) => (n === undefined ? `label ${name}` : `label ${name} · ${group(n)}`);
  return h(
    "select",
    {
      class: "field low",
      "aria-label": "Images of label",
      onchange: event => store.set({ group: event.target.value || null, ...withNewNumbers(store.state, ["distance"]) }),
    },
    option("", store.state.group ?? "", "all labels"),
    labels.classes.map(label => option(label.name, store.state.group, words(label))),
  );
}

const CHOICES = { scatter: () => null, distance: groupChoice, layer: modelChoice, neuron: modelChoice };

function exportMenu(kind, acts) {
  const id = `plot-menu-${kind}`;
  const menu = h("div", { class: "menu", popover: "auto", id, "aria-label": "Save this plot" });
  const item = (words, act) => {
    const onclick = () => {
      menu.hidePopover();
      act();
    };
    return h("button", { class: "btn plain wide", type: "button", onclick }, words);
  };
  menu.append(item("Picture, PNG", acts.png), item("Numbers, CSV", acts.csv));
  const button = tool("export", "Save this plot", { popovertarget: id });
  menu.addEventListener("toggle", () => {
    const { right, bottom } = button.getBoundingClientRect();
    menu.style.setProperty("left", `${Math.max(8, right - menu.offsetWidth)}px`);
    menu.style.setProperty("top", `${bottom + 4}px`);
  });
  return [button, menu];
}

/** acts: zoom(), whole(), toggleTable(), png(), csv(). */
export function createPlotHead(store, kind, acts) {
  const title = h("h2", { id: `plot-${kind}` });
  const words = h("span");
  const axis = kind === "scatter" ? [" Up: ", term("distinct-classes", "distinct classes"), "."] : [];
  const choice = h("div", { class: "row" });
  const zoom = tool("zoom", "Zoom by dragging and by the wheel", { onclick: acts.zoom });
  const whole = tool("back", "Show the whole plot", { onclick: acts.whole });
  const table = tool("table", "Show as table", { onclick: acts.toggleTable });
  const tools = h(
    "div",
    { class: "tools", role: "group", "aria-label": "Plot tools" },
    whole,
    zoom,
    table,
    exportMenu(kind, acts),
  );
  const element = h("header", {}, h("div", { class: "grow" }, title, h("p", { class: "small quiet" }, words, axis)), choice, tools);
  let drawn = "";

  function draw(state, card) {
    title.textContent = titleOf(state, kind);
    words.textContent = SENTENCES[kind](state);
    zoom.setAttribute("aria-pressed", String(card.zooming));
    table.setAttribute("aria-pressed", String(state.tables.includes(kind)));
    whole.hidden = !state.views[kind];
    const fresh = JSON.stringify([state.suggestion.id, state.suggestion.labels, state.group, modelShown(state)]);
    if (fresh === drawn) return;
    drawn = fresh;
    replace(choice, CHOICES[kind](store));
  }

  return { element, draw };
}
