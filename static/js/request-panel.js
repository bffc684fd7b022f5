// The request on the left: models, images, method with its parameters, target, and the one button that says what it costs.
import { $, $$, h, replace, segmented } from "./dom.js";
import { count, group, seconds } from "./format.js";
import { describeMethod, fillMethods } from "./method-choice.js";
import { drawModelChips } from "./model-chips.js";
import { createParameterForm, fieldOf } from "./parameter-form.js";
import { classesOf, fittingTarget, matches, modelsFor, ready, requestOf, spread } from "./request.js";
import { ended } from "./runner.js";
import { drawClassChoice, drawLayerChoice, drawTargetNote, fillEngines } from "./target-form.js";
import { drawThumbs } from "./thumbs.js";

const FEW_DATASETS = 3;

function datasetChoice(datasets, chosen, onchoose) {
  if (!datasets.length)
    return h("p", { class: "why" }, "No dataset is open. ", h("a", { href: "/images" }, "Open images"));
  if (datasets.length <= FEW_DATASETS)
    return segmented(
      "dataset",
      "Dataset",
      datasets.map(({ id, name }) => [id, name]),
      chosen,
      onchoose,
    );
  return h(
    "select",
    { class: "field", "aria-label": "Dataset", onchange: event => onchoose(event.target.value) },
    datasets.map(({ id, name, n }) => h("option", { value: id, selected: id === chosen }, `${name} · ${group(n)}`)),
  );
}

/** What stands in the way of a run, in the words of its next action; null when nothing does. */
export function obstacle(state) {
  const { models, images } = requestOf(state);
  if (!state.dataset) return "Open a dataset first.";
  if (!models.length) return ready(state.catalog.models).length ? "Choose at least one model." : "Add a model first.";
  if (!images.length) return "Choose at least one image.";
  return state.analyzer ? null : "Choose a method.";
}

/** acts: run(), open(place). `pace` remembers seconds a map by method. */
export function createRequestPanel(store, acts, pace) {
  const chosenModels = state => state.catalog.models.filter(model => state.models.includes(model.id));
  const analyzerOf = state => state.catalog.analyzers.find(analyzer => analyzer.name === state.analyzer) || null;
  const form = createParameterForm($("#params"), params => store.set({ params }));
  const selections = new Map(); // dataset -> what was chosen with it, so that switching back finds it
  const error = $("#request-error");

  /** Other models may not have the chosen class. */
  const retarget = changes =>
    store.set({ ...changes, target: fittingTarget(store.state.target, changes.models, store.state.catalog.models) });

  function toggleModel(id, on) {
    const order = store.state.catalog.models.map(model => model.id),
      chosen = new Set(store.state.models);
    if (on) chosen.add(id);
    else chosen.delete(id);
    retarget({ models: order.filter(other => chosen.has(other)) });
  }

  function chooseDataset(id) {
    const { dataset, images, models, layers, catalog } = store.state,
      record = catalog.datasets.find(other => other.id === id);
    selections.set(dataset, { images, models, layers });
    retarget({
      dataset: id,
      dropped: [],
      image: 0,
      layers: {},
      ...(selections.get(id) || { images: spread(record.n), models: modelsFor(record, catalog.models) }),
    });
  }

  function chooseMethod(name) {
    const analyzer = store.state.catalog.analyzers.find(other => other.name === name),
      { engine } = store.state;
    store.set({
      analyzer: name,
      params: {},
      layers: {},
      unchecked: false,
      engine: engine === "auto" || analyzer.runtimes.includes(engine) ? engine : "auto",
    });
  }

  function drawCost(state) {
    const { models, images } = requestOf(state),
      maps = models.length * images.length,
      missing = obstacle(state);
    const running = state.posting || (state.explanation && !ended(state.explanation));
    $("#run-label").textContent = missing ? "Explain" : `Explain ${group(images.length)} × ${models.length}`;
    $("#run").disabled = Boolean(missing);
    const current = state.explanation && matches(state, state.explanation),
      perMap = pace.get(state.analyzer);
    const about = perMap ? `about ${seconds(Math.max(0.01, perMap * maps))}` : "the first map takes longest";
    $("#cost").textContent =
      missing ??
      (current && running
        ? `${count(maps, "map")} · running`
        : current
          ? `${count(maps, "map")} · shown`
          : [count(maps, "map"), about, state.unchecked ? "unchecked" : ""].filter(Boolean).join(" · "));
    $("#panel-summary").replaceChildren(
      h("strong", {}, state.analyzer ?? "No method"),
      ` · ${count(models.length, "model")} · ${count(images.length, "image")}`,
    );
  }

  function drawProblem({ problem }) {
    const layer = problem && fieldOf(problem) === "layer",
      placed = problem && !layer && form.complain(problem);
    if (!problem) form.complain(null);
    error.hidden = !problem || placed;
    error.textContent = problem && !placed ? problem.sentence : "";
    if (problem) $("#panel").open = true;
  }

  const drawers = [
    [
      ["catalog", "models"],
      state => drawModelChips($("#model-chips"), ready(state.catalog.models), state.models, toggleModel),
    ],
    [
      ["catalog", "dataset"],
      state =>
        replace(
          $("#dataset-choice"),
          datasetChoice(
            state.catalog.datasets.filter(d => d.status === "ready"),
            state.dataset,
            chooseDataset,
          ),
        ),
    ],
    [
      ["images", "dropped", "image", "names", "dataset"],
      state => {
        $("#image-count").textContent = group(requestOf(state).images.length);
        drawThumbs($("#thumbs"), state, state.names, acts.open);
      },
    ],
    [
      ["catalog", "analyzer"],
      state => {
        fillMethods($("#method"), state.catalog.analyzers, state.analyzer);
        describeMethod(analyzerOf(state), $("#method-summary"), $("#method-source"));
        form.show(analyzerOf(state), state.params);
        drawTargetNote($("#target"), analyzerOf(state));
      },
    ],
    [["catalog", "analyzer", "engine"], state => fillEngines($("#engine"), analyzerOf(state), state.engine)],
    [
      ["catalog", "models", "target"],
      state => {
        for (const radio of $$("#target-kind input"))
          radio.checked = radio.value === (state.target === "predicted" ? "predicted" : "class");
        drawClassChoice($("#class-choice"), chosenModels(state), state.target, target =>
          store.set({ target: target || "predicted" }),
        );
      },
    ],
    [
      ["catalog", "models", "analyzer"],
      state =>
        drawLayerChoice($("#layer-choice"), analyzerOf(state), chosenModels(state), state.layers, (id, layer) =>
          store.set({ layers: { ...store.state.layers, [id]: layer } }),
        ),
    ],
    [
      ["softmax"],
      state => {
        $("#logits").checked = !state.softmax;
      },
    ],
    [["problem"], drawProblem],
    [
      [
        "catalog",
        "models",
        "images",
        "dropped",
        "dataset",
        "analyzer",
        "params",
        "target",
        "layers",
        "engine",
        "softmax",
        "unchecked",
        "explanation",
        "posting",
      ],
      drawCost,
    ],
  ];

  /** A field with the focus keeps it when its list is drawn anew. */
  function keepingFocus(draw) {
    const focused = document.activeElement,
      mark = focused?.closest?.("#request") && (focused.value !== undefined || focused.dataset.image) ? focused : null;
    draw();
    if (!mark || mark.isConnected) return;
    const twin = mark.id
      ? document.getElementById(mark.id)
      : $$(`#request ${mark.tagName}`).find(
          other => other.name === mark.name && other.value === mark.value && other.dataset.image === mark.dataset.image,
        );
    twin?.focus();
  }

  for (const [fields, draw] of drawers) store.on(fields, state => keepingFocus(() => draw(state)));
  $("#method").addEventListener("change", event => chooseMethod(event.target.value));
  $("#engine").addEventListener("change", event => store.set({ engine: event.target.value }));
  $("#logits").addEventListener("change", event => store.set({ softmax: !event.target.checked }));
  $("#target-kind").addEventListener("change", event => {
    const classes = classesOf(chosenModels(store.state)),
      shown = store.state.explanation?.cells?.find(cell => cell.top?.length)?.top[0].name;
    store.set({
      target:
        event.target.value === "predicted"
          ? "predicted"
          : classes.includes(shown)
            ? shown
            : (classes[0] ?? "predicted"),
    });
  });
  $("#params").addEventListener("checked", ({ detail }) => {
    error.hidden = !detail.error || detail.placed;
    error.textContent = detail.error && !detail.placed ? detail.error.sentence : "";
  });
  $("#request").addEventListener("submit", event => {
    event.preventDefault();
    acts.run();
  });
  $("#run").addEventListener("click", () => acts.run());

  const draw = state => drawers.forEach(([, drawer]) => drawer(state));
  return { draw, firstInvalid: form.firstInvalid };
}
