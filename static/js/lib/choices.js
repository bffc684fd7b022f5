// What a page starts from: models that fit a dataset, images spread over it, a method that is there.

const FIRST_IMAGES = 6;
const FIRST_MODELS = 4;
const FIRST_METHODS = ["lrp.epsilon", "gradient"];

/** The models as they are named beside this dataset: one without names borrows them from its folders or labels. */
export const beside = (models, dataset) =>
  models.map(model => (model.borrowed?.[dataset] ? { ...model, ...model.borrowed[dataset] } : model));

/** What a request over a whole dataset lacks, in the words of the next action; null when nothing. why: two images. */
export function lacks(record, { models, catalog }, why) {
  if (!record) return "Open a dataset first.";
  if (record.n < 2) return `${record.name} has ${record.n} image. ${why}`;
  if (models.length) return null;
  return ready(catalog.models).length ? "Choose at least one model." : "Add a model first.";
}

export const ready = models => models.filter(model => model.status === "ready");

/** Models that have a label of the dataset's among their classes; all when nothing is known or nothing fits. */
export function modelsFor(dataset, models) {
  const usable = ready(models);
  const fitting = usable.filter(({ id }) => dataset?.fits?.includes(id));
  return (fitting.length ? fitting : usable).slice(0, FIRST_MODELS).map(model => model.id);
}

/** Class names of some models, each once, in the first model's order. */
export const classesOf = models => [...new Set(models.flatMap(model => model.class_names || []).map(String))];

const spelled = name => String(name).replace(/^n\d{8}[_ ]/, "").split(",")[0].normalize("NFKD").replace(/[\u0300-\u036f\s_-]/g, "").toLowerCase();

/** Class names that every model has, as the first one spells them: others may differ in case, in spaces, in an id before. */
export function sharedClasses(models) {
  const [first, ...others] = models.map(model => classesOf([model]));
  const known = others.map(names => new Set(names.flatMap(name => [name, spelled(name)])));
  return (first ?? []).filter(name => known.every(names => names.has(name) || names.has(spelled(name))));
}

/** The target, or the predicted class where one of the chosen models has no class of that name. */
export const fittingTarget = (target, chosen, models, dataset) => {
  const named = beside(models, dataset).filter(model => chosen.includes(model.id));
  return sharedClasses(named).includes(String(target)) ? target : "predicted";
};

/** A few images spread evenly over a dataset: the first selection, so that a first run is one press away. */
export function spread(n, wanted = FIRST_IMAGES) {
  const many = Math.min(n, wanted);
  return Array.from({ length: many }, (_, k) => Math.floor(((k + 0.5) * n) / many));
}

/** Those names that are known; null where none is. */
export const knownOf = (names, all) => (names.some(name => all.includes(name)) ? names.filter(name => all.includes(name)) : null);

/** The wanted method where the server has it, else the one that a person starts with. */
export function methodFor(wanted, analyzers) {
  const names = analyzers.map(analyzer => analyzer.name);
  return [wanted, ...FIRST_METHODS].find(name => names.includes(name)) ?? names[0] ?? null;
}
