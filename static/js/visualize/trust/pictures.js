// What a row looks like on one image: its strongest parts replaced, beside the best control; its map as weights are shuffled.
import { address } from "../../lib/api.js";
import { h, icon } from "../../lib/dom.js";
import { fileName, probability } from "../../lib/format.js";
import { shortName } from "./curves.js";
import { decimals } from "./scale.js";

export const SHARES = [0.1, 0.3, 0.5];
const PLAIN = { from: 0, to: 1 };

/** The value of a curve at a share: of the nearest point that was measured. */
export function valueAt(shares, values, share) {
  const distances = shares.map(one => Math.abs(one - share));
  return values[distances.indexOf(Math.min(...distances))] ?? NaN;
}

const picture = (src, alt) =>
  h("img", { src, alt, loading: "lazy", class: "px", onerror: event => event.target.classList.add("gone") });

function line(context, row, image, shares) {
  const { trust, model, fill, inserted } = context;
  const way = inserted ? "insertion" : "deletion";
  const what = inserted ? "strongest parts alone" : "strongest parts replaced";
  return h(
    "div",
    { class: "replaced" },
    h("span", { class: "replaced-name" }, shortName(row).replaceAll("_", "_\u200b")),
    SHARES.map(share => {
      const src = address.replaced(trust.id, image.index, { model: model.id, method: row, fill, share, inserted });
      const p = image[way] ? valueAt(shares, image[way], share) : NaN;
      return h(
        "figure",
        {},
        picture(src, `${image.name}: ${100 * share} % of the ${what}, by ${shortName(row)}`),
        h("figcaption", { class: "num" }, `p ${probability(p)}`),
      );
    }),
  );
}

/** The image's name and the way to the next: the worst first. */
export const stepper = (images, place, step) =>
  h(
    "span",
    { class: "row stepper" },
    h(
      "button",
      { class: "btn plain tiny icon", type: "button", "aria-label": "Previous picture", onclick: () => step(-1) },
      icon("left"),
    ),
    h(
      "span",
      { class: "num", "aria-live": "polite" },
      `${place + 1} of ${images.length}`,
      h("span", { class: "quiet" }, ", worst first"),
    ),
    h(
      "button",
      { class: "btn plain tiny icon", type: "button", "aria-label": "Next picture", onclick: () => step(1) },
      icon("right"),
    ),
  );

/** others: {name, image} of the best control, or null. */
export function replacedPictures(context, own, image, other, shares) {
  return [
    h(
      "div",
      { class: "replaced heads" },
      h("span"),
      SHARES.map(share => h("span", { class: "num" }, `${100 * share} %`)),
    ),
    line(context, own, image, shares),
    other ? line(context, other.name, other.image, shares) : null,
    h(
      "p",
      { class: "why" },
      h("span", { class: "mono" }, fileName(image.name)),
      image.class ? `, explained as ${image.class}. ` : ". ",
      context.inserted
        ? "The faster p comes back, the more the answer rests on these parts."
        : "The faster p falls, the more the answer rested on these parts.",
    ),
  ];
}

const resembles = value => (value === null ? "–" : decimals(PLAIN, value)); // an empty map resembles nothing
const STAGE_WORDS = ["trained weights"];

/** Map before, and after each stage of shuffled weights, with its rank correlation. */
export function stageMaps({ trust, model }, row, image, stages) {
  const titles = [...STAGE_WORDS, ...stages.map(({ title }) => title)];
  return h(
    "div",
    { class: "stage-maps" },
    titles.map((title, stage) =>
      h(
        "figure",
        {},
        picture(
          address.stage(trust.id, image.index, { model: model.id, method: row, stage }),
          `Map of ${image.name}, ${stage ? `weights of ${title} shuffled` : title}`,
        ),
        h(
          "figcaption",
          {},
          h("span", {}, stage ? `${title} shuffled` : title),
          stage ? h("b", { class: "num" }, ` ${resembles(image.stages[stage - 1])}`) : null,
        ),
      ),
    ),
  );
}
