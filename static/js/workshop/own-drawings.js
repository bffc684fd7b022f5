// Drawings of earlier visits: this browser keeps them until they are removed, whether or not a run has used them.
import { drawingOf, packedDrawing } from "./packing.js";

const KEPT = "innv-workshop-drawings";

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "[]").map(([name, text]) => ({ name, pixels: drawingOf(text) }));
  } catch {
    return []; // refused, or of another version
  }
}

function write({ own }) {
  const drawings = own.filter(({ pixels }) => pixels).map(({ name, pixels }) => [name, packedDrawing(pixels)]);
  try {
    localStorage.setItem(KEPT, JSON.stringify(drawings));
  } catch {
    /* not kept; the address has them */
  }
}

export const keptDrawings = read;
export const keepDrawings = store => store.on(["own"], write);
