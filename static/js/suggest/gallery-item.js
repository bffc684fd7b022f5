// One image of the gallery: checkbox, picture, the value it was found by, and what every model says; large, all of it.
import { $, colour, h, icon, key, replace } from "../lib/dom.js";
import { address } from "../lib/api.js";
import { assumedTag } from "../widgets/class-names.js";
import { fileLabel } from "../lib/file-name.js";
import { fileName, fixed, probability, signed } from "../lib/format.js";
import { thumbnail } from "../lib/thumbnail.js";
import { groupLine } from "../plots/hover-card.js";
import { saying } from "../maps/prediction.js";
import { term } from "../shell/term.js";

const GROUPED = new Set(["scatter", "evidence"]);
const WORDS = {
  agreement: ["Agreement", value => worth(value)],
  confidence: ["Confidence", value => `${value.toFixed(1)} %`],
  n_classes: ["Distinct classes", String],
  distance: ["Distance", value => value.toFixed(3)],
  mean_activation: ["Mean activation", signed],
  activation: ["Activation", signed],
  entropy: ["Entropy", value => value.toFixed(3)],
  margin: ["Margin", value => value.toFixed(3)],
  loss: ["Loss", value => value.toFixed(3)],
};

const TERMS = {
  agreement: "agreement",
  n_classes: "distinct-classes",
  distance: "distance-to-a-class",
};

function worth(value, digits = 3) {
  if (value === null || !Number.isFinite(value)) return "–";
  return Math.abs(value) < 1000 ? fixed(value, digits) : signed(value);
}

/** A model's letter and class; a tick where it is the label, so that colour is not needed. */
function vote(model, { models }) {
  const { top5 = [], predicted, right } = models[model.id] ?? {};
  const name = saying(predicted, top5);
  return h(
    "span",
    { class: right ? "vote yes" : "vote no", title: `${model.name}: ${name}` },
    key(model),
    h("span", { class: "wrap-any" }, name),
    right ? icon("check") : null,
    right ? h("span", { class: "sr" }, "as labelled") : null,
  );
}

const stem = name => fileName(name).replace(/\.[a-z0-9]{2,5}$/i, "");

function facts(image, { plot }) {
  const value = plot === "scatter" ? `${worth(image.value, 1)} %` : worth(image.value);
  const labelled = image.label === null || image.label === undefined ? "no label" : `label ${image.label}`;
  return h(
    "span",
    { class: "of" },
    h("span", { class: "val num" }, value),
    fileLabel(stem(image.name), { class: "mono small", title: image.name }),
    h("span", { class: "small quiet clip" }, labelled),
  );
}

const listed = names =>
  names.length > 2 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names.join(" and ");

/** Who sees the class that distance is measured to, by name. */
function seenBy(models, image, className) {
  const wanted = className ?? image.label;
  /** @param {{predicted?: string[], right?: boolean}} answer */
  const says = ({ predicted, right } = {}) => (className === null ? right : predicted?.includes(wanted));
  const names = models.filter(({ id }) => says(image.models[id])).map(({ name }) => name);
  if (!names.length) return `No model says ${wanted}.`;
  if (names.length === models.length) return `All models say ${wanted}.`;
  return `${listed(names)} ${names.length === 1 ? "says" : "say"} ${wanted}.`;
}

/** Where it matters how sure they are, the groups of models with their probability; elsewhere what each model says. */
function sayings(models, image, { plot, className }) {
  if (GROUPED.has(plot))
    return h(
      "ul",
      { class: "groups" },
      image.groups.map(group => groupLine(models, group)),
    );
  const votes = h(
    "span",
    { class: "votes" },
    models.map(model => vote(model, image)),
  );
  return [votes, plot === "distance" ? h("span", { class: "why" }, seenBy(models, image, className)) : null];
}

/** of: {plot, className, mark(image), evidence(image)}, what the images are shown for. acts: select(index, on), open(image). */
export function galleryItem({ dataset, models }, image, of, checked, acts) {
  const box = {
    type: "checkbox",
    id: `image-${image.index}`,
    checked,
    "data-index": image.index,
    "aria-label": `Select ${image.name}`,
    onchange: event => acts.select(image.index, event.target.checked),
  };
  const open = event => {
    event.preventDefault();
    acts.open(image);
  };
  return h(
    "label",
    { class: "item" },
    h("input", box),
    thumbnail(dataset, image.index, 144),
    facts(image, of),
    of.evidence?.(image),
    sayings(models, image, of),
    of.mark?.(image),
    image.reason ? h("span", { class: "why" }, image.reason) : null,
    h(
      "button",
      { class: "btn plain tiny icon open", type: "button", "aria-label": `Open ${image.name} large`, onclick: open },
      icon("large"),
    ),
  );
}

const meter = ({ name, probability: p }) =>
  h("meter", { min: 0, max: 1, value: p, "aria-label": `Probability of ${name}` });

function topFive(model, { models }) {
  const line = entry =>
    h(
      "li",
      {},
      h("span", { class: "clip", title: entry.name }, entry.name),
      meter(entry),
      h("span", { class: "num" }, probability(entry.probability)),
    );
  return h(
    "section",
    { class: `five ${colour(model.letter)}` },
    h("h3", {}, key(model), h("span", { class: "clip" }, model.name), assumedTag(model)),
    h("ol", {}, (models[model.id]?.top5 ?? []).map(line)),
  );
}

const titleOf = name => (TERMS[name] ? term(TERMS[name], WORDS[name][0]) : WORDS[name][0]);

function valueList({ label, value, values }) {
  const known = Object.entries(values ?? {}).filter(
    ([name, number]) => WORDS[name] && number !== null && number !== undefined,
  );
  const rows = [
    label === null || label === undefined ? null : ["Label", label],
    Number.isFinite(value) && value !== null ? ["Value", worth(value)] : null,
    ...known.map(([name, number]) => [titleOf(name), WORDS[name][1](number)]),
  ].filter(Boolean);
  return h(
    "dl",
    { class: "values" },
    rows.map(([title, words]) => [h("dt", {}, title), h("dd", { class: "num" }, words)]),
  );
}

/** The image large, with its values, its groups of models where it has some, and the best classes of each model. */
export function openLarge({ dataset, models }, image, more = null) {
  $("#large-title").textContent = image.name;
  replace(
    $("#large-body"),
    h(
      "div",
      { class: "sides" },
      h("img", { class: "px", src: address.picture(dataset.id, image.index), alt: image.name }),
      h(
        "div",
        { class: "facts" },
        image.reason ? h("p", { class: "why" }, image.reason) : null,
        valueList(image),
        models.length > 1 && image.groups
          ? h(
              "ul",
              { class: "groups", "aria-label": "Groups of models" },
              image.groups.map(group => groupLine(models, group)),
            )
          : null,
        h(
          "div",
          { class: "fives" },
          models.map(model => topFive(model, image)),
        ),
        more,
      ),
    ),
  );
  $("#large").showModal();
}
