// Menus that open below their button; the arrow keys walk through them.

/** Places an open menu under its opener, inside the window. */
export function placeUnder(menu, opener) {
  const box = opener.getBoundingClientRect();
  menu.style.setProperty("top", `${box.bottom + 6}px`);
  menu.style.setProperty("left", `${Math.max(8, box.right - menu.offsetWidth)}px`);
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
