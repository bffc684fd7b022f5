// An image of a dataset as a small picture.
import { address } from "./api.js";
import { h } from "./dom.js";

/** A picture that leaves its place empty when the file has vanished meanwhile. */
export const thumbnail = (dataset, index, size_px = 96) =>
  h("img", {
    src: address.thumbnail(dataset.id, index, size_px),
    alt: "",
    loading: "lazy",
    onerror: event => event.target.removeAttribute("src"),
  });
