// What the state means for the maps: colouring, palette, strengths, selected rows; each made again only when it differs.
import { colouringOf, plainColouring, strengthsOf } from "./colours.js";
import { labelPlaces } from "./labels.js";
import { modelOf } from "./letters.js";
import { paletteOf } from "./drawing/palette.js";

/** Made again only when one of the arguments is another. */
function kept(make) {
  let from = null;
  let made = null;
  return (...source) => {
    if (!from || source.some((one, at) => one !== from[at])) [from, made] = [source, make(...source)];
    return made;
  };
}

/** One byte per row: 1 where it is selected; null when nothing is. */
export function chosenOf(bits, count, n) {
  if (!count) return null;
  const chosen = new Uint8Array(n);
  for (let row = 0; row < n; row += 1) chosen[row] = (bits[row >> 3] >> (row & 7)) & 1;
  return chosen;
}

const TRUST = { name: "trust", title: "trust of this map", kind: "number", model: null };

export function columnOf(exploration, name) {
  if (name === "trust") return TRUST;
  return exploration.columns.find(column => column.name === name) ?? null;
}

const letterOf = (exploration, column) => modelOf(exploration, column.model)?.letter ?? "";

/** The column of losses by which points stand out: of the model that colours, else that of the right map, else the first. */
export function lossColumn(exploration, state) {
  const losses = exploration.columns.filter(({ name }) => name.endsWith(".loss"));
  const wished = [columnOf(exploration, state.colour)?.model, state.maps?.right?.of];
  return wished.map(id => losses.find(({ model }) => model === id)).find(Boolean) ?? losses[0] ?? null;
}

export function wordsOf(exploration, column) {
  const letter = column.model && letterOf(exploration, column);
  return letter ? `${column.title} of ${letter}` : column.title;
}

/** What both sides share. values: of values.js. */
function createInks(values) {
  const plain = kept(plainColouring);
  const coloured = kept((column, letter, known) => colouringOf(column, known, letter));
  const strengths = kept(strengthsOf);
  return {
    coloured,
    plain,
    palette: kept((colouring, inks, hidden) => {
      const off = colouring.groups.filter(({ name }) => hidden.includes(name));
      return paletteOf(colouring, inks, new Set(off.map(({ code }) => code)));
    }),
    chosen: kept(chosenOf),
    strengths(exploration, state) {
      const losses = state.standout && lossColumn(exploration, state);
      const known = losses && values.of(exploration, losses);
      return known?.length === exploration.dataset.n ? strengths(known) : null;
    },
  };
}

const sceneOf = (points, colouring, palette, strengths, chosen) => ({
  points,
  codes: colouring.codes,
  palette,
  strengths,
  chosen,
  cross: colouring.cross,
});

const NONE_HIDDEN = [];

/** What codes mean now, for a side; a colour may be that of this side's map alone. */
function createColours(values, shared) {
  const own = createInks(values);
  return (exploration, state, map) => {
    const column = columnOf(exploration, state.colour);
    const mine = column === TRUST;
    const made = mine ? own : shared;
    const known = column && (mine ? map && values.trust(exploration, map) : values.of(exploration, column));
    if (!known || known.length !== exploration.dataset.n) return { made, colouring: made.plain(exploration.dataset.n) };
    return { made, colouring: made.coloured(column, letterOf(exploration, column), known) };
  };
}

/** -> create(): a paint for a side; what both sides share is made once. */
export function createPaints(values) {
  const shared = createInks(values);
  return function create() {
    const colours = createColours(values, shared);
    const scene = kept(sceneOf);
    const labels = kept(labelPlaces);
    /** -> {colouring, scene (null without places), labels} of what is known now. */
    return ({ exploration, state, feed, selection, inks }) => {
      const { n } = exploration.dataset;
      const { made, colouring } = colours(exploration, state, feed.map);
      if (feed.points?.length !== 2 * n) return { colouring, scene: null, labels: [] };
      const palette = made.palette(colouring, inks, state.hiddenClasses ?? NONE_HIDDEN);
      const chosen = shared.chosen(selection.bits, selection.count, n);
      const drawn = scene(feed.points, colouring, palette, shared.strengths(exploration, state), chosen);
      return { colouring, scene: drawn, labels: labels(feed.points, colouring) };
    };
  };
}
