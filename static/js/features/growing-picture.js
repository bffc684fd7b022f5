// A picture that is replaced while it grows. Every address waits for the one before it: on a slow machine each new step
// would stop the last one on its way, and nothing would ever be seen.
import { h } from "../lib/dom.js";

/** Shows what is at `source`, at once or as soon as what is on its way has come. */
export function showPicture(image, source) {
  image.dataset.wanted = source;
  const shown = image.getAttribute("src");
  if (shown !== source && (!shown || image.complete)) image.setAttribute("src", source);
}

export function growingPicture(alt = "") {
  const image = h("img", { class: "px", decoding: "sync", alt });
  const next = () => showPicture(image, image.dataset.wanted);
  for (const name of ["load", "error"]) image.addEventListener(name, next);
  return image;
}
