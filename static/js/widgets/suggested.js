// Below the method: which one did best on networks of this kind when it was measured, where another one is chosen.
import { $, h, replace } from "../lib/dom.js";
import { chooseMethod } from "../lib/changes.js";

const known = ({ catalog, models }) => models.map(id => catalog.models.find(model => model.id === id)?.suggested).filter(Boolean);

/** [[method, family], ...] for the chosen models, each once; those of which nothing was measured are left out. */
export const suggestions = state => [...new Map(known(state).map(({ method, family }) => [method, family]))];

export function createSuggested(store) {
  const root = $("#method-suggested");

  function draw(state) {
    const names = state.catalog.analyzers.map(({ name }) => name);
    const found = known(state).filter(({ method }) => names.includes(method));
    root.hidden = !found.length || found.some(({ method }) => method === state.analyzer);
    if (!root.hidden) replace(root, [...new Map(found.map(one => [one.reason, one.method]))].map(line));
  }

  function line([reason, method]) {
    const use = () => chooseMethod(store, method);
    const button = h("button", { class: "about link", type: "button", "data-suggested": method, onclick: use }, "Use it");
    return h("p", { class: "why" }, `${reason} `, button);
  }

  store.on(["models", "analyzer", "catalog"], draw);
}
