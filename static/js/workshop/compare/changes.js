// What differs between two runs, in words, and how much more alike to their shapes the classes became.
import { change, likeness, mean, seedWords, WAYS } from "../summary.js";
import { columnsOf } from "../rows/columns.js";

const NETWORKS = { mlp: "MLP", cnn: "CNN", file: "Keras file" };
const wayWords = ({ way, strength }) => (!way || way === "none" ? "no marks" : `marks by ${WAYS[way]}, strength ${strength}`);

/** Each setting in words; what is the same in both runs is said once. */
const SETTINGS = [
  ({ model, file }) => (model === "file" ? `Keras file ${file}` : NETWORKS[model]),
  ({ initial }) => `${initial} start`,
  ({ step_size }) => `step ${step_size}`,
  ({ epochs }) => `${epochs} epochs`,
  seedWords,
  wayWords,
];

const labels = (run, names) => run.classes.filter(one => names.includes(one.name)).map(one => one.label);

/** With commas, unless a label has one itself. */
const listed = words => words.join(words.some(word => word.includes(",")) ? "; " : ", ");

const namesOf = run => run.classes.map(one => one.name);

function imagesWords(older, newer) {
  const [before, after] = [namesOf(older), namesOf(newer)];
  const added = labels(newer, after.filter(name => !before.includes(name)));
  const gone = labels(older, before.filter(name => !after.includes(name)));
  const parts = [added.length ? `+ ${listed(added)}` : "", gone.length ? `− ${listed(gone)}` : ""].filter(Boolean);
  return parts.length ? [`training images, ${parts.join(", ")}`] : [];
}

/** -> {changed: [words], same: [words]} */
export function settingsChanged(older, newer) {
  const pairs = SETTINGS.map(words => [words(older.request), words(newer.request)]);
  const changed = pairs.filter(([before, after]) => before !== after).map(([before, after]) => `${before} → ${after}`);
  const same = pairs.filter(([before, after]) => before === after).map(([words]) => words);
  return { changed: [...imagesWords(older, newer), ...changed], same: same.filter(words => words !== "no marks") };
}

/** Per class of either run: {one, before, after}, |r| or null where it is not in the run. */
export function likenesses(older, newer, tiles) {
  const valueOf = (run, name) => (namesOf(run).includes(name) ? likeness(run, name).mean : null);
  return columnsOf([newer, older], tiles).map(one => ({
    one,
    before: valueOf(older, one.name),
    after: valueOf(newer, one.name),
  }));
}

const EVEN = 0.005; // what rounds to 0.00

/** One sentence about the classes of both runs. */
export function verdictWords(rows) {
  const both = rows.filter(({ before, after }) => before !== null && after !== null);
  if (!both.length) return "The two runs have no class in common.";
  const by = mean(both.map(({ before, after }) => after - before));
  const [which, shapes] = both.length === 1 ? ["The class in both runs", "its shape"] : ["The classes in both runs", "their shapes"];
  const amount = `|r| ${change(by)}${both.length === 1 ? "" : " on average"}.`;
  if (Math.abs(by) < EVEN) return `${which} stayed as much like ${shapes}: ${amount}`;
  return `${which} became ${by > 0 ? "more" : "less"} like ${shapes}: ${amount}`;
}
