// Changes of the request that take other parts of it along.
import { fittingTarget, modelsFor, spread } from "./choices.js";

/** Other models may not have the chosen class. */
export function chooseModels(store, models) {
  store.set({ models, target: fittingTarget(store.state.target, models, store.state.catalog.models, store.state.dataset) });
}

const left = new Map(); // dataset -> what was chosen with it, so that switching back finds it

export function chooseDataset(store, id) {
  const { dataset, images, models, layers, target, catalog } = store.state;
  const record = catalog.datasets.find(other => other.id === id);
  left.set(dataset, { images, models, layers });
  const chosen = left.get(id) ?? { images: spread(record.n), models: modelsFor(record, catalog.models), layers: {} };
  const fitting = fittingTarget(target, chosen.models, catalog.models, id);
  store.set({ ...chosen, dataset: id, dropped: [], image: 0, target: fitting });
}

/** What a person can choose for a method. */
export const enginesOf = runtimes => ["auto", ...runtimes, ...(runtimes.length > 1 ? ["both"] : [])];

export function chooseMethod(store, name) {
  const { catalog, engine, analyzer, layers, neurons } = store.state;
  const find = wanted => catalog.analyzers.find(other => other.name === wanted);
  const { runtimes, targets } = find(name);
  const alike = find(analyzer)?.targets === targets;
  const kept = { layers: alike ? layers : {}, neurons: targets === "one_output" ? neurons : null };
  const fitting = enginesOf(runtimes).includes(engine) ? engine : "auto";
  store.set({ analyzer: name, params: {}, ...kept, unchecked: false, engine: fitting });
}
