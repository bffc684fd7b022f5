// A long list of which only what is seen exists: elements of one height each, made when they come into view and kept
// while they stay there, so that the focus stays where it is.
import { heightOf, scrollFor, windowOf } from "./window.js";

/**
 * box scrolls, body holds the elements. keyOf(place): what its element is made of, make(place): the element,
 * dress(element, place): what changes on it without another one, want(window): called with the rows in view,
 * head_px(): height of what covers the top of the box.
 */
export function createScroller(box, body, { row_px, keyOf, make, dress, want, head_px = () => 0 }) {
  const made = new Map(); // place -> {key, element}
  let total = 0;
  let lost = -1; // the place of an element that had the focus and was made again
  const list = () => ({ total, row_px, view_px: Math.max(row_px, box.clientHeight - head_px()) });

  function elementAt(place) {
    const key = keyOf(place);
    const before = made.get(place);
    if (before?.key === key) return before.element;
    const element = make(place);
    if (before?.element.contains(document.activeElement)) lost = place;
    before?.element.replaceWith(element);
    made.set(place, { key, element });
    return element;
  }

  function leave({ first, last }) {
    for (const [place, { element }] of made) {
      if (place >= first && place < last) continue;
      if (element.contains(document.activeElement)) box.focus({ preventScroll: true });
      element.remove();
      made.delete(place);
    }
  }

  /** Elements that stay keep their place in the document, and with it the focus. */
  function arrange(elements) {
    let next = body.firstChild;
    for (const element of elements) {
      if (element === next) next = next.nextSibling;
      else body.insertBefore(element, next);
    }
  }

  function refocus() {
    const element = lost < 0 ? null : made.get(lost)?.element;
    lost = -1;
    const lead = element?.tabIndex === 0 ? element : element?.querySelector('[tabindex="0"]');
    (lead ?? element)?.focus({ preventScroll: true });
  }

  function draw(n = total) {
    total = n;
    body.style.setProperty("height", `${heightOf(list())}px`);
    const window = windowOf(list(), box.scrollTop);
    leave(window);
    const places = Array.from({ length: window.last - window.first }, (_, k) => window.first + k);
    const elements = places.map(elementAt);
    elements.forEach((element, k) => {
      element.style.setProperty("top", `${window.top_px + k * row_px}px`);
      dress(element, places[k]);
    });
    arrange(elements);
    refocus();
    want(window);
  }

  /** The element of a place, scrolled into view. */
  function show(place) {
    box.scrollTop = scrollFor(list(), place, box.scrollTop);
    draw();
    return made.get(place)?.element ?? null;
  }

  const top = () => {
    box.scrollTop = 0;
  };
  const pageRows = () => Math.max(1, Math.floor(list().view_px / row_px) - 1);
  box.addEventListener("scroll", () => draw(), { passive: true });
  new ResizeObserver(() => draw()).observe(box);
  return { draw, show, top, pageRows };
}
