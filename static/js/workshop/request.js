// The request of the Workshop as a value: where it starts from, what is posted, what prevents it, what a run asked for.
import { read, remembered } from "./url.js";

export const LEAST_CLASSES = 2;
const FIRST = ["vertical_line", "horizontal_line"];

export const BLANK = {
  chosen: FIRST, // names of classes: ids of tiles, names of custom classes
  own: [], // classes that are no tiles, as they are posted: {name, pixels}, or {name, dataset, images, run}, run: that has them
  marks: {}, // name of a class -> 784 of +1, -1, 0
  way: "filling",
  strength: 1,
  model: "mlp",
  file: null,
  initial: "black",
  step_size: 0.005,
  epochs: 100,
  seed: 0,
  seeds: 1,
  show: "grey",
  open: [], // runs whose steps are shown
  difference: null, // [older, newer]
  tour: null, // steps done; null where it is not on
};

/** What is posted, of the fields above. */
const SETTINGS = ["strength", "model", "initial", "step_size", "epochs", "seed", "seeds"];

const tileOf = ({ options }, name) => options?.tiles.find(({ id }) => id === name) ?? null;
const ownOf = ({ own }, name) => own.find(one => one.name === name) ?? null;

/** The mean of the images that an earlier run was trained on. */
const inRun = ({ runs }, { name, run }) =>
  runs?.find(({ id }) => id === run)?.classes.find(one => one.name === name)?.pixels ?? null;

/** A class as it is shown: {name, label, noise, pixels or null, own}; null where nothing has that name. */
export function classOf(state, name) {
  const tile = tileOf(state, name);
  if (tile) return { name, label: tile.label, noise: tile.noise, pixels: tile.pixels, own: null };
  const own = ownOf(state, name);
  return own && { name, label: name, noise: false, pixels: own.pixels ?? inRun(state, own), own };
}

/** Every class there is to choose, in the order of the tiles. */
export const classNames = ({ options, own }) => [...(options?.tiles ?? []).map(({ id }) => id), ...own.map(({ name }) => name)];

/** The chosen ones, in that order. */
export const chosenNames = state => classNames(state).filter(name => state.chosen.includes(name));

export const toggled = (state, name) =>
  state.chosen.includes(name) ? state.chosen.filter(other => other !== name) : [...state.chosen, name];

/** A pixel that is marked. */
const some = marks => marks?.some(Boolean);

/** Marks of the chosen classes alone: those of another come back when it is chosen again. */
export const marksOf = state =>
  Object.fromEntries(chosenNames(state).flatMap(name => (some(state.marks[name]) ? [[name, state.marks[name]]] : [])));

/**
 * What is posted. extra: a name.
 * @returns {any}
 */
export function requestOf(state, extra = {}) {
  const marks = marksOf(state);
  return {
    classes: chosenNames(state).map(name => ownOf(state, name) ?? { tile: name }),
    marks,
    way: Object.keys(marks).length ? state.way : "none",
    ...Object.fromEntries(SETTINGS.map(field => [field, state[field]])),
    file: state.model === "file" ? state.file : null,
    ...extra,
  };
}

/** The fields of the panel that a posted request came of: a run is asked for again with a change. */
export function stateOf(request, { own, way }) {
  const mine = request.classes.filter(one => !one.tile);
  const others = own.filter(one => !mine.some(({ name }) => name === one.name));
  return {
    ...Object.fromEntries(SETTINGS.map(field => [field, request[field] ?? BLANK[field]])),
    chosen: request.classes.map(one => one.tile || one.name),
    own: [...others, ...mine],
    marks: request.marks ?? {},
    way: request.way && request.way !== "none" ? request.way : way,
    file: request.file ?? null,
  };
}

/** What prevents a run, in the words of the next action; null when nothing does. */
export function obstacle(state) {
  const names = chosenNames(state);
  if (!names.length) return "Choose at least two: a network can only learn a difference.";
  if (names.length < LEAST_CLASSES) return "One more: a network can only learn a difference.";
  const most = state.options?.limits?.classes;
  if (most && names.length > most) return `Choose at most ${most} classes.`;
  if (state.model === "file" && !state.file) return "Choose the Keras file.";
  return null;
}

const DEFAULTS = ["initial", "step_size", "epochs", "seed", "seeds", "strength", "model", "way"];

/** From the address, else this tab's last view, else two lines; drawings of earlier visits are there, too. */
export function firstState(options, drawings) {
  const asked = read();
  const given = Object.keys(asked).length ? asked : read(remembered());
  const defaults = Object.fromEntries(
    DEFAULTS.filter(field => options.defaults?.[field] !== undefined).map(field => [field, options.defaults[field]]),
  );
  const named = given.own ?? [];
  const own = [...drawings.filter(one => !named.some(({ name }) => name === one.name)), ...named];
  return { ...BLANK, ...defaults, ...given, own };
}
