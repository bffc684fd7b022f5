// The images by evidence, least agreement first: a page of cards that grows while the ranking runs.
import { about } from "../../shell/about.js";
import { $, h, icon, key, replace, segmented } from "../../lib/dom.js";
import { address } from "../../lib/api.js";
import { count, group, parameter } from "../../lib/format.js";
import { galleryItem, openLarge } from "../gallery-item.js";
import { mark, pager, walkByKeys, withFocus } from "../gallery-grid.js";
import { SIZE, titleOf } from "./request.js";
import { running } from "./runner.js";
import { term } from "../../shell/term.js";
import { explainLink } from "../../lib/links.js";

const NO_NUMBER = "No number: a heatmap shows nothing that could be compared.";

/** A row of a ranking as the gallery knows images: each model is a group of its own, so that all answers are read. */
function imageOf({ index, name, label, agreement, same_answer, answers, maps }, models) {
  const said = answers.map(({ class: class_, probability }, place) => ({
    name: class_,
    probability,
    models: [models[place].id],
  }));
  return {
    index,
    name,
    label,
    value: agreement,
    values: { agreement },
    same_answer,
    maps,
    reason: agreement === null ? NO_NUMBER : null,
    groups: said,
    models: Object.fromEntries(said.map(answer => [answer.models[0], { top5: [answer] }])),
  };
}

/** The heatmaps that agree least, side by side, each under its model's letter. */
const evidenceOf = ({ ranking: { id, models } }) => ({ index, name, maps }) =>
  maps
    ? h(
        "span",
        { class: "evidence" },
        models.map(model =>
          h(
            "span",
            { class: "shown" },
            h("img", { src: address.ranked(id, model.id, index), alt: `Heatmap of ${model.name} for ${name}`, loading: "lazy" }),
            key(model),
          ),
        ),
      )
    : null;

const verdict = ({ same_answer }) =>
  same_answer
    ? h("span", { class: "tag hi mark" }, icon("check"), "same answer")
    : h("span", { class: "tag mark" }, "different answers");

/** By which method, with which settings, under which models. */
function madeBy({ analyzer, params, measure, models, n_images: n, n_ranked, unchecked }, fields) {
  const usual = name => fields.find(field => field.name === name)?.default;
  const own = Object.entries(params).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(usual(name)));
  const settings = own.map(([name, value]) => `${name} ${parameter(value)}`);
  const words = [...settings, titleOf(measure), n_ranked < n ? `${group(n_ranked)} of ${count(n, "image")}` : count(n, "image")];
  return h(
    "p",
    { class: "made small quiet" },
    h("span", { class: "row who" }, models.map(model => h("span", { title: model.name }, key(model)))),
    about(analyzer, analyzer, { class: "about mono" }),
    h("span", { class: "num" }, words.filter(Boolean).join(" · ")),
    unchecked ? term("unchecked", "unchecked") : null,
  );
}

const SAME =
  "Whether all models name the same class. Where they do and the heatmaps agree little, the evidence is different.";
const NOTHING = {
  all: "No image could be ranked.",
  same: "There is no image on which all models give the same answer. Look at the different ones.",
  other: "All models give the same answer on every image.",
};

export function createRankingList(store, basket) {
  const root = $("#ranking");
  let drawn = null; // what the cards show, so that an unchanged page is left alone
  let made = new Map(); // image -> its card, so that one that only moves is not loaded again

  const linkTo = index => {
    const { dataset, models, analyzer, params } = store.state.ranking;
    return explainLink({ dataset, images: [index], models: models.map(({ id }) => id), analyzer, params });
  };

  /** The ranking's own dataset and models, which may not be those of the panel any more. */
  const ground = ({ ranking }) => ({ dataset: { id: ranking.dataset }, models: ranking.models });
  const imagesOf = ({ ranking }) => drawn.rows.map(row => imageOf(row, ranking.models));

  function open(image) {
    const link = h("a", { class: "btn primary", href: linkTo(image.index) }, "Compare the heatmaps");
    const more = h("div", { class: "row" }, verdict(image), link);
    openLarge(ground(store.state), { ...image, value: null, groups: null }, more);
  }

  const acts = { select: (index, on) => basket.select([index], on), open };

  function filter({ ranking, alike }) {
    const { n_ranked: all, n_same_answer: same } = ranking;
    const options = [
      ["same", `Same answer ${group(same)}`],
      ["other", `Different ${group(all - same)}`],
      ["all", `All ${group(all)}`],
    ];
    const choice = segmented("alike", "Answers", options, alike, chosen => store.set({ alike: chosen, place: 1 }));
    for (const radio of choice.querySelectorAll("input")) radio.id = `alike-${radio.value}`;
    choice.classList.remove("full");
    choice.dataset.tip = SAME;
    return choice;
  }

  function addShown() {
    basket.select(
      drawn.rows.map(({ index }) => index),
      true,
    );
  }

  function headOf(state) {
    const { ranking, place } = state;
    const { total, rows } = ranking;
    const add = { class: "btn tiny", type: "button", id: "ranking-add", disabled: !rows.length, onclick: addShown };
    return h(
      "header",
      {},
      h("h2", { id: "ranking-title" }, "Least ", term("agreement", "agreement"), " first"),
      h("span", { class: "grow" }),
      filter(state),
      pager({ at: place, size: SIZE, shown: rows.length, total }, by => store.set({ place: place + by })),
      h("button", add, icon("plus"), `Add these ${group(rows.length)}`),
    );
  }

  const fieldsOf = ({ catalog, ranking }) =>
    catalog.analyzers.find(({ name }) => name === ranking.analyzer)?.fields ?? [];

  function nothing({ ranking, alike }) {
    if (running(ranking) && !ranking.n_ranked) return Array.from({ length: 8 }, () => h("div", { class: "item wait" }));
    return h("p", { class: "quiet" }, running(ranking) ? "None so far." : NOTHING[alike]);
  }

  /** Cards under the pointer or with the focus keep still while others are sorted in. */
  const held = ({ ranking }) =>
    running(ranking) && drawn.rows.length > 0 && $(".gallery", root).matches(":hover, :focus-within");

  function cards(state) {
    const of = { plot: "evidence", mark: verdict, evidence: evidenceOf(state) };
    const name = image => `${state.ranking.id} ${image.index} ${image.maps}`;
    const fresh = image => galleryItem(ground(state), image, of, basket.has(image.index), acts);
    made = new Map(imagesOf(state).map(image => [name(image), made.get(name(image)) ?? fresh(image)]));
    return h("div", { class: "in gallery" }, made.size ? [...made.values()] : nothing(state));
  }

  function clear() {
    drawn = null;
    made = new Map();
    root.replaceChildren();
  }

  function draw(state) {
    const { ranking, by, alike, place } = state;
    root.hidden = by !== "evidence" || !ranking;
    if (root.hidden) return clear();
    const page = [ranking.id, alike, place].join();
    const now = JSON.stringify([ranking.rows, ranking.total, ranking.n_ranked, running(ranking)]);
    const same = drawn?.page === page;
    if (same && now === drawn.now) return null;
    const still = same && held(state);
    drawn = { page, now: still ? null : now, rows: still ? drawn.rows : ranking.rows };
    const shown = still ? $(".gallery", root) : cards(state);
    return withFocus(root, () => replace(root, headOf(state), madeBy(ranking, fieldsOf(state)), shown));
  }

  walkByKeys(root, place => open(imagesOf(store.state)[place]));
  store.on(["ranking", "by"], draw);
  store.on(["basket", "dataset"], () => mark(root, basket));
  const focus = () => (root.querySelector("input[data-index]") ?? root).focus();
  return { draw, focus };
}
