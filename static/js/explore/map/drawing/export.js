// A map as a picture that is kept: PNG as it is seen, SVG with a shape per point.
import { group } from "../../../lib/format.js";
import { placedLabels } from "./marks.js";
import { svgText } from "./svg.js";

const BAND = 40; // pixels above the map, for its title

/** The map with its marks on the colour of the page. -> a promise of a Blob. */
export function pngOf(plane, { title, inks }) {
  plane.draw("all");
  const ratio = devicePixelRatio;
  const canvas = new OffscreenCanvas(plane.points.width, plane.points.height + BAND * ratio);
  const ink = canvas.getContext("2d");
  ink.fillStyle = inks.surface;
  ink.fillRect(0, 0, canvas.width, canvas.height);
  ink.fillStyle = inks.ink;
  ink.font = `600 ${13 * ratio}px Inter, sans-serif`;
  ink.textBaseline = "middle";
  ink.fillText(title, 12 * ratio, (BAND / 2) * ratio);
  for (const layer of [plane.points, plane.marks]) ink.drawImage(layer, 0, BAND * ratio);
  return canvas.convertToBlob({ type: "image/png" });
}

export const MOST_SVG = 20_000;

/** -> the text of an SVG; an Error that says what to do when it would have too many points. */
export function svgOf(plane, { title, inks, labels, colouring }) {
  const { n } = plane.seen;
  if (n > MOST_SVG)
    throw new Error(
      `An SVG holds up to ${group(MOST_SVG)} points, ${group(n)} are in view. Zoom in, hide classes, or save a PNG.`,
    );
  const { scene, frame, view } = plane;
  const drawn = { scene, frame, view, inks, labels };
  const names = placedLabels(new OffscreenCanvas(1, 1).getContext("2d"), drawn);
  return svgText({ scene, look: plane.lookNow(1), title, inks, labels: names, colouring });
}
