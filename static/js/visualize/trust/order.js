// Which row stands where, and what a cell says in words. Pure functions of what the server answers.

export const CONTROL = "control:";

/** Names of the rows by a metric, the best first; rows that it does not have come last, in the table's own order. */
export function orderOf(trust, model, metric) {
  const known = (model.order[metric] ?? []).filter(name => measured(model.cells[metric]?.[name]));
  const rest = trust.rows.map(({ name }) => name).filter(name => !known.includes(name));
  return [...known, ...rest];
}

export const measured = cell => Boolean(cell && Number.isFinite(cell.mean) && cell.n);

/** "=1" where it is tied, "3" where it is alone. */
export const placeWords = cell => (cell?.place ? `${cell.shared ? "=" : ""}${cell.place}` : "");

/** good: beats every control; low: not clearly better than random; within: between; "": the metric does not say. */
export function standingOf(cell) {
  if (!cell?.beats) return "";
  if (cell.beats === "all") return "good";
  return cell.not_beaten.includes(`${CONTROL}random`) ? "low" : "within";
}

export const STANDINGS = { good: "beats every control", within: "within the controls", low: "no better than random" };

const JUDGED = ["difference", "insertion", "deletion"];

/** What is said under a row's name: of the metric that judges; nothing where no fill takes the model's answers away. */
export function rowStanding(model, name) {
  if (model.advice?.tested === false) return "";
  const metric = JUDGED.find(one => model.cells[one]);
  return metric ? standingOf(model.cells[metric][name]) : "";
}

/** The metrics that judge, then those that describe. */
export const columnsOf = ({ metrics }) => [...metrics.filter(({ better }) => better), ...metrics.filter(({ better }) => !better)];

/** The metric that rows are ordered by: the chosen one where the table has it. */
export const sortOf = ({ metrics }, sortedBy) =>
  metrics.find(({ name }) => name === sortedBy)?.name ?? columnsOf({ metrics })[0]?.name ?? null;

/** "all" only where there are several models; else one that the table has. */
export function shownOf({ models }, shownModel) {
  if (shownModel === "all" && models.length > 1) return "all";
  return models.find(({ id }) => id === shownModel)?.id ?? models[0]?.id ?? null;
}

/** How many methods have all of their images. */
export function finishedRows({ rows, models, images, metrics, problems }) {
  const wanted = images.length - problems.length;
  const whole = (model, name) =>
    Boolean(model.failures[name]) ||
    metrics.every(({ name: metric, needs_region: needs }) => needs || (model.cells[metric]?.[name]?.n ?? 0) >= wanted);
  return rows.filter(({ name, control }) => !control && models.every(model => whole(model, name))).length;
}

/** A sentence cut at the names in it: [{text, name: whether it is one}]. Longer names are looked for first. */
export function marked(sentence, names) {
  const any = [...names].sort((a, b) => b.length - a.length).map(name => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (!any.length) return [{ text: sentence, name: false }];
  const cut = sentence.split(new RegExp(`(?<![\\w.])(${any.join("|")})(?![\\w]|\\.\\w)`));
  return cut.map((text, place) => ({ text, name: place % 2 === 1 })).filter(({ text }) => text);
}
