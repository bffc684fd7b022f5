// Images in rows, models in columns. Built once per run; cells change on their own as they finish.
import { $, $$, h, icon, key, replace } from "../lib/dom.js";
import { address } from "../lib/api.js";
import { assumedTag } from "../widgets/class-names.js";
import { fileLabel } from "../lib/file-name.js";
import { fileName, preprocessing } from "../lib/format.js";
import { mapCell } from "../maps/map-cell.js";

/** Few models get larger maps, four narrower readings, more a grid that scrolls sideways. */
const widthOf = n => `grid-wrap ${n <= 2 ? "few" : n === 4 ? "four" : n > 4 ? "wide" : ""}`;

function head(explanation) {
  return h(
    "thead",
    {},
    h(
      "tr",
      {},
      h(
        "th",
        { scope: "col", class: "im" },
        h("span", { class: "name" }, "Image"),
        h("span", { class: "facts" }, "label"),
      ),
      explanation.models.map(model =>
        h(
          "th",
          { scope: "col" },
          h("span", { class: "name" }, key(model), h("span", { class: "wrap-any" }, model.name)),
          h("span", { class: "facts clip", "data-facts": model.id }),
          h("span", { class: "facts", "data-naming": model.id }),
        ),
      ),
    ),
  );
}

function rowHead(explanation, image, place, onopen) {
  const source = address.thumbnail(explanation.request.dataset, image.index, 144);
  return h(
    "th",
    { scope: "row", class: "im" },
    h(
      "button",
      {
        class: "open",
        type: "button",
        "data-row": place,
        "aria-label": `Open ${image.name} in the slideshow`,
        onclick: () => onopen(place),
      },
      h("img", { src: source, alt: "", loading: "lazy" }),
    ),
    h(
      "span",
      { class: "wrap-any" },
      fileLabel(fileName(image.name), { class: "file mono", title: image.name }),
      h("span", { class: "small strong" }, image.label ?? ""),
    ),
    h("span", { class: "only-s quiet" }, icon("right", false)),
  );
}

/** acts: open(place), unchecked(). */
export function createGrid(root, acts) {
  let shown = "";
  let cells = new Map();

  function build(explanation) {
    shown = explanation.id;
    cells = new Map();
    const rows = explanation.images.map((image, place) =>
      h(
        "tr",
        {},
        rowHead(explanation, image, place, acts.open),
        explanation.models.map(model => {
          const cell = mapCell({
            model,
            image,
            row: place,
            onunchecked: acts.unchecked,
          });
          cells.set(`${model.id}/${image.index}`, cell);
          return cell.element;
        }),
      ),
    );
    const table = h(
      "table",
      { class: "grid" },
      h("caption", { class: "sr" }, "Heatmaps: images in rows, models in columns"),
      head(explanation),
      h("tbody", {}, rows),
    );
    const wrap = h("div", { class: widthOf(explanation.models.length) }, table);
    wrap.style.setProperty("--n", explanation.models.length);
    replace(root, wrap);
  }

  /** The same words again and again are one stop of the Tab key. */
  const oneStop = () => $$(".verdict", root).forEach((one, place) => (one.tabIndex = place ? -1 : 0));

  function update(explanation, ended, second) {
    if (explanation.id !== shown) build(explanation);
    const known = new Map(explanation.cells.map(cell => [`${cell.model}/${cell.image}`, cell]));
    for (const model of explanation.models) {
      const line = $(`[data-facts="${CSS.escape(model.id)}"]`, root);
      replace(
        line,
        preprocessing(model.preprocessing),
        model.layer ? [" · ", h("span", { class: "mono" }, model.layer)] : null,
      );
      replace($(`[data-naming="${CSS.escape(model.id)}"]`, root), assumedTag(model));
      for (const image of explanation.images) {
        const name = `${model.id}/${image.index}`;
        cells.get(name)?.update(explanation, model, known.get(name), ended, second(model.id, image.index));
      }
    }
    oneStop();
  }

  function mark(place, dropped, explanation) {
    $$("tbody > tr", root).forEach((row, k) => {
      row.classList.toggle("here", k === place);
      row.classList.toggle("out", dropped.includes(explanation.images[k]?.index));
    });
  }

  const focusRow = place => $(`[data-row="${place}"]`, root)?.focus({ preventScroll: false });
  /** Only what is its own: another view's tables stay. */
  const clear = () => {
    if (!shown) return;
    shown = "";
    root.replaceChildren();
  };
  return { update, mark, focusRow, clear };
}
