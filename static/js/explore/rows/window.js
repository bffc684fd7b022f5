// Which rows of a long list exist at a scroll position. A browser's longest element is shorter than a million rows of
// 40 px: beyond MOST_PX the scroll bar is scaled, so that its end is still the end of the list.

export const MOST_PX = 8_000_000;
const MORE = 4; // rows above and below what is seen, so that a short scroll finds them drawn

/** Height of the scrolled element in px. */
export const heightOf = ({ total, row_px }) => Math.min(total * row_px, MOST_PX);

/** How far the list itself is scrolled, in px, at a position of the scroll bar, and the other way round. */
function scaleOf(list) {
  const shown = heightOf(list) - list.view_px;
  return shown > 0 ? (list.total * list.row_px - list.view_px) / shown : 1;
}

/**
 * list: {total, row_px, view_px}. -> {first, last (not part of it), top_px of the first within the scrolled element}.
 */
export function windowOf(list, scroll_px) {
  const { total, row_px, view_px } = list;
  const at_px = Math.max(0, scroll_px) * scaleOf(list);
  const first = Math.max(0, Math.min(total, Math.floor(at_px / row_px) - MORE));
  const last = Math.min(total, Math.ceil((at_px + view_px) / row_px) + MORE);
  return { first, last, top_px: scroll_px - (at_px - first * row_px) };
}

/** The scroll position at which a row is wholly seen; the present one where it is already. head_px covers the top. */
export function scrollFor(list, row, scroll_px, head_px = 0) {
  const scale = scaleOf(list);
  const [at_px, top_px] = [scroll_px * scale, row * list.row_px];
  if (top_px < at_px) return top_px / scale;
  const bottom_px = top_px + list.row_px - (list.view_px - head_px);
  return bottom_px > at_px ? Math.min(bottom_px / scale, heightOf(list)) : scroll_px;
}

/** Numbers of the pages of `size` rows that hold first..last. */
export function pagesOf({ first, last }, size) {
  if (last <= first) return [];
  const [from, to] = [Math.floor(first / size), Math.floor((last - 1) / size)];
  return Array.from({ length: to - from + 1 }, (_, k) => from + k);
}
