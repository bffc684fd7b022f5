// For each image a table: models in rows, methods (or runs) in columns, each with its own colours.
import { about } from "../shell/about.js";
import { $, colour, h, key, replace } from "../lib/dom.js";
import { agreement } from "../maps/agreement.js";
import { address } from "../lib/api.js";
import { assumedTag } from "../widgets/class-names.js";
import { drawColourBar } from "../maps/colour-bar.js";
import { fileName, seconds } from "../lib/format.js";
import { mapCanvas } from "../maps/map-canvas.js";
import { UNKNOWN, mapLabel } from "../maps/map-cell.js";
import { healthBadge } from "../maps/health.js";
import { explained, topThree } from "../maps/prediction.js";
import { ended } from "./runner.js";
import { beside } from "../lib/choices.js";

const lookOf = (display, colormaps) => ({ ...display, lut: colormaps[display.colormap] });

/** The colours a column is drawn in: those that a person chose for all, else the method's own. */
const shownIn = (display, chosen, colormaps) =>
  lookOf(chosen && colormaps[chosen] && display.kind !== "rgb" ? { ...display, colormap: chosen } : display, colormaps);

function head(columns, colormaps, chosen) {
  const column = ({ title, method, named, words, display }) => {
    const parts = title.replaceAll("_", "_\u200b");
    const bar = h("div", { class: "bar" });
    if (display) drawColourBar(bar, shownIn(display, chosen, colormaps));
    return h(
      "th",
      { scope: "col" },
      h("span", { class: named ? "strong" : "mono strong" }, method ? about(method, parts, { "aria-label": `About ${title}` }) : parts),
      h("span", { class: "why", title: words }, words),
      bar,
    );
  };
  return h("thead", {}, h("tr", {}, h("th", { scope: "col", class: "of" }, "Model"), columns.map(column)));
}

function problem(error) {
  return h("div", { class: "fail" }, h("strong", {}, error.retry ? "No map" : "Not possible"), h("span", {}, error.message ?? UNKNOWN.message));
}

/** What a place of the table shows: a map, why there is none, or that it is on its way. */
function content(sheet, model, image, colormaps) {
  if (!sheet) return h("div", { class: "kept" }, "not computed yet");
  if (sheet.problem) return problem(sheet.problem);
  const { explanation } = sheet;
  const strange = explanation && !explanation.models.some(({ id }) => id === model.id);
  if (strange) return h("div", { class: "kept" }, "not part of this run");
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
    h("div", { class: "under" }, underline(explanation, cell), healthBadge(cell.health, explanation.request.analyzer)),
  ];
}

/** Which neuron, where one was asked for; else which class, where it is not the predicted one; else how long it took. */
function underline({ request }, cell) {
  const neuron = request.neuron !== null || request.top_neurons !== null;
  if (neuron) return h("span", { class: "quiet num" }, `neuron ${cell.targets[0]}`);
  return explained(cell) ?? h("span", { class: "quiet num" }, seconds(cell.seconds));
}

/** Changes when a place has to be redrawn. */
function face(sheet, model, image) {
  const cell = sheet?.explanation?.cells?.find(one => one.model === model.id && one.image === image.index);
  const refused = sheet?.problem || sheet?.explanation?.models.some(one => one.id === model.id && one.error);
  const over = sheet?.explanation && ended(sheet.explanation);
  return `${Boolean(sheet)} ${sheet?.explanation?.id} ${refused ? "refused" : (cell?.status ?? "waiting")} ${over && cell?.status !== "done"}`;
}

export function createMethodsView(root) {
  let shown = "";
  let places = [];
  let predictions = [];
  let comparisons = []; // {details, box, image, drawn}
  let current = null;

  function prediction(model, image) {
    const box = h("div", { class: "read" });
    predictions.push({ box, model, image, drawn: false });
    return box;
  }

  function place({ id, title }, model, image) {
    const element = h("td", { "data-method": title });
    places.push({ element, id, model, image, drawn: "" });
    return element;
  }

  /** Numbers are asked for when they are looked at: each costs the server all images of the runs. */
  function comparison(image, open) {
    const box = h("div", { class: "compared" });
    const one = { box, image, drawn: null, details: null };
    one.details = h(
      "details",
      { class: "fold", open, ontoggle: () => drawComparison(one) },
      h("summary", {}, current.between),
      box,
    );
    comparisons.push(one);
    return one.details;
  }

  function section(state, image, models) {
    const rows = models.map(model =>
      h(
        "tr",
        { class: colour(model.letter) },
        h(
          "th",
          { scope: "row", class: "of" },
          h("span", { class: "name" }, key(model), h("span", { class: "wrap-any" }, model.name)),
          assumedTag(beside([model], state.dataset)[0]),
          prediction(model, image),
        ),
        state.columns.map(column => place(column, model, image)),
      ),
    );
    const picture = h("img", { src: address.thumbnail(state.dataset, image.index, 96), alt: "", loading: "lazy" });
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
          h("p", { class: "why" }, `${image.label ? `label ${image.label} · ` : ""}${state.colormap ? `all in ${state.colormap}` : "each method with its own colours"}`),
        ),
      ),
      h(
        "div",
        { class: "sheet-wrap" },
        h("table", { class: "sheet" }, head(state.columns, state.catalog.colormaps, state.colormap), h("tbody", {}, rows)),
      ),
      comparison(image, state.open),
    );
  }

  const finished = () =>
    current.columns.filter(({ id }) => {
      const { explanation } = current.sheets.get(id) ?? {};
      return explanation && ended(explanation);
    });

  function drawComparison(one) {
    const now = finished()
      .map(({ id }) => id)
      .join();
    if (!one.details.open || now === one.drawn) return;
    one.drawn = now;
    replace(one.box, matrices(one.image));
  }

  /** One matrix per model, of the finished columns that are about it. */
  function matrices(image) {
    const done = finished();
    if (done.length < 2) return h("p", { class: "why" }, "Wait until two columns are finished.");
    const run = ({ id }) => current.sheets.get(id).explanation;
    const about = model => done.filter(column => run(column).models.some(({ id }) => id === model.id));
    const several = current.models.filter(model => about(model).length > 1);
    if (!several.length) return h("p", { class: "why" }, "No model is part of two of these runs, so there is no number.");
    return several.map(model => ofModel(model, image, about(model), run));
  }

  function ofModel(model, image, columns, run) {
    const runs = columns.map(column => run(column).id).join(",");
    return h(
      "div",
      { class: "of-model" },
      h("span", { class: "name" }, key(model), model.name),
      agreement({
        path: by => `/agreement?runs=${encodeURIComponent(runs)}&model=${encodeURIComponent(model.id)}&measure=${by}`,
        sides: columns.map(({ title }) => ({ head: () => h("span", { class: "mono small", title }, title), name: title })),
        image: image.index,
      }),
    );
  }

  function build(state, images, models) {
    places = [];
    predictions = [];
    comparisons = [];
    replace(
      root,
      state.note ? h("p", { class: "why" }, state.note) : null,
      h("div", { class: "sheets" }, images.map(image => section(state, image, models))),
    );
  }

  function readPredictions(state) {
    for (const one of predictions) {
      if (one.drawn) continue;
      for (const { explanation } of state.sheets.values()) {
        const cell = explanation?.cells?.find(c => c.model === one.model.id && c.image === one.image.index);
        if (cell?.status !== "done") continue;
        replace(one.box, topThree((cell.top || []).slice(0, 1), cell.predicted));
        one.drawn = true;
        break;
      }
    }
  }

  /**
   * view: columns {id, title, named, words, display}[], sheets by column id, dataset, catalog, between: what the
   * numbers are about, open: whether they are shown at once, note. images: {index, name, label}[]; models: {id, name,
   * letter}[].
   */
  function update(state, images, models) {
    current = { ...state, models };
    const shape = [state.columns, state.dataset, images.map(i => i.index), models.map(m => m.id), state.note, state.colormap];
    const now = JSON.stringify(shape);
    if (now !== shown || !root.firstChild) {
      shown = now;
      build(state, images, models);
    }
    for (const one of places) {
      const sheet = state.sheets.get(one.id);
      const next = face(sheet, one.model, one.image);
      if (next === one.drawn) continue;
      one.drawn = next;
      replace(one.element, content(sheet, one.model, one.image, state.catalog.colormaps));
    }
    readPredictions(state);
    comparisons.forEach(drawComparison);
  }

  const clear = () => {
    shown = "";
    places = [];
    predictions = [];
    comparisons = [];
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
