// The list of methods by family, the one-sentence summary and the source of the chosen one.
import { h, replace } from "./dom.js";

const FAMILIES = {
  cam: "Class activation maps",
  gradient: "Gradients",
  lrp: "Layer-wise relevance propagation",
  deep_taylor: "Deep Taylor decomposition",
  function: "Without a model",
  attribution: "Attribution",
};
const titled = family => FAMILIES[family] || family.replace(/_/g, " ").replace(/^./, c => c.toUpperCase());

export function fillMethods(select, analyzers, chosen) {
  const families = Map.groupBy ? Map.groupBy(analyzers, analyzer => analyzer.family) : grouped(analyzers);
  replace(
    select,
    [...families].map(([family, members]) =>
      h(
        "optgroup",
        { label: titled(family) },
        members.map(({ name }) => h("option", { value: name, selected: name === chosen }, name)),
      ),
    ),
  );
}

function grouped(analyzers) {
  const families = new Map();
  for (const analyzer of analyzers) families.set(analyzer.family, [...(families.get(analyzer.family) || []), analyzer]);
  return families;
}

export function describeMethod(analyzer, summary, link) {
  summary.textContent = [analyzer?.summary, analyzer?.stochastic ? "It draws random numbers; the seed is fixed." : ""]
    .filter(Boolean)
    .join(" ");
  const source = /^https?:\/\//.test(analyzer?.source || "") ? analyzer.source : null;
  link.hidden = !source;
  if (source) link.href = source;
  link.textContent = `${analyzer?.citation || "Source"} ↗`;
}
