// Menus that open below their button, or above it where there is no room; the arrow keys walk through them.

const GAP = 6;
const EDGE = 8;

/** Places an open menu at its opener, inside the window: below it, or above where it does not fit and there is more room.
 * They begin or end at the same side. */
export function placeUnder(menu, opener, side = "right") {
  const { top, bottom, left, right } = opener.getBoundingClientRect();
  const [above, below] = [Math.min(top, innerHeight), innerHeight - Math.max(0, bottom)].map(room => room - GAP - EDGE);
  menu.style.removeProperty("max-height");
  const up = menu.offsetHeight > below && above > below;
  menu.style.setProperty("top", up ? "auto" : `${bottom + GAP}px`);
  menu.style.setProperty("bottom", up ? `${innerHeight - Math.min(top, innerHeight) + GAP}px` : "auto");
  const start = side === "right" ? right - menu.offsetWidth : Math.min(left, innerWidth - menu.offsetWidth - EDGE);
  menu.style.setProperty("left", `${Math.max(EDGE, start)}px`);
  menu.style.setProperty("max-height", `min(70dvh, ${Math.max(0, up ? above : below)}px)`);
}

const STOPS = "a[href], button:not(:disabled), input:not(:disabled, [tabindex='-1']), select";
const OWN_ARROWS = "select, input:not([type='checkbox'])"; // arrows mean something else in them
const STEPS = { ArrowDown: 1, ArrowUp: -1 };
const isShown = element => element.checkVisibility();

/** Down and up in an open menu go to its next and previous stop, and never to what is behind it. */
export function startMenus() {
  document.addEventListener("keydown", event => {
    const focused = /** @type {HTMLElement} */ (event.target);
    const menu = focused.closest?.(".menu:popover-open");
    const by = STEPS[event.key];
    if (!menu || !by || focused.matches(OWN_ARROWS)) return;
    const stops = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll(STOPS)]).filter(isShown);
    stops.at((stops.indexOf(focused) + by) % stops.length)?.focus();
    event.preventDefault();
  });
}
