// What is behind a row: its verdict, its curves, the images from the worst, what shuffled weights change.
import { get } from "../../lib/api.js";
import { h, icon, key, replace, segmented } from "../../lib/dom.js";
import { term } from "../../shell/term.js";
import { curveFigure } from "./curves.js";
import { CONTROL, rowStanding } from "./order.js";
import { replacedPictures, stageMaps, stepper } from "./pictures.js";
import { decimals } from "./scale.js";

const WAYS = ["deletion", "insertion"];
const PLAIN = { from: 0, to: 1 };
const BLIND = 0.5; // rank correlation above which the server's advice warns, too

/** Between which control the pictures are compared: the best one that the curves have. */
const rivalOf = ({ curves, method }) =>
  Object.keys(curves.deletion ?? {}).find(name => name.startsWith(CONTROL) && name !== method) ?? null;

function saying(opened, standing, tested) {
  const bad = standing === "low";
  const leads = { good: "Use it.", within: "Not convincing.", low: "Do not rely on it here." };
  const lead = tested ? leads[standing] : "Not tested.";
  return h(
    "p",
    { class: `verdict-of ${standing}` },
    icon(standing === "good" ? "check" : bad ? "warn" : "help", false),
    h("span", {}, lead ? h("b", {}, `${lead} `) : null, opened.verdict),
  );
}

function weights(context, opened, image, row) {
  const { stages } = opened;
  if (row.control)
    return h("p", { class: "why" }, "A control does not look at the weights: it shows what a map can achieve without the model.");
  if (!image?.stages.length) return h("p", { class: "why" }, "Not measured. Tick Sanity check and press Measure.");
  if (stages.some(({ mean }) => mean === null))
    return h("p", { class: "why" }, "The heatmap is empty on every image, so there is nothing to compare.");
  const known = opened.images.filter(one => one.stages.length && one.stages.every(value => value !== null)).length;
  const mean = stages.reduce((sum, stage) => sum + stage.mean, 0) / stages.length;
  const same = mean > BLIND;
  return [
    stageMaps(context, opened.method, image, stages),
    h(
      "p",
      { class: "why" },
      h("b", {}, same ? "Hardly. " : "Yes. "),
      `Rank correlation with its own map, mean of ${known}: ${stages.map(stage => `${decimals(PLAIN, stage.mean)} (${stage.title})`).join(", ")}. ${same ? "Much of it shows the picture, not the model." : "The map depends on what the model has learned."}`,
    ),
  ];
}

/** acts: close(), step(by), showInGrid(row, image). */
export function createOpened(acts) {
  const root = h("div", { class: "opened-in", role: "group" });
  const kept = new Map(); // path -> Promise
  let said = "";
  let version = ""; // of the numbers that are kept
  let inserted = false;
  let again = () => {};

  function asked(path) {
    if (!kept.has(path)) {
      if (kept.size > 40) kept.delete(kept.keys().next().value);
      const answer = get(path);
      answer.catch(() => kept.delete(path));
      kept.set(path, answer);
    }
    return kept.get(path);
  }

  const pathOf = ({ trust, model, fill }, method) =>
    `/trust/${encodeURIComponent(trust.id)}/row?${new URLSearchParams({ model: model.id, method, ...(fill ? { fill } : {}) })}`;

  function middle(context, opened, image, rival) {
    if (!opened.shares.length) return h("p", { class: "why" }, "Not measured. Tick Insertion − deletion and press Measure.");
    const other = rival?.images.find(({ index }) => index === image.index);
    const pair = other ? { name: rival.method, image: other } : null;
    return replacedPictures({ ...context, fill: opened.fill, inserted }, opened.method, image, pair, opened.shares);
  }

  const wayChoice = () =>
    segmented(
      "inserted",
      "What is shown",
      [
        ["", "Replaced"],
        ["1", "Put back"],
      ],
      inserted ? "1" : "",
      value => {
        inserted = Boolean(value);
        again();
        root.querySelector("[name=inserted]:checked")?.focus();
      },
    );

  function draw(context, opened, rival) {
    const { model, row, place, several, fills } = context;
    const image = opened.images[Math.min(place, opened.images.length - 1)];
    const standing = row.control ? "" : rowStanding(model, row.name);
    replace(
      root,
      h(
        "header",
        { class: "opened-head" },
        several ? key(model) : null,
        h("h3", { class: "mono" }, row.control ? row.title : row.name),
        fills > 1 && opened.shares.length
          ? h("span", { class: "quiet small" }, `curves and pictures with ${opened.fill} as the fill`)
          : null,
        h("span", { class: "grow" }),
        h(
          "button",
          { class: "btn plain tiny icon", type: "button", "aria-label": "Close this row", onclick: acts.close },
          icon("close"),
        ),
      ),
      row.control
        ? h("p", { class: "verdict-of" }, icon("help", false), h("span", {}, row.summary))
        : opened.verdict
          ? saying(opened, standing, model.advice.tested)
          : null,
      h(
        "div",
        { class: "opened-grid" },
        h(
          "div",
          { class: "opened-col" },
          opened.shares.length
            ? WAYS.map(way => curveFigure(way, opened.shares, opened.curves[way], opened.method))
            : h("p", { class: "why" }, "No curves: insertion and deletion were not measured."),
        ),
        h(
          "div",
          { class: "opened-col wide" },
          image
            ? [
                h(
                  "div",
                  { class: "opened-tools" },
                  opened.shares.length ? wayChoice() : null,
                  h("span", { class: "grow" }),
                  stepper(opened.images, Math.min(place, opened.images.length - 1), acts.step),
                ),
                middle(context, opened, image, rival),
              ]
            : null,
        ),
        h(
          "div",
          { class: "opened-col" },
          h("h4", {}, "Does it notice ", term("sanity-check", "shuffled weights"), "?"),
          weights(context, opened, image, row),
          row.control || !image
            ? null
            : h(
                "button",
                { class: "btn tiny", type: "button", onclick: () => acts.showInGrid(row, image.index) },
                icon("visualize"),
                "Show in Grid",
              ),
        ),
      ),
    );
  }

  /** context: {trust, model, row, fill, place, several, version}. Draws when its numbers have come. */
  async function update(context) {
    const { trust, model, row, fill, place } = context;
    const now = JSON.stringify([trust.id, model.id, row.name, fill, place, context.version]);
    if (now === said) return;
    const first = !said.startsWith(JSON.stringify([trust.id, model.id, row.name]).slice(0, -1));
    said = now;
    root.setAttribute("aria-label", `Details of ${row.control ? row.title : row.name}`);
    if (first) replace(root, h("div", { class: "wait opened-wait", "aria-busy": "true" }));
    try {
      if (version !== context.version) kept.clear();
      version = context.version;
      const opened = await asked(pathOf(context, row.name));
      const name = rivalOf(opened);
      const rival = name ? await asked(pathOf(context, name)) : null;
      if (said !== now) return;
      again = () => draw(context, opened, rival);
      const focused = root.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
      again();
      if (focused) root.querySelector(`[aria-label="${CSS.escape(focused)}"]`)?.focus();
    } catch (error) {
      if (said !== now) return;
      replace(root, h("p", { class: "bad-text", role: "alert" }, error.sentence ?? error.message));
      said = "";
    }
  }

  const clear = () => {
    said = "";
    replace(root);
  };
  return { root, update, clear };
}
