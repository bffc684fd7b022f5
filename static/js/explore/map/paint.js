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

/** One for each side, since a colour may be that of its map alone. -> {colouring, scene, labels} of what is known now. */
export function createPaint(values) {
  const plain = kept(plainColouring);
  const coloured = kept((column, letter, known) => colouringOf(column, known, letter));
  const palette = kept((colouring, inks, hidden) =>
    paletteOf(colouring, inks, new Set(colouring.groups.filter(({ name }) => hidden.includes(name)).map(({ code }) => code))),
  );
  const strengths = kept(strengthsOf);
  const chosen = kept(chosenOf);
  const scene = kept((points, colouring, palette_, strengths_, chosen_) => ({
    points,
    codes: colouring.codes,
    palette: palette_,
    strengths: strengths_,
    chosen: chosen_,
    cross: colouring.cross,
  }));
  const labels = kept(labelPlaces);

  function colouringNow(exploration, state, map) {
    const column = columnOf(exploration, state.colour);
    const known = column && (column === TRUST ? map && values.trust(exploration, map) : values.of(exploration, column));
    if (!known || known.length !== exploration.dataset.n) return plain(exploration.dataset.n);
    return coloured(column, letterOf(exploration, column), known);
  }

  return function paint({ exploration, state, feed, selection, inks }) {
    const { n } = exploration.dataset;
    const colouring = colouringNow(exploration, state, feed.map);
    const losses = state.standout && lossColumn(exploration, state);
    const known = losses && values.of(exploration, losses);
    const colours = palette(colouring, inks, state.hiddenClasses ?? []);
    const fits = feed.points?.length === 2 * n;
    const picked = chosen(selection.bits, selection.count, n);
    const strong = known?.length === n ? strengths(known) : null;
    return {
      colouring,
      scene: fits ? scene(feed.points, colouring, colours, strong, picked) : null,
      labels: fits ? labels(feed.points, colouring) : [],
    };
  };
}
