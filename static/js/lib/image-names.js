// File names of the chosen dataset's images, as far as they are known: of its first page, and of the run that is shown.
import { get } from "./api.js";

const called = images => images.map(({ index, name }) => [index, name]);

/** Images of the shown run, where they are of the dataset that is chosen. */
const explained = ({ explanation, dataset }) => (explanation?.request.dataset === dataset ? explanation.images : []);

/** Keeps state.names: index -> name. */
export function keepNames(store) {
  const name = images => store.set({ names: new Map(called([...images, ...explained(store.state)])) });

  function learn(state) {
    const images = explained(state);
    if (images.some(image => state.names.get(image.index) !== image.name))
      store.set({ names: new Map([...state.names, ...called(images)]) });
  }

  /** Those of the dataset before are names of other images. */
  async function begin({ dataset }) {
    if (!dataset) return;
    name([]);
    const none = { images: [] };
    const { images } = await get(`/datasets/${encodeURIComponent(dataset)}/images?per_page=60`).catch(() => none);
    if (store.state.dataset === dataset) name(images);
  }

  store.on(["explanation"], learn);
  store.on(["dataset"], begin);
}
