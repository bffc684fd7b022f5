// One image large: its fields, its tags, and what every model says of it.
import { address } from "../../lib/api.js";
import { colour, h, icon, key } from "../../lib/dom.js";
import { group, probability } from "../../lib/format.js";
import { verdict } from "../rows/row.js";
import { exponential, lettered } from "../rows/values.js";

const line = ([title, value]) => [h("dt", {}, title), h("dd", {}, value)];

const tagOf = (name, ontake) =>
  h(
    "span",
    { class: "tag hi" },
    name,
    h("button", { type: "button", "aria-label": `Remove the tag ${name}`, onclick: () => ontake(name) }, icon("close")),
  );

function fields(image, acts) {
  const onclick = event => acts.tag(event.currentTarget);
  const add = h("button", { class: "tag add", type: "button", id: "image-tag", onclick }, icon("plus"), "Add tag");
  const tags = [...image.tags.map(name => tagOf(name, acts.untag)), add];
  const size = image.width ? [["Size", `${image.width}×${image.height}`]] : [];
  return h(
    "dl",
    { class: "facts-l" },
    [["Index", group(image.index)], ["Label", image.label === null ? h("span", { class: "quiet" }, "none") : h("b", {}, image.label)], ...size, ["Tags", h("span", { class: "tags" }, tags)]].map(line),
  );
}

/** A model's answer with its probability and loss; its five best classes on opening. */
function saying(model, answer) {
  const best = answer.top.map(({ name, probability: p }) =>
    h("li", {}, h("span", { class: "clip" }, name), h("meter", { min: 0, max: 1, value: p, "aria-hidden": "true" }), h("span", { class: "num" }, probability(p))),
  );
  const summary = h(
    "summary",
    {},
    key(model),
    h("span", { class: "answer" }, h("span", { class: "clip", title: answer.prediction }, answer.prediction), verdict(answer.right)),
    h("meter", { min: 0, max: 1, value: answer.confidence, "aria-hidden": "true" }),
    h("span", { class: "num" }, probability(answer.confidence)),
    h("span", { class: "num quiet" }, exponential(answer.loss)),
  );
  return h("li", { class: colour(model.letter) }, h("details", {}, summary, h("ol", { class: "best" }, best)));
}

const headLine = h(
  "li",
  { class: "quiet titles", "aria-hidden": "true" },
  h("span"),
  h("span", {}, "says"),
  h("span"),
  h("span", { class: "num" }, "conf."),
  h("span", { class: "num" }, "loss"),
);

function sayings({ exploration }, image) {
  const models = lettered(exploration);
  const known = image.models.map(answer => [models.find(({ id }) => id === answer.id), answer]).filter(([model]) => model);
  return h("ul", { class: "says" }, headLine, known.map(([model, answer]) => saying(model, answer)));
}

function buttons({ selected, searching, query }, acts) {
  const words = searching ? "Searching…" : query ? "Hide similar" : "Find similar";
  const button = (id, title, symbol, onclick, more = {}) =>
    h("button", { class: "btn tiny", type: "button", id, onclick, ...more }, symbol ? icon(symbol) : null, title);
  return h(
    "div",
    { class: "acts" },
    button("find-similar", words, "similar", acts.similar, { "aria-pressed": String(query), "aria-busy": String(searching) }),
    button("image-select", selected ? "Unselect" : "Select", null, acts.select),
    button("image-explain", "Explain", "visualize", acts.explain),
  );
}

/** image: the server's answer. now: {selected, searching, query: whether its neighbours are listed}. acts: similar(), select(), tag(opener), untag(name), explain(). */
export const oneImage = (state, image, now, acts) =>
  h(
    "div",
    { class: "one" },
    h("img", { class: "px large", src: address.picture(state.exploration.dataset.id, image.index), alt: image.name }),
    fields(image, acts),
    sayings(state, image),
    buttons(now, acts),
  );
