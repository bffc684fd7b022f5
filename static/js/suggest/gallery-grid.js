// What every gallery of image cards has: its pages, and keys that walk from card to card.
import { $, $$, h, icon } from "../lib/dom.js";
import { group } from "../lib/format.js";

export const pagesOf = (total, size) => Math.max(1, Math.ceil(total / size));

function step(words, symbol, disabled, onclick) {
  const given = { type: "button", id: `page-${symbol}`, "aria-label": words, disabled, onclick };
  return h("button", { class: "btn tiny icon", ...given }, icon(symbol));
}

/** "1–24 of 1 797" and the steps. at: page from 1; shown: images on it; turn(by). */
export function pager({ at, size, shown, total }, turn) {
  const [first, last] = [(at - 1) * size, pagesOf(total, size)];
  const words = `${group(first + 1)}–${group(first + shown)} of ${group(total)}`;
  return h(
    "span",
    { class: "row pages" },
    last > 1 ? step("Previous images", "left", at <= 1, () => turn(-1)) : null,
    h("span", { class: "small quiet num" }, shown ? words : "none"),
    last > 1 ? step("Next images", "right", at >= last, () => turn(1)) : null,
  );
}

/** Calls draw; what had the focus in `root` has it again, or what took its place. */
export function withFocus(root, draw) {
  const { id } = document.activeElement ?? {};
  const inside = id && root.contains(document.activeElement);
  draw();
  const twin = inside && document.getElementById(id);
  if (twin && twin !== document.activeElement && root.contains(twin)) twin.focus({ preventScroll: true });
}

const boxes = root => $$("input[data-index]", root);

/** Every checkbox says whether its image is in the basket. */
export function mark(root, basket) {
  for (const input of boxes(root)) input.checked = basket.has(Number(input.dataset.index));
}

/** Arrows walk through the checkboxes; S selects, Enter opens large: open(place on the page). */
export function walkByKeys(root, open) {
  root.addEventListener("keydown", event => {
    if (!event.target.matches("input[data-index]")) return;
    const inputs = boxes(root);
    const at = inputs.indexOf(event.target);
    const columns = getComputedStyle($(".gallery", root)).gridTemplateColumns.split(" ").length;
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
    if (event.key in steps) inputs[at + steps[event.key]]?.focus();
    else if (event.key.toLowerCase() === "s") event.target.click();
    else if (event.key === "Enter" && !event.ctrlKey) open(at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
