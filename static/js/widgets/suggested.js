// Below the method: which one did best on networks of this kind when it was measured, where another one is chosen.
import { $, h, replace } from "../lib/dom.js";
import { chooseMethod } from "../lib/changes.js";

/** [[method, family], ...] for the chosen models, each once; those of which nothing was measured are left out. */
export function suggestions({ catalog, models }) {
  const found = new Map();
  for (const id of models) {
    const one = catalog.models.find(model => model.id === id)?.suggested;
    if (one) found.set(one.method, one.family);
  }
  return [...found];
}

export function createSuggested(store) {
  const root = $("#method-suggested");
  const known = state => new Set(state.catalog.analyzers.map(({ name }) => name));

  function draw(state) {
    const found = suggestions(state).filter(([method]) => known(state).has(method));
    root.hidden = !found.length || found.some(([method]) => method === state.analyzer);
    if (!root.hidden) replace(root, found.map(line));
  }

  function line([method, family]) {
    const use = () => chooseMethod(store, method);
    return h(
      "p",
      { class: "why" },
      `On ${family} networks `,
      h("span", { class: "mono" }, method),
      " did best of the fast methods when measured. ",
      h("button", { class: "about link", type: "button", "data-suggested": method, onclick: use }, "Use it"),
    );
  }

  store.on(["models", "analyzer", "catalog"], draw);
}
