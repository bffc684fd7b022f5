// Cards of what is selected: picture, index, label and answer with ✓ or ✕, loss, tags. As many as there are; only those
// in view exist.
import { h, icon } from "../../lib/dom.js";
import { group } from "../../lib/format.js";
import { thumbnail } from "../../lib/thumbnail.js";
import { whenChanged } from "./changed.js";
import { createScroller } from "./scroller.js";
import { exponential, modelOf } from "./values.js";
import { verdict } from "./row.js";

const LEAST_PX = { short: 172, long: 236 }; // of a card, by the names of the labels
const SHORT = 4; // characters
const GAP_PX = 8;
const ROW_PX = 74 + GAP_PX;

const saysOf = (row, { letter }) => [
  h("span", { class: "clip" }, row.label ?? "no label"),
  h("span", { class: "quiet" }, `${letter} says`),
  h("span", { class: "clip" }, row.cells[`${letter}.prediction`] ?? "–"),
  verdict(row.cells[`${letter}.right`]),
];

function lossOf(row, { letter }) {
  const loss = row.cells[`${letter}.loss`];
  if (Number.isFinite(loss)) return [h("span", { class: "quiet" }, "loss "), exponential(loss)];
  const confidence = row.cells[`${letter}.confidence`];
  return Number.isFinite(confidence) ? [h("span", { class: "quiet" }, "confidence "), confidence.toFixed(3)] : "";
}

/** A card is a button that opens the image, and beside it one that takes it out. */
function card(row, model, dataset, acts) {
  const tags = row.tags.map(tag => h("span", { class: "tag hi" }, tag));
  return h(
    "li",
    { class: "pc" },
    h(
      "button",
      { class: "face", type: "button", title: row.name, tabIndex: -1, "data-row": row.row, onclick: () => acts.open(row) },
      thumbnail(dataset, row.index, 112),
      h("span", { class: "ix num" }, `#${group(row.index)}`, tags.slice(0, 2)),
      h("span", { class: "who" }, saysOf(row, model)),
      h("span", { class: "ls num" }, lossOf(row, model)),
    ),
    h(
      "button",
      { class: "btn tiny icon off", type: "button", tabIndex: -1, "aria-label": `Remove image ${group(row.index)}`, onclick: () => acts.tick(row, false) },
      icon("close"),
    ),
  );
}

/** acts: tick(row, on), open(row). */
export function createCards(store, pages, acts) {
  const body = h("div", { class: "pool-body" });
  const box = h("div", { class: "pool", role: "group", "aria-label": "Cards of the selected images", tabIndex: -1 }, body);
  let here = 0;

  function across() {
    const { labels } = store.state.exploration.dataset;
    const short = (labels ?? []).every(name => name.length <= SHORT);
    const least_px = short ? LEAST_PX.short : LEAST_PX.long;
    return Math.max(1, Math.floor((body.clientWidth + GAP_PX) / (least_px + GAP_PX)));
  }

  const lines = () => Math.ceil(pages.total / across());
  const rowsAt = line => {
    const n = across();
    const last = Math.min(pages.total, (line + 1) * n);
    return Array.from({ length: Math.max(0, last - line * n) }, (_, k) => pages.at(line * n + k));
  };

  function make(line) {
    const { exploration } = store.state;
    const model = modelOf(store.state);
    const cards = rowsAt(line).map(row =>
      row ? card(row, model, exploration.dataset, acts) : h("li", { class: "pc wait" }),
    );
    const element = h("ul", { class: "pool-line" }, cards);
    element.style.setProperty("--n", String(across()));
    return element;
  }

  function dress(element, line) {
    [...element.children].forEach((one, k) => {
      const face = one.querySelector(".face");
      if (!face) return;
      face.tabIndex = line * across() + k === here ? 0 : -1;
      if (Number(face.dataset.row) === store.state.image) face.setAttribute("aria-current", "true");
      else face.removeAttribute("aria-current");
    });
  }

  const scroller = createScroller(box, body, {
    row_px: ROW_PX,
    keyOf: line => JSON.stringify([across(), modelOf(store.state).letter, rowsAt(line)]),
    make,
    dress,
    want: ({ first, last }) => pages.want({ first: first * across(), last: Math.min(pages.total, last * across()) }),
  });
  // Another width has another number of lines.
  new ResizeObserver(() => store.state.exploration && scroller.draw(lines())).observe(box);

  function walk(to) {
    here = Math.max(0, Math.min(pages.total - 1, to));
    const line = scroller.show(Math.floor(here / across()));
    line?.querySelectorAll(".face")[here % across()]?.focus({ preventScroll: true });
  }

  function takeOut() {
    const row = pages.at(here);
    if (row) acts.tick(row, false);
  }

  const keys = {
    ArrowRight: () => walk(here + 1),
    ArrowLeft: () => walk(here - 1),
    ArrowDown: () => walk(here + across()),
    ArrowUp: () => walk(here - across()),
    Home: () => walk(0),
    End: () => walk(pages.total - 1),
    s: takeOut,
    Delete: takeOut,
  };
  box.addEventListener("keydown", event => {
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.altKey || event.metaKey) return;
    act();
    event.preventDefault();
    event.stopPropagation();
  });

  /** The image that is stepped to comes into view. */
  const followImage = whenChanged(place => {
    if (place < 0) return;
    here = place;
    scroller.show(Math.floor(place / across()));
  });

  return {
    element: box,
    top: scroller.top,
    draw({ image }) {
      here = Math.max(0, Math.min(here, pages.total - 1));
      scroller.draw(lines());
      followImage(image, pages.placeOf(image));
    },
  };
}
