// From images here to their heatmaps: they join the selection of the product, and Visualize opens with them.
import { get, put } from "../../lib/api.js";
import { count } from "../../lib/format.js";
import { explainLink } from "../../lib/links.js";
import { onlyLast } from "../../lib/turns.js";
import { complain, toast } from "../../shell/toast.js";

async function join(dataset, images) {
  const basket = await get("/basket");
  const kept = basket.dataset === dataset ? basket.images : [];
  const known = new Set(kept);
  await put("/basket", { dataset, images: [...kept, ...images.filter(image => !known.has(image))] });
}

const save = onlyLast();

/** indices: of images in the whole dataset. */
export async function explainImages({ exploration }, indices) {
  const [dataset, models] = [exploration.dataset.id, exploration.models.map(({ id }) => id)];
  try {
    await save(
      () => join(dataset, indices),
      () => (location.href = explainLink({ dataset, images: indices, models })),
    );
  } catch (error) {
    complain(error);
  }
}

/** All of a selection of the server, or as many as it gives at once. */
export async function explainSelection(state, api, selection) {
  try {
    const { indices, total } = await api.indices(state.exploration.id, selection);
    if (total > indices.length) toast(`The first ${count(indices.length, "image")} are explained.`);
    await explainImages(state, indices);
  } catch (error) {
    complain(error);
  }
}
