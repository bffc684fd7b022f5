// Menus that open below their button.

/** Places an open menu under its opener, inside the window. */
export function placeUnder(menu, opener) {
  const box = opener.getBoundingClientRect();
  menu.style.setProperty("top", `${box.bottom + 6}px`);
  menu.style.setProperty("left", `${Math.max(8, box.right - menu.offsetWidth)}px`);
}
