// A card for each generated picture: built once an ascent, then kept up to date while it runs.
import { $, $$, h, replace } from "../lib/dom.js";
import { address } from "../lib/api.js";
import { signed, probability } from "../lib/format.js";
import { spark } from "./curve.js";
import { growingPicture, showPicture } from "./growing-picture.js";
import { stopLine, titleOf } from "./stop.js";

/** The number that stands for a picture: the class's probability, or the activation. */
export const numberOf = target =>
  target.probability !== null ? probability(target.probability) : target.value !== null ? signed(target.value) : "";

export const pictureOf = (ascent, place, contrast) =>
  address.generated(ascent.id, place, contrast, ascent.targets[place].steps);

const begun = ascent => ascent.targets.some(({ curve }) => curve.length);
const isClass = ascent => ascent.request.kind === "class";

function card(place, onchoose) {
  return h("button", {
    class: "gen",
    type: "button",
    "aria-pressed": "false",
    "data-place": place,
    onclick: () => onchoose(place),
  });
}

/** The picture stays the same element, so that a new step replaces the old one without a flash. */
function update(element, ascent, place, contrast) {
  const target = ascent.targets[place];
  const name = titleOf(target, ascent.request.kind);
  const image = $("img", element) ?? growingPicture(`Generated image for ${name}`);
  const source = begun(ascent) ? pictureOf(ascent, place, contrast) : null;
  if (source) showPicture(image, source);
  const number = h("span", { class: "num small quiet not-s" }, numberOf(target));
  replace(
    element,
    h("span", { class: "row" }, h("span", { class: "strong grow clip", title: name }, name), number),
    h("span", { class: "frame" }, source ? image : h("span", { class: "wait" })),
    target.curve.length ? spark(target, isClass(ascent)) : h("span", { class: "spark wait" }),
    stopLine(target, ascent.request),
  );
}

export function createCards(store) {
  const root = $("#made");
  let shown = null;

  const choose = place => store.set({ shown: place });

  function draw({ ascent, shown: chosen, contrast }) {
    if (!ascent) return;
    if (shown !== ascent.id)
      replace(
        root,
        ascent.targets.map((_, place) => card(place, choose)),
      );
    shown = ascent.id;
    $$(".gen", root).forEach((element, place) => {
      update(element, ascent, place, contrast);
      element.setAttribute("aria-pressed", String(place === Math.min(chosen, ascent.targets.length - 1)));
    });
  }

  /** Arrows move among the cards and choose. */
  function step(by) {
    const { ascent, shown: place } = store.state;
    if (!ascent) return false;
    const next = Math.max(0, Math.min(ascent.targets.length - 1, place + by));
    choose(next);
    $(`.gen[data-place="${next}"]`, root)?.focus();
    return true;
  }

  /** How many cards fit in a row. */
  const columns = () => {
    const tops = $$(".gen", root).map(element => element.offsetTop);
    return Math.max(1, tops.filter(top => top === tops[0]).length);
  };

  store.on(["ascent", "shown", "contrast"], draw);
  return { draw, step, columns };
}
