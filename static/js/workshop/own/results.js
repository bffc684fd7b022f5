// What came of it: the verdict with what to try next, behaviour before and after, and maps of the same images.
import { h, icon } from "../../lib/dom.js";
import { group } from "../../lib/format.js";
import { measureRow } from "../rows/behaviour.js";
import { decimals } from "../summary.js";
import { files } from "./own-api.js";
import { picture } from "./picture.js";

const BEFORE_AFTER = ["before", "after"];
const ROWS = [
  {
    field: "replaced",
    words: "Right with the painted part replaced",
    tip: "The test that counts: in held-out images the painted part is taken from images of other classes. A model that does not use it answers as before.",
    rises: true,
    main: true,
    ends: BEFORE_AFTER,
  },
  { field: "usual", words: "Right on images as they are", tip: "Held-out images, unchanged", rises: true, ends: BEFORE_AFTER },
  {
    field: "share",
    words: "Its share of the evidence",
    tip: "Share of the positive gradient × input inside the painted part. It can fall while the answer still depends on it, so it is no proof.",
    rises: false,
    ends: BEFORE_AFTER,
  },
];
const GOOD = new Set(["cured", "needless"]);
const WAYS = { filling: "filling", penalty: "penalty", both: "filling and penalty" };

const button = (words, symbol, act, look = "btn") => h("button", { class: look, type: "button", onclick: act }, symbol ? icon(symbol) : null, words);

function acts(retraining, given) {
  const tries = retraining.finding.tries.slice(0, 2).map((one, place) => button(one.label, "play", () => given.again(one), place ? "btn" : "btn primary"));
  const keep = [
    button("Open in Visualize", "visualize", given.visualize),
    h("a", { class: tries.length ? "btn" : "btn primary", href: files.model(retraining.id), download: "" }, icon("export"), "Save .keras"),
  ];
  return [...keep, ...tries.reverse()];
}

function verdict(retraining, given) {
  const { kind, title, detail } = retraining.finding;
  const good = GOOD.has(kind);
  return h(
    "div",
    { class: `verdictbox ${good ? "ok" : "warn"}`, role: "status" },
    icon(good ? "check" : "warn", false),
    h("div", { class: "grow" }, h("h2", {}, title), h("p", {}, detail)),
    h("div", { class: "row wrap" }, acts(retraining, given)),
  );
}

const settings = ({ options }) => `${WAYS[options.way]} · ${group(options.steps)} steps · seed ${options.seed}`;

const fewer = ({ n, n_replaced: shown }) => (shown < n ? ` ${group(shown)} of them show the painted part.` : "");

function behaviour(retraining) {
  const { before, after, agreement } = retraining;
  const known = ROWS.filter(({ field }) => before[field] !== null && after[field] !== null);
  return h(
    "section",
    { class: "card" },
    h("header", {}, h("h2", { class: "grow" }, "Before and after"), h("span", { class: "quiet small" }, settings(retraining))),
    h("div", { class: "in" }, known.map(row => measureRow(row, before[row.field], after[row.field])), h("p", { class: "why" }, `Old and new model answer ${Math.round(100 * agreement)} % of the ${before.n} held-out images alike.${fewer(after)}`)),
  );
}

const map = (place, retraining, { index, name }, after) =>
  picture(place, files.map(retraining.id, index, after), `Evidence in ${name}, ${after ? "after" : "before"}`);

const pair = (retraining, example) =>
  h(
    "figure",
    { class: "pair" },
    [false, true].map(after => h("div", {}, map("pair", retraining, example, after), h("span", {}, after ? "after" : "before"))),
    h("figcaption", { class: "clip" }, example.name),
  );

const maps = retraining =>
  h(
    "section",
    { class: "card" },
    h("header", {}, h("h2", { class: "grow" }, "Two maps of the same image"), h("span", { class: "quiet small" }, "gradient × input · label’s class · held out")),
    h("div", { class: "in" }, h("div", { class: "pairs" }, retraining.examples.map(one => pair(retraining, one)))),
  );

/** given: again(try), visualize(). */
export const results = (retraining, given) => [verdict(retraining, given), behaviour(retraining), maps(retraining)];

const fact = ([words, value, look]) => h("div", {}, h("dt", {}, words), h("dd", { class: `num ${look}` }, decimals(value)));
const lookOf = value => (value === null ? "" : value < 0.5 ? "bad" : value < 0.9 ? "warn" : "");

/**
 * What the model does as it is: measured, or the button that measures it. given: measure(), ready, other: what to say
 * of a result that belongs to another choice.
 */
export function nowCard(retraining, given) {
  const before = retraining?.before;
  const inside = before
    ? [
        h("div", { class: "nowpics" }, retraining.examples.slice(0, 2).map(one => h("figure", {}, map("now", retraining, one, false), h("figcaption", { class: "clip" }, one.name)))),
        h("dl", { class: "nowfacts" }, [
          ["Right, images as they are", before.usual, lookOf(before.usual)],
          ["Right, painted part replaced", before.replaced, lookOf(before.replaced)],
          ["Its share of the evidence", before.share, before.share > 0.5 ? "warn" : ""],
        ].map(fact)),
        h("p", { class: "why" }, retraining.finding?.kind === "measured" ? retraining.finding.detail : ""),
      ]
    : [h("p", { class: "why" }, "How often it is right with the painted part replaced, and how much of its evidence lies there."), button("Measure it", null, given.measure)];
  const found = h("section", { class: "card" }, h("header", {}, h("h2", {}, "What it does now")), h("div", { class: "in nowbox" }, inside), given.other);
  for (const one of found.querySelectorAll(".nowbox button")) one.disabled = !given.ready;
  return found;
}
