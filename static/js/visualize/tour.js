// A tour of Visualize in five steps. It is offered once a browser, never to a view that somebody was sent, and started from Help.
import { $, $$, h, replace } from "../lib/dom.js";

const KEPT = "innv-tour"; // "offered" or "done"; "ask": a browser test wants to see the offer
const GAP_PX = 12;
const STEPS = [
  ["#model-chips", "Models", "The networks to explain. Tick one, or several to see them side by side; Add opens another Keras file. A yellow note means that a network seems to get the wrong preprocessing: press it first."],
  ["#thumbs, #choose", "Images", "The pictures to explain. Choose… opens the Images page, where a click adds or removes a picture."],
  ["#method", "Method", "How a network is asked what it looked at. grad_cam shows a region and is easy to read; LRP shows single pixels, for and against. “About this method” says when each misleads."],
  [
    "#run",
    "Explain",
    "Makes one map for each image and model. A colour bar from −1 to 1: red spoke for the answer, blue against it. A bar from 0 to 1: how much a place counted. Every map is scaled by its own strongest place.",
  ],
  ['a[href="/suggest"]', "Suggest", "Which images to look at next: of all that you have, those where your models disagree, are unsure, or look at different things."],
];

const sent = location.hash.length > 1; // a view that the address carries, before the page writes its own
const wished = new URLSearchParams(location.search).has("tour");

function kept() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function keep(value) {
  try {
    localStorage.setItem(KEPT, value);
  } catch {
    /* offered again next time */
  }
}

const seen = element => element.checkVisibility?.({ visibilityProperty: true }) ?? element.offsetParent !== null;
const elementOf = selector => $$(selector).find(seen) ?? $(selector);
/** A control is shown with the section it is in. */
const framed = element => element.closest(".panel .sec, .panel .go") ?? element;

/** Where a box of this size has room beside another one: right or left of it, below, above; else at the foot. */
function placeBeside(box, { offsetWidth: wide, offsetHeight: high }) {
  const within = (value, size, most) => Math.max(GAP_PX, Math.min(value, most - size - GAP_PX));
  const x = within(box.left, wide, innerWidth);
  const y = within(box.top, high, innerHeight);
  const places = [
    [box.right + GAP_PX, y],
    [box.left - wide - GAP_PX, y],
    [x, box.bottom + GAP_PX],
    [x, box.top - high - GAP_PX],
  ];
  const free = ([left, top]) => left >= 0 && top >= 0 && left + wide <= innerWidth && top + high <= innerHeight;
  return places.find(free) ?? [x, innerHeight - high - GAP_PX];
}

function createTour() {
  const title = h("h2", { id: "tour-title" });
  const words = h("p", { id: "tour-words" });
  const counter = h("span", { class: "num quiet grow" });
  const back = h("button", { class: "btn", type: "button", onclick: () => show(place - 1) }, "Back");
  const next = h("button", { class: "btn primary", type: "button", onclick: () => show(place + 1) });
  const skip = h("button", { class: "btn plain", type: "button", onclick: () => dialog.close() }, "Skip the tour");
  const dialog = h(
    "dialog",
    { class: "tour", id: "tour", "aria-labelledby": "tour-title", "aria-describedby": "tour-words" },
    h("div", { class: "tour-said", "aria-live": "polite" }, title, words),
    h("div", { class: "tour-acts" }, counter, skip, back, next),
  );
  let place = 0;
  let shown = null;
  let folded = false;

  function put() {
    const [left, top] = placeBeside(shown.getBoundingClientRect(), dialog);
    dialog.style.setProperty("left", `${left}px`);
    dialog.style.setProperty("top", `${top}px`);
  }

  function point(selector) {
    shown?.classList.remove("toured");
    const element = elementOf(selector);
    $("#panel").open = Boolean(element.closest("#panel")) || !folded;
    shown = framed(element);
    shown.classList.add("toured");
    shown.scrollIntoView({ block: "nearest" });
  }

  function show(to) {
    if (to >= STEPS.length) return dialog.close();
    place = to;
    const [selector, heading, said] = STEPS[place];
    point(selector);
    replace(title, heading);
    replace(words, said);
    counter.textContent = `${place + 1} of ${STEPS.length}`;
    back.hidden = place === 0;
    skip.hidden = place === STEPS.length - 1;
    next.textContent = place === STEPS.length - 1 ? "Done" : "Next";
    if (!dialog.contains(document.activeElement) || document.activeElement.hidden) next.focus(); // the pressed one is gone
    put();
    return null;
  }

  function start() {
    folded = !$("#panel").open;
    dialog.showModal();
    show(0);
    next.focus();
  }

  dialog.addEventListener("close", () => {
    shown?.classList.remove("toured");
    $("#panel").open = !folded;
    keep("done");
  });
  addEventListener("resize", () => (dialog.open ? put() : null));
  document.body.append(dialog);
  return start;
}

function offer(start) {
  const box = h(
    "aside",
    { class: "tour-offer", "aria-label": "Tour" },
    h("p", {}, "New here? A tour in five steps."),
    h("button", { class: "btn plain tiny", type: "button", onclick: () => leave("done") }, "Don't show again"),
    h("button", { class: "btn tiny", type: "button", onclick: () => leave("done", start) }, "Start"),
  );
  function leave(value, then = () => {}) {
    keep(value);
    box.remove();
    then();
  }
  keep("offered");
  $("#canvas").after(box);
  addEventListener("innv:tour", () => box.remove());
}

/** Once the page is filled: starts the tour where the address asks for it, else offers it to a browser that is new. */
export function startTour() {
  const start = createTour();
  addEventListener("innv:tour", start);
  if (wished) {
    history.replaceState(null, "", location.pathname + location.hash);
    start();
  } else if (!sent && (kept() === null ? !navigator.webdriver : kept() === "ask")) offer(start);
}
