// File names of the chosen images, and of those of the run that is shown.
import { get } from "./api.js";

const MOST = 500; // of one answer; a page with more images shows numbers

const called = images => images.map(({ index, name }) => [index, name]);

/** Images of the shown run, where they are of the dataset that is chosen. */
const explained = ({ explanation, dataset }) => (explanation?.request.dataset === dataset ? explanation.images : []);

async function listed(dataset, indices) {
  const path = `/datasets/${encodeURIComponent(dataset)}/images?indices=${indices.join(",")}&per_page=${MOST}`;
  return (await get(path).catch(() => ({ images: [] }))).images;
}

/** Keeps state.names: index -> name. */
export function keepNames(store) {
  const add = images => store.set({ names: new Map([...store.state.names, ...called(images)]) });

  function learn(state) {
    const images = explained(state);
    if (images.some(image => state.names.get(image.index) !== image.name)) add(images);
  }

  /** No run may have told them yet: after coming back to an address, or in a view that shows no maps. */
  async function ask({ dataset, images, names }) {
    const unknown = images.filter(index => !names.has(index)).slice(0, MOST);
    if (!dataset || !unknown.length) return;
    const found = await listed(dataset, unknown);
    if (store.state.dataset === dataset && found.length) add(found);
  }

  store.on(["explanation"], learn);
  store.on(["dataset", "images"], (state, changed) => {
    if (changed.has("dataset")) store.set({ names: new Map(called(explained(state))) }); // the others are another dataset's
    ask(store.state);
  });
}
