// For each image a table: models in rows, methods in columns, each method with its own colours.
import { $, colour, h, key, replace } from "./dom.js";
import { agreement } from "./agreement.js";
import { address } from "./api.js";
import { drawColourBar } from "./colour-bar.js";
import { fileName, seconds } from "./format.js";
import { mapCanvas } from "./map-canvas.js";
import { UNKNOWN, mapLabel } from "./map-cell.js";
import { healthBadge, topThree } from "./prediction.js";
import { ended } from "./runner.js";

const lookOf = (display, colormaps) => ({ ...display, lut: colormaps[display.colormap] });

function head(methods, catalog) {
  const column = name => {
    const analyzer = catalog.analyzers.find(one => one.name === name);
    const bar = h("div", { class: "bar" });
    drawColourBar(bar, lookOf(analyzer.display, catalog.colormaps));
    return h(
      "th",
      { scope: "col" },
      h("span", { class: "mono strong" }, name.replaceAll("_", "_\u200b")),
      h("span", { class: "why" }, analyzer.summary),
      bar,
    );
  };
  return h("thead", {}, h("tr", {}, h("th", { scope: "col", class: "of" }, "Model"), methods.map(column)));
}

function problem(error) {
  return h("div", { class: "fail" }, h("strong", {}, "Not possible"), h("span", {}, error.message ?? UNKNOWN.message));
}

/** What a place of the table shows: a map, why there is none, or that it is on its way. */
function content(sheet, model, image, colormaps) {
  if (sheet?.problem) return problem(sheet.problem);
  const { explanation } = sheet ?? {};
  const known = explanation?.models.find(({ id }) => id === model.id);
  const cell = explanation?.cells?.find(one => one.model === model.id && one.image === image.index);
  if (known?.error || cell?.status === "failed") return problem(known?.error ?? cell?.error ?? UNKNOWN);
  if (cell?.status !== "done") {
    if (explanation && ended(explanation)) return h("div", { class: "kept" }, "not computed");
    return h("div", { class: "map", "aria-busy": "true" }, h("div", { class: "wait" }));
  }
  const spec = {
    run: explanation.id,
    dataset: explanation.request.dataset,
    model: model.id,
    image: image.index,
    size: cell.shape,
    label: mapLabel(explanation, model, image, cell),
    look: lookOf(explanation.display, colormaps),
  };
  return [
    h("div", { class: "map" }, mapCanvas(spec)),
    h("div", { class: "under" }, h("span", { class: "quiet num" }, seconds(cell.seconds)), healthBadge(cell.health)),
  ];
}

/** Changes when a place has to be drawn anew. */
function face(sheet, model, image) {
  const cell = sheet?.explanation?.cells?.find(one => one.model === model.id && one.image === image.index);
  const refused = sheet?.problem || sheet?.explanation?.models.some(one => one.id === model.id && one.error);
  const over = sheet?.explanation && ended(sheet.explanation);
  return `${sheet?.explanation?.id} ${refused ? "refused" : (cell?.status ?? "waiting")} ${over && cell?.status !== "done"}`;
}

export function createMethodsView(root) {
  let shown = "";
  let places = [];
  let predictions = [];

  function prediction(model, image) {
    const box = h("div", { class: "read" });
    predictions.push({ box, model, image, drawn: false });
    return box;
  }

  function place(name, model, image) {
    const element = h("td", { "data-method": name });
    places.push({ element, name, model, image, drawn: "" });
    return element;
  }

  function section(state, image, models) {
    const rows = models.map(model =>
      h(
        "tr",
        { class: colour(model.letter) },
        h(
          "th",
          { scope: "row", class: "of" },
          h("span", { class: "name" }, key(model), h("span", { class: "clip", title: model.name }, model.name)),
          prediction(model, image),
        ),
        state.methods.map(name => place(name, model, image)),
      ),
    );
    const picture = h("img", { src: address.thumbnail(state.dataset, image.index, 96), alt: "", loading: "lazy" });
    const compared = h("div", { class: "compared" });
    return h(
      "section",
      { class: "of-image", "aria-label": image.name },
      h(
        "header",
        { class: "row" },
        picture,
        h(
          "div",
          {},
          h("span", { class: "mono strong" }, fileName(image.name)),
          h("p", { class: "why" }, `${image.label ? `label ${image.label} · ` : ""}each method with its own colours`),
        ),
      ),
      h(
        "div",
        { class: "sheet-wrap" },
        h("table", { class: "sheet" }, head(state.methods, state.catalog), h("tbody", {}, rows)),
      ),
      h(
        "details",
        {
          class: "fold",
          ontoggle: event => event.target.open && replace(compared, matrices(image, models)),
        },
        h("summary", {}, "Agreement between methods"),
        compared,
      ),
    );
  }

  let current = null;
  function matrices(image, models) {
    const done = [...current.sheets].filter(([, { explanation }]) => explanation && ended(explanation));
    if (done.length < 2) return h("p", { class: "why" }, "Two methods have to be finished first.");
    const runs = done.map(([, { explanation }]) => explanation.id).join(",");
    return models.map(model =>
      h(
        "div",
        { class: "of-model" },
        h("span", { class: "name" }, key(model), model.name),
        agreement({
          path: by => `/agreement?runs=${encodeURIComponent(runs)}&model=${encodeURIComponent(model.id)}&measure=${by}`,
          sides: done.map(([name]) => ({ head: () => h("span", { class: "mono small", title: name }, name), name })),
          image: image.index,
        }),
      ),
    );
  }

  function build(state, images, models) {
    places = [];
    predictions = [];
    replace(root, h("div", { class: "sheets" }, images.map(image => section(state, image, models))));
  }

  function readPredictions(state) {
    for (const one of predictions) {
      if (one.drawn) continue;
      for (const { explanation } of state.sheets.values()) {
        const cell = explanation?.cells?.find(c => c.model === one.model.id && c.image === one.image.index);
        if (cell?.status !== "done") continue;
        replace(one.box, topThree((cell.top || []).slice(0, 1)));
        one.drawn = true;
        break;
      }
    }
  }

  /** images: {index, name, label}[]; models: {id, name, letter}[]. */
  function update(state, images, models) {
    current = state;
    const now = JSON.stringify([state.methods, state.dataset, images.map(i => i.index), models.map(m => m.id)]);
    if (now !== shown || !root.firstChild) {
      shown = now;
      build(state, images, models);
    }
    for (const one of places) {
      const sheet = state.sheets.get(one.name);
      const next = face(sheet, one.model, one.image);
      if (next === one.drawn) continue;
      one.drawn = next;
      replace(one.element, content(sheet, one.model, one.image, state.catalog.colormaps));
    }
    readPredictions(state);
  }

  const clear = () => {
    shown = "";
    places = [];
    predictions = [];
  };
  return { update, clear };
}

/** The boxes that choose the compared methods; onchange(names). */
export function drawMethodBoxes(state, onchange) {
  const box = ({ name, summary }) =>
    h(
      "label",
      { class: "switch small", "data-tip": summary },
      h("input", {
        type: "checkbox",
        checked: state.methods.includes(name),
        onchange: event => {
          const chosen = event.target.checked ? [...state.methods, name] : state.methods.filter(other => other !== name);
          onchange(chosen);
        },
      }),
      h("span", { class: "mono" }, name),
    );
  replace($("#methods-list"), state.catalog.analyzers.map(box));
  $("#methods-title").textContent = `Compared methods, ${state.methods.length}`;
}
