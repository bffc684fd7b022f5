// One tooltip for the page: [data-tip] shows it on hover, on keyboard focus and on a tap.
import { $ } from "./dom.js";

let owner = null;

function show(element) {
  const tip = $("#tip");
  const box = element.getBoundingClientRect();
  owner = element;
  tip.textContent = element.dataset.tip;
  tip.hidden = false;
  const x = Math.max(8, Math.min(box.left, innerWidth - tip.offsetWidth - 8));
  const below = box.bottom + 6 + tip.offsetHeight < innerHeight;
  tip.style.setProperty("left", `${x}px`);
  tip.style.setProperty("top", `${below ? box.bottom + 6 : Math.max(8, box.top - tip.offsetHeight - 6)}px`);
}

const hide = () => {
  owner = null;
  $("#tip").hidden = true;
};
const holder = event => event.target.closest?.("[data-tip]");

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
    if (element?.matches("button.tag")) show(element);
  });
  document.addEventListener("keydown", event => {
    if (event.key === "Escape") hide();
  });
  document.addEventListener("scroll", hide, { capture: true, passive: true });
}
