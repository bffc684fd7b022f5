// The chosen picture large, what it is, and the images of a dataset that activate the same feature most and least.
import { $, h, replace } from "../lib/dom.js";
import { address, put } from "../lib/api.js";
import { assumedTag } from "../widgets/class-names.js";
import { count, fileName, group, signed } from "../lib/format.js";
import { pictureOf } from "./cards.js";
import { growingPicture, showPicture } from "./growing-picture.js";
import { curve } from "./curve.js";
import { ended } from "./runner.js";
import { sentenceOf, titleOf } from "./stop.js";
import { complain } from "../shell/toast.js";
import { explainLink } from "../lib/links.js";
import { onlyLast } from "../lib/turns.js";

const STARTS = {
  black: "black",
  white: "white",
  noise: "uniform noise",
  blurred: "blurred noise, σ 1",
  image: "an image",
};
const LEAST = 6; // of the images that activate least; of the others all
const explain = (dataset, images) => explainLink({ dataset, images });

function objectiveOf({ kind, layer, params, positions }, name) {
  if (kind === "class")
    return params.objective === "probability"
      ? `probability of ${name}`
      : `logit of ${name}; the curve is its probability`;
  if (kind === "channel") return `mean of ${name} of ${layer}`;
  return positions ? `${name} of ${layer}, at its strongest position` : `${name} of ${layer}`;
}

const valueOf = ({ kind, params }) =>
  kind !== "class" ? "Activation" : params.objective === "probability" ? "Probability" : "Logit";

function facts(ascent, target) {
  const { request, notes } = ascent;
  const rows = [
    ["Objective", objectiveOf(request, target.name)],
    ["Start", `${STARTS[request.initial] ?? request.initial}, seed ${request.seed}`],
    ["Preset", `${request.preset}, step ${request.params.step}`],
    ["Stopped", sentenceOf(target, request)],
    [valueOf(request), target.value === null ? "–" : signed(target.value)],
    ...(notes.length ? [["Note", notes.join(" ")]] : []),
  ];
  return h(
    "dl",
    { class: "facts-l" },
    rows.map(([term, words]) => [h("dt", {}, term), h("dd", { class: "num" }, words)]),
  );
}

const save = onlyLast();

/** Opens Visualize with these images as the selection of the whole product. */
async function send(dataset, images) {
  try {
    await save(
      () => put("/basket", { dataset, images }),
      () => (location.href = explain(dataset, images)),
    );
  } catch (error) {
    complain(error);
  }
}

const thumbs = new Map(); // drawn once, so that a picture does not blink while the search goes on

function kept(dataset, side, row) {
  const key = `${dataset} ${side} ${row.index} ${row.value}`;
  if (!thumbs.has(key)) thumbs.set(key, thumb(dataset, row));
  return thumbs.get(key);
}

function thumb(dataset, { index, name, label, value }) {
  const words = `${fileName(name)}${label ? `, ${label}` : ""}: ${signed(value)}. Explain this image.`;
  const onclick = event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    send(dataset, [index]);
  };
  const image = h("img", { src: address.thumbnail(dataset, index), alt: "" });
  const attributes = { href: explain(dataset, [index]), title: words, "aria-label": words, onclick };
  return h("a", attributes, image, h("span", { class: "num" }, signed(value)));
}

/** Whether the dataset was chosen for another model than that of the pictures. */
const isForOther = ({ ascent, model }) => ascent.request.model !== model;

/** What was found for this very feature; the last search may have been about another model, layer or kind. */
function foundFor(state, target) {
  const { extremes: found, ascent, dataset } = state;
  const same = ["model", "kind", "layer"].every(name => found?.[name] === ascent.request[name]);
  const current = same && (found.dataset === dataset || isForOther(state));
  return current ? (found.targets.find(({ index }) => index === target.index) ?? null) : null;
}

const skeletons = n => Array.from({ length: n }, () => h("span", { class: "wait" }));

/** waiting: how many images are still to come at most. */
function side(title, dataset, rows, waiting) {
  const shown = rows.length ? rows.map(row => kept(dataset, title, row)) : skeletons(waiting);
  return h("div", {}, h("h3", {}, title), h("div", { class: "acts" }, shown));
}

const wordsOf = ({ seen, n, status, n_problems: bad, job }) => {
  if (status === "cancelled") return `Cancelled after ${group(seen)} of ${count(n, "image")}; the best so far.`;
  if (status === "failed") return [job.error?.message, job.error?.hint].filter(Boolean).join(" ");
  const left_out = bad ? ` ${count(bad, "image")} could not be used.` : "";
  return status === "done" ? left_out.trim() : `${group(seen)} of ${count(n, "image")} looked at…`;
};

function extremes(state, target) {
  const { extremes: found, extremesProblem, dataset, ascent } = state;
  if (extremesProblem) return h("p", { class: "bad-text" }, extremesProblem.sentence);
  const mine = foundFor(state, target);
  if (!mine && isForOther(state))
    return h("p", { class: "why" }, `Choose ${ascent.model.name} again to see which images activate this most and least.`);
  if (!mine && !dataset)
    return h("p", { class: "why" }, "Choose a dataset to see which of its images activate this most and least.");
  if (!mine) return ended(ascent) ? [side("Dataset images that activate it most", dataset, [], 6)] : null;
  const words = [wordsOf(found), mine.note].filter(Boolean).join(" ");
  const waiting = ended(found) ? 0 : 1;
  return [
    side("Dataset images that activate it most", found.dataset, mine.most, 12 * waiting),
    side("… and least", found.dataset, mine.least.slice(0, LEAST), LEAST * waiting),
    words ? h("p", { class: "why", role: "status" }, words) : null,
  ];
}

function sendButton(state, target) {
  const mine = foundFor(state, target);
  if (!mine?.most.length) return null;
  const images = [...new Set([...mine.most, ...mine.least.slice(0, LEAST)].map(({ index }) => index))];
  return h(
    "button",
    { class: "btn tiny", type: "button", id: "send", onclick: () => send(state.extremes.dataset, images) },
    `Send ${images.length} to Visualize`,
  );
}

/** The mark on assumed class names; other features have no names. */
const assumedOf = ({ request, model, class_names_words }) =>
  request.kind === "class" ? assumedTag({ ...model, class_names_words }) : null;

/** Before the first step: everything in its final size. */
const drawWaiting = (root, name) =>
  replace(
    root,
    h("header", {}, h("h2", { class: "grow" }, name)),
    h("div", { class: "in" }, h("div", { class: "big2" }, h("span", { class: "wait" }), h("span", { class: "wait" }))),
  );

export function createDetail(store) {
  const root = $("#detail");

  function draw(state) {
    const { ascent, shown, contrast } = state;
    if (thumbs.size > 500) thumbs.clear();
    const target = ascent?.targets[Math.min(shown, ascent.targets.length - 1)];
    root.hidden = !target;
    if (!target) return;
    const focused = document.activeElement?.id === "send";
    const link = document.activeElement?.closest?.("#detail a")?.getAttribute("href");
    const place = ascent.targets.indexOf(target);
    const name = titleOf(target, ascent.request.kind);
    root.setAttribute("aria-label", name);
    if (!target.curve.length) return drawWaiting(root, name);
    const picture = $(".big2 > img", root) ?? growingPicture();
    showPicture(picture, pictureOf(ascent, place, contrast));
    picture.setAttribute("alt", `Generated image for ${name}`);
    replace(
      root,
      h("header", {}, h("h2", { class: "grow" }, name), assumedOf(ascent), sendButton(state, target)),
      h(
        "div",
        { class: "in" },
        h(
          "div",
          { class: "big2" },
          picture,
          h("div", { class: "plot curve" }, curve(target, ascent.request.kind === "class")),
        ),
        facts(ascent, target),
        extremes(state, target),
      ),
    );
    if (focused) $("#send", root)?.focus();
    if (link) $(`a[href="${CSS.escape(link)}"]`, root)?.focus();
  }

  store.on(["ascent", "shown", "contrast", "extremes", "extremesProblem", "dataset"], draw);
  return { draw };
}
