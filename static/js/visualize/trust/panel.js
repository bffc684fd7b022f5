// The part of the request that only Trust has: which methods, which metrics, what parts are replaced by, where the evidence is.
import { $, h, icon, replace, segmented } from "../../lib/dom.js";
import { count } from "../../lib/format.js";
import { keepFocus } from "../../lib/focus.js";
import { spread } from "../../lib/choices.js";
import { byFamily, titled } from "../../widgets/method-choice.js";
import { requestOf } from "../request.js";
import { hasOwnMasks, hasRegions, metricsOf, regionsOf, takesOwnMasks, testedOf, tooFew } from "./request.js";
import { ENOUGH } from "./finding.js";
import { createRegionDialog } from "./region-dialog.js";

const FILL_TIPS = {
  blur: "A blurred copy of the picture: keeps its colours.",
  mean: "The picture's mean colour.",
  grey: "Middle grey, the same for every picture.",
};

const box = (attributes, words, tip = null) =>
  h("label", { class: "switch small", "data-tip": tip }, h("input", { type: "checkbox", ...attributes }), words);
const toggled = (list, name, on) => (on ? [...list, name] : list.filter(other => other !== name));

function family(store, title, names, tested) {
  const on = names.filter(name => tested.includes(name));
  const all = on.length === names.length;
  const choose = names => store.set({ tested: names });
  const slug = title.toLowerCase().replace(/\W+/g, "-");
  return h(
    "fieldset",
    { class: "family" },
    h("legend", { class: "sr" }, title),
    box(
      {
        id: `family-${slug}`,
        checked: all,
        indeterminate: on.length > 0 && !all,
        onchange: event =>
          choose(event.target.checked ? [...new Set([...tested, ...names])] : tested.filter(name => !names.includes(name))),
      },
      h("span", { class: "grow strong" }, title),
    ),
    names.map(name => {
      const { summary } = store.state.catalog.analyzers.find(one => one.name === name);
      const own = name === store.state.analyzer && Object.keys(store.state.params).length;
      return box(
        {
          id: `test-${name}`,
          checked: tested.includes(name),
          onchange: event => choose(toggled(tested, name, event.target.checked)),
        },
        h("span", { class: "mono clip" }, name),
        own ? `${summary}\nWith the settings that it has under Method in Grid.` : summary,
      );
    }),
  );
}

export function createTrustPanel(store) {
  const regions = createRegionDialog(store);

  function drawMethods(state) {
    const tested = testedOf(state);
    $("#tested-count").textContent = tested.length;
    const list = $("#tested");
    const { scrollTop } = list;
    replace(
      list,
      byFamily(state.catalog.analyzers).map(([name, names]) => family(store, titled(name), names, tested)),
    );
    list.scrollTop = scrollTop;
    $("#tested-all").textContent = state.tested === null ? `All ${state.catalog.analyzers.length}` : "Shortlist";
  }

  function drawMetrics(state) {
    const chosen = metricsOf(state);
    const drawn = hasRegions(state);
    const all = state.metricCatalog?.metrics ?? [];
    const ticked = state.metrics ?? all.map(({ name }) => name);
    replace(
      $("#metric-list"),
      all.map(({ name, title, summary, direction, needs_region: needs }) =>
        box(
          {
            id: `metric-${name}`,
            checked: chosen.includes(name),
            disabled: needs && !drawn,
            onchange: event => store.set({ metrics: toggled(ticked, name, event.target.checked) }),
          },
          h("span", { class: needs && !drawn ? "quiet" : "" }, title),
          `${summary} ${direction[0].toUpperCase()}${direction.slice(1)}.${needs && !drawn ? " Draw a region first." : ""}`,
        ),
      ),
    );
  }

  function drawFills(state) {
    const all = state.metricCatalog?.fills ?? state.fills;
    replace(
      $("#fill-list"),
      all.map(name =>
        box(
          {
            id: `fill-${name}`,
            checked: state.fills.includes(name),
            onchange: event =>
              store.set({ fills: all.filter(one => toggled(state.fills, name, event.target.checked).includes(one)) }),
          },
          name,
          FILL_TIPS[name],
        ),
      ),
    );
  }

  function drawSteps(state) {
    const options = (state.metricCatalog?.steps ?? [state.steps]).map(steps => [steps, String(steps)]);
    replace(
      $("#steps"),
      segmented("steps", "Steps", options, state.steps, steps => store.set({ steps })),
    );
  }

  function drawRegion(state) {
    const drawn = Object.keys(regionsOf(state)).length;
    const own = takesOwnMasks(state);
    $("#region-words").textContent = own ? "the samples’ own" : drawn ? `drawn on ${count(drawn, "picture")}` : "none";
    $("#region-open").hidden = own;
    replace($("#own-masks"), hasOwnMasks(state) ? ownMasks(state) : null);
    replace($("#region-open"), icon("box"), drawn ? "Change…" : "Draw…");
  }

  const ownMasks = state =>
    box(
      { id: "own-masks-box", checked: state.ownMasks, onchange: event => store.set({ ownMasks: event.target.checked }) },
      "the samples’ own masks",
      "All but the sky: a vehicle or a tree and the ground below.",
    );

  function drawPictures(state) {
    const n = requestOf(state).images.length;
    const record = state.catalog.datasets.find(({ id }) => id === state.dataset);
    const few = tooFew(state) && (record?.n ?? 0) > n;
    $("#enough-words").textContent =
      n && !tooFew(state)
        ? "8 to 20 pictures are enough."
        : `${count(n, "picture")}: intervals would be wide, 8 to 20 are enough.`;
    $("#enough").hidden = !few;
    $("#enough").textContent = `Take ${Math.min(ENOUGH, record?.n ?? ENOUGH)}, spread over ${record?.name ?? "the dataset"}`;
  }

  /** What was refused and cannot come right by itself is said above the button; the rest in the strip above the table. */
  function drawProblem({ view, trustProblem }) {
    const shown = view === "trust" && trustProblem && !trustProblem.retry;
    $("#request-error").hidden = !shown;
    $("#request-error").textContent = shown ? trustProblem.sentence : "";
  }

  $("#tested-all").addEventListener("click", () =>
    store.set({ tested: store.state.tested === null ? store.state.catalog.analyzers.map(({ name }) => name) : null }),
  );
  $("#region-open").addEventListener("click", () => regions.open());
  $("#enough").addEventListener("click", () => {
    const record = store.state.catalog.datasets.find(({ id }) => id === store.state.dataset);
    store.set({ images: spread(record.n, ENOUGH), dropped: [], image: 0 });
  });
  const parts = [drawMethods, drawMetrics, drawFills, drawSteps, drawRegion, drawPictures].map(keepFocus);
  const draw = state => state.view === "trust" && parts.forEach(part => part(state));
  store.on(
    [
      "view",
      "catalog",
      "metricCatalog",
      "tested",
      "metrics",
      "fills",
      "steps",
      "regions",
      "ownMasks",
      "images",
      "dropped",
      "dataset",
      "analyzer",
      "params",
    ],
    draw,
  );
  store.on(["trustProblem"], drawProblem);
  return draw;
}
