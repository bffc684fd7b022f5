// The card at the pointer: an image with its file name and what the models say of it, or a bin with its first images.
import { h, key, replace } from "../lib/dom.js";
import { fileName, probability } from "../lib/format.js";
import { thumbnail } from "../lib/thumbnail.js";

const WAIT_MS = 70;
const FIRST = 4;

/** Letters of a group, then what they say, then how sure they are. */
export const groupLine = (models, { name, probability: p, models: ids }) =>
  h(
    "li",
    {},
    ids.map(id => key(models.find(model => model.id === id) ?? {})),
    h("span", { class: "wrap-any" }, "says ", h("b", {}, name)),
    h("span", { class: "num" }, probability(p)),
  );

function imageCard({ dataset, models }, { index, name, label, values, groups }) {
  const labelled =
    label === null || label === undefined ? null : [h("span", { class: "quiet" }, `label ${label}`), h("br")];
  return [
    thumbnail(dataset, index),
    h(
      "div",
      { class: "clip" },
      h("span", { class: "mono" }, fileName(name)),
      h("br"),
      labelled,
      h("span", {}, "confidence ", h("b", { class: "num" }, `${values.confidence?.toFixed(1) ?? "–"} %`)),
    ),
    h(
      "ul",
      {},
      groups.map(group => groupLine(models, group)),
    ),
    models.some(model => model.class_names_words) ? h("span", { class: "small warn-text" }, "class names are assumed") : null,
  ];
}

const binCard = ({ dataset }, words, images) => [
  h("b", { class: "num" }, words),
  images.length
    ? h(
        "div",
        { class: "thumbs" },
        images.slice(0, FIRST).map(({ index }) => thumbnail(dataset, index)),
      )
    : null,
];

/** root: the plot's box. Where there is no room beside the mark the card goes to its other side. */
export function createHoverCard(root) {
  const card = h("div", { class: "hover", hidden: true });
  root.append(card);
  let timer = 0;
  let newest = 0;

  function place({ x, y, width = 0 }) {
    const right = x + width + 12;
    const fits = right + card.offsetWidth < root.clientWidth;
    const left = fits ? right : Math.max(4, x - card.offsetWidth - 12);
    const top = Math.max(4, Math.min(y - 20, root.clientHeight - card.offsetHeight - 4));
    card.style.setProperty("left", `${left}px`);
    card.style.setProperty("top", `${top}px`);
  }

  function fill(parts, box, bin) {
    card.classList.toggle("bin", bin);
    replace(card, parts);
    card.hidden = false;
    place(box);
  }

  async function image(source, glimpse, box, mine) {
    const { images } = await glimpse();
    if (mine === newest && images[0]) fill(imageCard(source, images[0]), box, false);
    return images[0] ?? null;
  }

  async function bin(source, glimpse, words, box, mine) {
    fill(binCard(source, words, []), box, true);
    const { images } = await glimpse({ size: FIRST });
    if (mine === newest) fill(binCard(source, words, images), box, true);
  }

  /** source: {dataset, models}; what: {glimpse(more) -> {images}, words (of a bin or cell), box in px}. Returns a promise of the image, for whoever reads it aloud. */
  function show(source, { glimpse, words, box }, wait_ms = WAIT_MS) {
    clearTimeout(timer);
    const mine = ++newest;
    return new Promise(done => {
      timer = setTimeout(() => {
        const shown = words ? bin(source, glimpse, words, box, mine) : image(source, glimpse, box, mine);
        shown.then(done, () => done(null)); // a card that cannot be filled is not worth a complaint
      }, wait_ms);
    });
  }

  function hide() {
    clearTimeout(timer);
    newest++;
    card.hidden = true;
  }

  return { hide, show };
}
