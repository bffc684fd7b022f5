// The columns of the table: which are shown, how wide they are, what their filter cells expect.
import { partOf } from "./values.js";

/** Least width in px and share of what is left, by what a column holds. */
const WIDTHS = {
  index: [76, 0],
  file: [112, 1],
  label: [84, 0.6],
  prediction: [100, 0.8],
  confidence: [128, 1],
  loss: [96, 0],
  right: [84, 0],
  tags: [92, 0.6],
};
const ORDINARY = [104, 0];
const PLACEHOLDERS = {
  number: "> 1",
  class: "contains",
  flag: "yes",
  text: "contains",
  tags: "contains",
};
export const GAP_PX = 12;
export const FIRST_PX = [18, 32]; // tick, picture

const widthOf = column => WIDTHS[partOf(column.name)] ?? ORDINARY;

/** Shown where nothing else was chosen: the model that is looked through with all it says, of the others what they say. */
export function ordinary({ columns }, letter) {
  const of = wanted => columns.filter(wanted).map(({ name }) => name);
  const own = ["prediction", "confidence", "loss"].map(part => `${letter}.${part}`);
  const others = of(({ name }) => partOf(name) === "prediction" && name.includes(".") && !own.includes(name));
  const wanted = ["index", "file", "label", ...own, ...others, "tags"];
  const known = new Set(of(() => true));
  return wanted.filter(name => known.has(name));
}

/** chosen: Set of names, or null. -> the columns in their order: those of the ordinary view first. */
export function shownOf(exploration, letter, chosen) {
  const first = ordinary(exploration, letter);
  const all = [...new Set([...first, ...exploration.columns.map(({ name }) => name)])];
  const byName = new Map(exploration.columns.map(column => [column.name, column]));
  return all.filter(name => (chosen ? chosen.has(name) : first.includes(name))).map(name => byName.get(name));
}

/** The tracks of the grid, and the least width of a row without its padding. */
export function tracksOf(columns) {
  const tracks = columns.map(widthOf);
  const words = tracks.map(([px, share]) => (share ? `minmax(${px}px, ${share}fr)` : `${px}px`));
  const least = [...FIRST_PX, ...tracks.map(([px]) => px)].reduce((sum, px) => sum + px + GAP_PX, -GAP_PX);
  return { tracks: [...FIRST_PX.map(px => `${px}px`), ...words].join(" "), least_px: least };
}

export const isRight = ({ kind, name }) => kind === "number" && partOf(name) !== "confidence";

export function placeholderOf({ kind, name }) {
  if (kind !== "number") return PLACEHOLDERS[kind] ?? "";
  return { index: "0..99", confidence: "> 0.9" }[partOf(name)] ?? PLACEHOLDERS.number;
}

/** What a press on a heading asks for: numbers largest first, but for places; the same one again turns round. */
export function sortAfter({ sort, order }, column) {
  if (sort === column.name) return { sort, order: order === "desc" ? "asc" : "desc" };
  return { sort: column.name, order: column.kind === "number" && column.name !== "index" ? "desc" : "asc" };
}

/** What comes first where nothing else was asked for: the highest loss of the model, without one the order of the images. */
export function sortOf({ sort, order, exploration }, letter) {
  if (sort && exploration.columns.some(({ name }) => name === sort)) return { sort, order: order ?? "desc" };
  const loss = `${letter}.loss`;
  const scored = exploration.models.some(({ has_labels: known }) => known);
  const known = scored && exploration.columns.some(({ name }) => name === loss);
  return known ? { sort: loss, order: "desc" } : { sort: "index", order: "asc" };
}
