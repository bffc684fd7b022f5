// The layers of a model, from the output to the input: type, output shape, parameters, and which methods can aim at each.
import { h, key, replace } from "../lib/dom.js";
import { get } from "../lib/api.js";
import { count, group, shape } from "../lib/format.js";

const FAMILIES = { cam: "Grad-CAM", gradient: "gradients", lrp: "LRP", deep_taylor: "Deep Taylor", patterns: "patterns", perturbation: "perturbation", plugins: "plug-ins" };

function row(layer) {
  const tags = (layer.analyzers || [])
    .filter(family => family !== "function")
    .map(family => h("span", { class: "tag" }, FAMILIES[family] || family));
  return h(
    "tr",
    { "data-name": layer.name.toLowerCase(), "data-type": layer.type.toLowerCase() },
    h("td", {}, h("span", { class: "mono wrap-any" }, layer.name), " ", h("span", { class: "sub" }, layer.type)),
    h("td", { class: "num" }, shape(layer.output_shape)),
    h("td", { class: "r num" }, group(layer.n_params)),
    h(
      "td",
      {},
      h(
        "span",
        { class: "row wrap" },
        tags.length ? tags : h("span", { class: "quiet", "data-tip": layer.why_not || null }, "—"),
      ),
    ),
  );
}

export async function drawLayers(root, model) {
  const body = h("tbody");
  const found = h("span", { class: "small quiet num", role: "status" });
  const search = h("input", {
    class: "field low",
    type: "search",
    placeholder: "Find a layer",
    size: 13,
    "aria-label": `Find a layer of ${model.name}`,
    autocomplete: "off",
    spellcheck: "false",
  });
  const table = h(
    "table",
    { class: "list layers" },
    h("caption", { class: "sr" }, `Layers of ${model.name}`),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("th", { scope: "col" }, "Layer"),
        h("th", { scope: "col" }, "Output"),
        h("th", { scope: "col", class: "r" }, "Parameters"),
        h("th", { scope: "col" }, "Can be a target of"),
      ),
    ),
    body,
  );
  const scroll = h(
    "div",
    { class: "layers-scroll", tabIndex: 0, role: "region", "aria-label": `Layers of ${model.name}` },
    table,
  );
  replace(
    root,
    h(
      "header",
      {},
      key(model),
      h("h2", { class: "grow clip" }, model.name, " ", h("span", { class: "quiet" }, "layers")),
      found,
      search,
    ),
    scroll,
  );
  root.dataset.model = model.id;
  try {
    const { layers } = await get(`/models/${encodeURIComponent(model.id)}/layers`);
    if (root.dataset.model !== model.id) return;
    replace(body, [...layers].reverse().map(row));
    const filter = () => {
      const wanted = search.value.trim().toLowerCase();
      let shown = 0;
      for (const tr of body.rows) {
        tr.hidden = !`${tr.dataset.name} ${tr.dataset.type}`.includes(wanted);
        shown += tr.hidden ? 0 : 1;
      }
      found.textContent = wanted
        ? `${group(shown)} of ${count(layers.length, "layer")}`
        : count(layers.length, "layer");
    };
    search.addEventListener("input", filter);
    filter();
  } catch (error) {
    replace(scroll, h("p", { class: "why in" }, error.sentence || error.message));
  }
}
