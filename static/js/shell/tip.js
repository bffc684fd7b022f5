// One tooltip for the page, on hover, on keyboard focus and on a tap: [data-tip] has its own words, [data-term] those of
// the glossary.
import { $ } from "../lib/dom.js";
import { meaning } from "./term.js";

const HOLDERS = "[data-tip], [data-term]";
const PRESSED = "button.tag, button.term";
let owner = null;

function place(tip, element) {
  const box = element.getBoundingClientRect();
  const x = Math.max(8, Math.min(box.left, innerWidth - tip.offsetWidth - 8));
  const below = box.bottom + 6 + tip.offsetHeight < innerHeight;
  tip.style.setProperty("left", `${x}px`);
  tip.style.setProperty("top", `${below ? box.bottom + 6 : Math.max(8, box.top - tip.offsetHeight - 6)}px`);
}

/** What has the focus, or is pointed at, is described by the tip as long as it is shown. */
const described = element => (element.contains(document.activeElement) ? document.activeElement : element);

function describe(element) {
  const one = described(element);
  if (!one.hasAttribute("aria-describedby")) one.setAttribute("aria-describedby", "tip");
}

function fill(element, words) {
  if (owner !== element || !words) return;
  const tip = $("#tip");
  (element.closest("dialog[open]") ?? document.body).append(tip); // above a dialog only what is inside of it is seen
  tip.textContent = words;
  tip.hidden = false;
  place(tip, element);
  describe(element);
}

function show(element) {
  if (owner && owner !== element) hide();
  owner = element;
  if (element.dataset.tip) fill(element, element.dataset.tip);
  else meaning(element.dataset.term).then(words => fill(element, words));
}

function hide() {
  owner = null;
  $("#tip").hidden = true;
  document.querySelector("[aria-describedby=tip]")?.removeAttribute("aria-describedby");
}

const holder = event => event.target.closest?.(HOLDERS);

export function startTips() {
  document.addEventListener("pointerover", event => {
    const element = holder(event);
    if (element) show(element);
    else if (owner && event.pointerType === "mouse") hide();
  });
  document.addEventListener("focusin", event => {
    const element = holder(event);
    if (element) show(element);
    else hide();
  });
  document.addEventListener("click", event => {
    const element = holder(event);
    if (element?.matches(PRESSED)) show(element);
  });
  document.addEventListener("keydown", event => {
    if (event.key === "Escape") hide();
  });
  document.addEventListener("scroll", hide, { capture: true, passive: true });
}
