// A canvas that is painted on: by mouse, pen and finger, and by the keyboard.

const EVENTS = { pointerdown: "begin", pointermove: "pull", pointerup: "end", pointercancel: "end", pointerleave: "leave" };

/** The way of an arrow key as [rows, columns], and whether a key undoes or paints; null for any other key. */
export function meaningOf(event, arrows) {
  const by = arrows[event.key] ?? null;
  const undoes = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey);
  const paints = event.key === " " || Boolean(by && event.shiftKey);
  return by || undoes || paints ? { by, undoes, paints } : null;
}

/** acts: begin, pull, end, leave, focus and key, each given its event. */
export function listenToStrokes(canvas, acts) {
  for (const [event, act] of Object.entries(EVENTS)) canvas.addEventListener(event, acts[act]);
  canvas.addEventListener("focus", acts.focus);
  canvas.addEventListener("keydown", acts.key);
}
