// One picture of the wall on its canvas: cut out of its tile, with its loss where there is room, and a frame where it is marked.
import { exponential } from "../rows/values.js";
import { GAP, placeOf } from "./tiles.js";

const PRINTED_PX = 84; // from this size on there is room for a number
const LABEL = { width: 62, height: 16, edge: 4, inset: 5 };

export const hasRoom = size => size > PRINTED_PX;

/** Top left corner of the j-th picture on the plane, and its size there. */
export function boxOf({ columns, size }, { k, x, y }, j) {
  const step = (size + GAP) * k;
  return { x: x + (j % columns) * step, y: y + Math.floor(j / columns) * step, size: size * k };
}

function printLoss(context, { x, y, size }, loss) {
  const { width, height, edge, inset } = LABEL;
  context.fillStyle = "rgb(0 0 0 / 0.66)";
  context.beginPath();
  context.roundRect(x + edge, y + size - height - edge, width, height, 3);
  context.fill();
  context.fillStyle = "#fff";
  context.fillText(exponential(loss), x + edge + inset, y + size - edge - inset + 0.5);
}

/**
 * j: its place on the wall; tile(number): the picture of a tile of side_px, null while it is on its way; marked: width of
 * its frame, 0 for none; loss: a number or null. colours: {empty, mark}.
 */
export function drawPicture(context, box, { j, side_px, tile, loss, marked }, colours) {
  const { x, y, size } = box;
  const place = placeOf(j, side_px);
  const source = tile(place.tile);
  context.fillStyle = colours.empty;
  if (source) context.drawImage(source, place.x, place.y, side_px, side_px, x, y, size, size);
  else context.fillRect(x, y, size, size);
  if (loss !== null && hasRoom(size)) printLoss(context, box, loss);
  if (!marked) return;
  context.strokeStyle = colours.mark;
  context.lineWidth = marked;
  context.strokeRect(x - 1, y - 1, size + 2, size + 2);
}
