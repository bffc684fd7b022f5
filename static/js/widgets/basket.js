// The one selection of the product: images of one dataset, kept by the server, shown at the foot of the page.
import { $, h, replace } from "../lib/dom.js";
import { address, put } from "../lib/api.js";
import { count, group } from "../lib/format.js";
import { complain, toast } from "../shell/toast.js";
import { explainLink } from "../lib/links.js";
import { toPage } from "../lib/focus.js";
import { newestLast } from "../lib/turns.js";

const SHOWN = 24;
const EMPTY = { dataset: null, images: [] };

/**
 * store.state.basket is the selection, store.state.dataset the dataset that is looked at. `along` gives what else the
 * link to Visualize takes along: models, analyzer, params.
 */
export function createBasket(store, along = () => ({})) {
  const save = newestLast(basket => put("/basket", basket));
  let saving = Promise.resolve();

  function set(basket) {
    store.set({ basket });
    saving = save(basket).catch(complain);
  }

  const has = index => store.state.basket.dataset === store.state.dataset && store.state.basket.images.includes(index);

  /** The first image of another dataset starts a new selection, and that can be undone. */
  function select(indices, on) {
    const { basket, dataset } = store.state;
    const other = basket.dataset !== dataset;
    const kept = other ? [] : basket.images;
    const known = new Set(kept);
    const chosen = new Set(indices);
    const images = on
      ? [...kept, ...indices.filter(index => !known.has(index))]
      : kept.filter(index => !chosen.has(index));
    if (other && basket.images.length) {
      const left = count(basket.images.length, "image");
      toast(`New selection: ${left} of the other dataset ${basket.images.length === 1 ? "was" : "were"} removed from it.`, { act: () => restore(basket) });
    }
    set({ dataset: images.length ? dataset : null, images });
  }

  function restore(basket) {
    set(basket);
    $("#basket-clear").focus();
  }

  function clear() {
    const { basket } = store.state;
    set(EMPTY);
    toPage();
    toast("Nothing is selected.", { act: () => restore(basket) });
  }

  /** The selection has reached the server before the page is left. */
  async function explain(event) {
    event?.preventDefault();
    if (!store.state.basket.images.length) return;
    await saving;
    location.href = $("#basket-explain").href;
  }

  function draw({ basket: { dataset, images } }) {
    $("#basket").hidden = !images.length;
    if (!images.length) return;
    $("#basket-count").textContent = count(images.length, "image");
    replace(
      $("#basket-thumbs"),
      images
        .slice(0, SHOWN)
        .map(index => h("span", { class: "thumb" }, h("img", { src: address.thumbnail(dataset, index), alt: "" }))),
    );
    const link = $("#basket-explain");
    link.textContent = images.length === 1 ? "Explain this image" : `Explain these ${group(images.length)}`;
    link.href = explainLink({ dataset, images, ...along() });
  }

  $("#basket-clear").addEventListener("click", clear);
  $("#basket-explain").addEventListener("click", event => {
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) explain(event);
  });
  store.on(["basket"], draw);
  return { clear: () => set(EMPTY), draw, explain, has, saved: () => saving, select };
}
