// The colour bar: what the colours of the maps mean. For RGB maps, which have no scale, it says so.
import { h, replace } from "../lib/dom.js";
import { ends } from "./paint.js";

export function drawColourBar(element, { kind, colormap, lut }) {
  if (kind === "rgb") {
    element.removeAttribute("role");
    return replace(element, h("span", {}, "colours are relevance per channel, grey is zero"));
  }
  const canvas = h("canvas", { width: 256, height: 1 });
  const pixels = new ImageData(256, 1);
  const [low, high] = ends(kind, colormap);
  lut.forEach(([r, g, b], i) => pixels.data.set([r, g, b, 255], i * 4));
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  element.setAttribute("role", "img");
  element.setAttribute(
    "aria-label",
    `Colour bar: ${colormap}, from ${low} to ${high} of the largest relevance of each map`,
  );
  return replace(element, h("span", {}, low), canvas, h("span", {}, high));
}
