// What each plot of Suggest is called, asks the server for, and lets a person choose.
import { h } from "../lib/dom.js";
import { count, group } from "../lib/format.js";
import { term } from "../shell/term.js";
import { glimpse } from "./image-facts.js";
import { PLOTS, asQuery, classShown, labelsOf, lookQuery, modelShown, plotQuery, withNewNumbers } from "./request.js";

const models = ({ suggestion }) => count(suggestion.models.length, "model");

const SENTENCES = {
  scatter: ({ answers }) =>
    `${answers.scatter?.aggregated ? "The deeper, the more images." : "One dot per image, lifted or lowered a little so that none hides another."} Top right: sure of different answers.`,
  distance: state => `Mean over ${models(state)}. 0 = all right, 1 = all wrong.`,
  layer: state => `Layer ${state.suggestion.layers[modelShown(state)] ?? ""}, mean over its neurons.`,
  neuron: state => `Neuron ${state.neuron} of layer ${state.suggestion.layers[modelShown(state)] ?? ""}.`,
};

function headingOf(state, kind) {
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

/** A class or a neuron that was chosen after scoring is enough. */
const given = ({ className }, kind) => kind === "neuron" || (kind === "distance" && className !== null);

/** One plot for `createPlotCard`. acts: look(look), view(kind, ends), told(kind, answer). */
export function plotOf(store, kind, acts) {
  const state = () => store.state;
  return {
    kind,
    title: PLOTS[kind].title,
    after: kind === "scatter" ? [" Up: ", term("distinct-classes", "distinct classes"), "."] : [],
    heading: () => headingOf(state(), kind),
    sentence: () => SENTENCES[kind](state()),
    choice: () => CHOICES[kind](store),
    choiceKey: () => JSON.stringify([state().suggestion.id, state().suggestion.labels, state().group, modelShown(state())]),
    zoomed: () => state().views[kind] ?? null,
    tabled: () => state().tables.includes(kind),
    toggleTable() {
      const { tables } = state();
      store.set({ tables: tables.includes(kind) ? tables.filter(other => other !== kind) : [...tables, kind] });
    },
    chosen: () => state().look,
    /** null: nothing to draw; else what it is drawn of. */
    source: () => state().suggestion,
    obstacle() {
      const offer = state().suggestion.plots.find(other => other.kind === kind);
      return offer?.available || given(state(), kind) ? null : offer?.reason || "This plot is not available for this dataset.";
    },
    address(size) {
      const query = { ...plotQuery(state(), kind), ...size };
      return `/suggestions/${encodeURIComponent(state().suggestion.id)}/plots/${kind}?${asQuery(query)}`;
    },
    glimpse: (look, more = {}) => glimpse(state().suggestion, { ...lookQuery(state(), look), ...more }),
    look: acts.look,
    view: ends => acts.view(kind, ends),
    told: answer => acts.told(kind, answer),
  };
}
