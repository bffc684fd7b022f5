// The list of methods by family; of the chosen one its sentence, its source and its parameters.
import { $, h, replace } from "../lib/dom.js";
import { createParameterForm } from "./parameter-form.js";
import { chooseMethod } from "../lib/changes.js";
import { aboutOf } from "../shell/about.js";

const FAMILIES = {
  cam: "Class activation maps",
  gradient: "Gradients",
  lrp: "Layer-wise relevance propagation",
  deep_taylor: "Deep Taylor decomposition",
  patterns: "Patterns, fitted on images",
  function: "For comparison",
  plugins: "Plug-ins",
};
export const titled = family => FAMILIES[family] ?? family.replace(/_/g, " ").replace(/^./, c => c.toUpperCase());

export function byFamily(analyzers) {
  const families = new Map();
  for (const analyzer of analyzers) {
    families.set(analyzer.family, [...(families.get(analyzer.family) ?? []), analyzer.name]);
  }
  return [...families];
}

function describe(analyzer) {
  const link = $("#method-source");
  const random = analyzer.stochastic ? " It draws random numbers, with a fixed seed." : "";
  const web = /^https?:\/\//.test(analyzer.source);
  aboutOf($("#method-about"), analyzer.name);
  const origin = analyzer.from ? ` A plug-in, from ${analyzer.from}.` : "";
  $("#method-summary").textContent = analyzer.summary + random + origin;
  link.hidden = !web;
  if (web) link.href = analyzer.source;
  link.textContent = `${analyzer.citation || "Source"} ↗`;
}

export const analyzerOf = ({ catalog, analyzer }) => catalog.analyzers.find(({ name }) => name === analyzer) ?? null;

/**
 * choose(name): what choosing does. unusable(state, analyzer): why a method is not offered here; null when it is.
 * @param {(state: any, analyzer: any) => string | null} unusable
 */
export function createMethodSection(store, choose = name => chooseMethod(store, name), unusable = () => null) {
  const select = $("#method");
  const form = createParameterForm($("#params"), params => store.set({ params }));

  function show(state) {
    const analyzer = analyzerOf(state);
    select.value = state.analyzer;
    if (analyzer) describe(analyzer);
    form.show(analyzer, state.params);
  }

  function draw(state) {
    const option = name => {
      const why = unusable(state, state.catalog.analyzers.find(other => other.name === name));
      return h("option", { value: name, disabled: Boolean(why), title: why }, why ? `${name} · ${why}` : name);
    };
    const families = byFamily(state.catalog.analyzers);
    replace(
      select,
      families.map(([family, names]) => h("optgroup", { label: titled(family) }, names.map(option))),
    );
    show(state);
  }

  select.addEventListener("change", () => choose(select.value));
  store.on(["analyzer"], show);
  return { draw, form };
}
