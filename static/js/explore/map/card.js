// The card beside the point under the pointer: its picture, name, label, and what each model says.
import { h, icon, key, replace } from "../../lib/dom.js";
import { fileName, probability } from "../../lib/format.js";
import { thumbnail } from "../../lib/thumbnail.js";
import { letterAt } from "./letters.js";

const WAIT_MS = 70;
const MOST_KEPT = 400;

const mark = right =>
  right === null || right === undefined
    ? null
    : h("span", { class: right ? "yes-i" : "no-i", title: right ? "right" : "wrong" }, icon(right ? "check" : "cross"));

const answerLine = ({ prediction, right, confidence }, place) =>
  h(
    "li",
    {},
    key({ letter: letterAt(place) }),
    mark(right),
    h("span", { class: "clip" }, "says ", h("b", {}, prediction ?? "–")),
    h("span", { class: "num" }, probability(confidence)),
  );

const cardOf = (dataset, image) => [
  thumbnail(dataset, image.index),
  h(
    "div",
    { class: "clip" },
    h("span", { class: "mono" }, fileName(image.name)),
    h("br"),
    image.label === null
      ? h("span", { class: "quiet" }, "no label")
      : [h("span", { class: "quiet" }, "label "), h("b", {}, image.label)],
  ),
  h("ul", {}, image.models.map(answerLine)),
];

/** What is known of images, asked for once. */
function createKnown(api) {
  const known = new Map();
  return (exploration, row) => {
    const name = `${exploration.id}/${exploration.version}/${row}`;
    if (!known.has(name)) {
      const asked = api.image(exploration.id, row);
      asked.catch(() => known.delete(name));
      known.set(name, asked);
    }
    if (known.size > MOST_KEPT) known.delete(known.keys().next().value);
    return known.get(name);
  };
}

function place(card, plane, row) {
  const [x, y] = plane.pixelOf(row);
  const { width, height } = plane.size;
  const fits = x + 16 + card.offsetWidth < width;
  card.style.setProperty("left", `${fits ? x + 14 : Math.max(4, x - card.offsetWidth - 14)}px`);
  card.style.setProperty("top", `${Math.max(4, Math.min(y - 24, height - card.offsetHeight - 6))}px`);
}

/** api: exploration-api.js. The card is put into the plane that shows it. */
export function createCard(api) {
  const known = createKnown(api);
  const card = h("div", { class: "hover", hidden: true });
  let timer = 0;
  let newest = 0;

  async function fill(plane, exploration, row, mine) {
    const image = await known(exploration, row);
    if (mine !== newest || !plane.scene) return;
    replace(card, cardOf(exploration.dataset, image));
    plane.root.append(card);
    card.hidden = false;
    place(card, plane, row);
  }

  function hide() {
    clearTimeout(timer);
    newest += 1;
    card.hidden = true;
  }

  function show(plane, exploration, row) {
    clearTimeout(timer);
    const mine = ++newest;
    timer = setTimeout(() => fill(plane, exploration, row, mine).catch(() => (card.hidden = true)), WAIT_MS);
  }

  return { show, hide };
}
