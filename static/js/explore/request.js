// The request of Explore as a value: where it starts from, what is posted, what a map and a colouring fall back on.
import { lacks, modelsFor, ready } from "../lib/choices.js";
import { carried } from "./letters.js";
import { letterAt } from "./rows/values.js";
import { apartSentences, changedModels } from "../lib/made-with.js";
import { read, remembered } from "./url.js";

export const FEW = 20_000; // images up to which a map by neighbours is made without a wish for it
const SETTINGS = { perplexity: 30, neighbours: 15, seed: 0 };
const NOTHING_SEEN = { image: null, pointed: null, similar: null, cell: null, hiddenClasses: [] };

export const BLANK = {
  ...NOTHING_SEEN,
  dataset: null,
  models: [],
  layers: {},
  view: "map",
  maps: {},
  colour: "label",
  standout: false,
  query: "",
  sort: null,
  order: null,
  columns: null, // of the table, once somebody chose some
  tray: "closed",
  run: null,
};

export const datasetOf = ({ catalog, dataset }) => catalog.datasets.find(({ id }) => id === dataset) ?? null;
const open = datasets => datasets.filter(({ status }) => status === "ready");


/** The chosen models with the letters of this page; the others have none. */
export const letteredModels = ({ catalog, models }) =>
  catalog.models.map(model => {
    const place = models.indexOf(model.id);
    return { ...model, letter: place < 0 ? "" : letterAt(place) };
  });

/** Where letters of this page are another model's on other pages: queries name models by their place here. */
export function lettersNote({ catalog, models }) {
  const known = models.map((id, place) => ({ here: letterAt(place), ...catalog.models.find(model => model.id === id) }));
  const others = known.filter(({ here, name, letter }) => name && letter !== here).map(({ name, letter }) => `${name} ${letter}`);
  return others.length ? `These letters are for queries on this page. Other pages call ${others.join(", ")}.` : "";
}

/** From the address, else from this tab's last view, else sensible: the basket's dataset, models whose classes fit. */
export function firstState(catalog, basket) {
  const asked = read();
  const given = Object.keys(asked).length ? asked : read(remembered());
  const known = open(catalog.datasets);
  const wanted = [given.dataset, basket.dataset].find(id => known.some(dataset => dataset.id === id));
  const dataset = wanted ?? known[0]?.id ?? null;
  const usable = new Set(ready(catalog.models).map(({ id }) => id));
  const models = (given.models ?? []).filter(id => usable.has(id));
  const record = catalog.datasets.find(({ id }) => id === dataset);
  const chosen = models.length ? models : modelsFor(record, catalog.models);
  const same = given.dataset === dataset || !given.dataset;
  const rest = same ? { ...given, ...carried(given, given.models ?? chosen, chosen) } : {};
  return { ...BLANK, ...rest, dataset, models: chosen };
}

/**
 * What is posted.
 * @returns {import("../../../tools/types/rest").NewExploration}
 */
export function requestOf({ dataset, models, layers }) {
  const chosen = models.filter(id => layers[id]).map(id => [id, layers[id]]);
  return { dataset, models, layers: chosen.length ? Object.fromEntries(chosen) : null };
}

/** What prevents it, in the words of the next action; null when nothing does. */
export const obstacle = state => lacks(datasetOf(state), state, "A map needs at least 2.");

/** What of the panel the page does not show. `asked`: the request that was posted, as text. */
function others(state) {
  const { exploration, asked, dataset, models } = state;
  const nouns = [];
  if (exploration.dataset.id !== dataset) nouns.push("another dataset");
  if (String(exploration.models.map(({ id }) => id)) !== String(models)) nouns.push("other models");
  return nouns.length || asked === JSON.stringify(requestOf(state)) ? nouns : ["another layer"];
}

/** The models whose predictions, or what is made of them, would be others today. */
export const outdated = state => (state.exploration ? changedModels(state, state.exploration.models) : []);

/** Whether the panel asks for what is shown. */
export const matches = state => Boolean(state.exploration) && !others(state).length && !outdated(state).length;

const MADE = { made: "these predictions were made", press: "Press Explore to update them." };

/** The sentences where what is shown is not what is asked for; null where it is. */
export const apartWords = state =>
  state.exploration && !state.posting ? apartSentences(others(state), outdated(state), MADE) : null;

/** Another dataset brings its own models and forgets what was looked at. */
export function chooseDataset(state, id) {
  const record = state.catalog.datasets.find(other => other.id === id);
  const { view, standout, layers } = state;
  const models = modelsFor(record, state.catalog.models);
  return { ...BLANK, view, standout, layers, dataset: id, models, exploration: null, problem: null };
}

/** Both maps as they can be made of these models: what one of them is of is among them, settings are whole. */
export function fittingMaps({ maps, models }, n) {
  const method = n <= FEW ? "tsne" : "pca";
  const usual = { left: "pixels", right: models[0] ?? "pixels" };
  const side = name => {
    const wanted = { method, ...SETTINGS, ...maps[name] };
    const known = wanted.of === "pixels" || models.includes(wanted.of);
    return { ...wanted, of: known ? wanted.of : usual[name] };
  };
  return { left: side("left"), right: side("right") };
}

export const TRUST = { name: "trust", title: "Trust of this map", kind: "number", model: null };

/** What a map can be coloured by: what the exploration has, and how far each place on the map can be trusted. */
export const coloursOf = exploration => (exploration ? [...exploration.colours, TRUST] : []);

/** A colouring that this exploration has: the wanted one, else the first, which is the label where there are any. */
export function fittingColour(colour, exploration) {
  const names = coloursOf(exploration).map(({ name }) => name);
  return names.includes(colour) ? colour : names[0];
}

/** The colouring after this one; round at the end. */
export function nextColour(colour, exploration) {
  const names = coloursOf(exploration).map(({ name }) => name);
  return names[(names.indexOf(colour) + 1) % names.length];
}

/** Looking through another model: the same question to it where there is one, else what it predicts. */
export function colourThrough(colour, letter, exploration) {
  const said = colour.includes(".") ? colour.slice(colour.indexOf(".")) : ".prediction";
  const names = coloursOf(exploration).map(({ name }) => name);
  return [`${letter}${said}`, `${letter}.prediction`].find(name => names.includes(name)) ?? colour;
}

/** What goes with an exploration that has arrived. A first one keeps what the address says; a later one shows other rows. */
export function arrival(state, exploration) {
  const models = exploration.models.map(({ id }) => id);
  const other = state.exploration && state.exploration.id !== exploration.id;
  const said = other ? carried(state, state.exploration.models.map(({ id }) => id), models) : {};
  const { image } = state;
  return {
    ...said,
    exploration,
    run: exploration.id,
    maps: fittingMaps({ maps: state.maps, models }, exploration.dataset.n),
    colour: fittingColour(said.colour ?? state.colour, exploration),
    ...(other ? NOTHING_SEEN : {}),
    image: other || image === null || image >= exploration.dataset.n ? null : image,
  };
}
