// The request of Views as a value: where it starts from, what is posted, what prevents it.
import { modelsFor, ready, spread } from "../lib/choices.js";
import { ADDRESS } from "./url.js";

export const BLANK = { view: null, models: [], dataset: null, images: [], params: {}, run: null };

export const viewOf = ({ catalog, view }) => catalog.views.find(({ name }) => name === view) ?? null;
export const datasetOf = ({ catalog, dataset }) => catalog.datasets.find(({ id }) => id === dataset) ?? null;

/** Images that were chosen on the page Images, where they are of this dataset; else some, spread over it. */
export const imagesFor = (dataset, basket) =>
  basket.dataset === dataset?.id && basket.images.length ? basket.images : spread(dataset?.n ?? 0);

/** Another dataset has other images. */
export const chooseDataset = (state, dataset) => ({ dataset, images: imagesFor(datasetOf({ ...state, dataset }), state.basket) });

/** From the address, else this tab's last view, else what is open. */
export function firstState(catalog, basket) {
  const asked = ADDRESS.read();
  const given = Object.keys(asked).length ? asked : ADDRESS.read(ADDRESS.remembered());
  const open = ready(catalog.datasets);
  const dataset = open.find(({ id }) => id === (given.dataset ?? basket.dataset)) ?? open[0] ?? null;
  const same = dataset && dataset.id === given.dataset;
  const models = (given.models ?? []).filter(id => ready(catalog.models).some(model => model.id === id));
  const images = same ? (given.images ?? []).filter(index => index >= 0 && index < dataset.n) : [];
  return {
    ...BLANK,
    ...given,
    view: catalog.views.some(({ name }) => name === given.view) ? given.view : (catalog.views[0]?.name ?? null),
    dataset: dataset?.id ?? null,
    models: models.length ? models : modelsFor(dataset, catalog.models),
    images: images.length ? images : imagesFor(dataset, basket),
    params: given.params ?? {},
  };
}

/** @returns {import("../../../tools/types/rest").NewView} */
export const requestOf = ({ view, models, dataset, images, params }) => ({ view, models, dataset, images, params });

/** What prevents a run, in the words of its next action; null when nothing does. */
export function obstacle(state) {
  const view = viewOf(state);
  if (!view) return "There is no view.";
  if (!ready(state.catalog.models).length) return "Add a model first.";
  if (!state.models.length) return "Choose at least one model.";
  if (!state.dataset) return "Open images first.";
  if (!state.images.length) return "Choose at least one image.";
  if (state.images.length > view.most_images) return `${view.title} takes at most ${view.most_images} images: choose fewer.`;
  return null;
}
