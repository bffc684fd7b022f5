// A field that searches the layers of a model while one types: name, type and shape; those that do not fit say why.
import { h, replace } from "../lib/dom.js";
import { get } from "../lib/api.js";
import { shape } from "../lib/format.js";

const lists = new Map();

/** The layers of a model with `usable` and `why_not` for this kind of feature. */
export function layersOf(model, kind) {
  const name = `${model} ${kind}`;
  const path = `/models/${encodeURIComponent(model)}/features?kind=${kind}`;
  if (!lists.has(name)) {
    lists.set(
      name,
      get(path).then(({ layers }) => layers),
    );
    lists.get(name).catch(() => lists.delete(name));
  }
  return lists.get(name);
}

const titleOf = layer => `${layer.name} · ${shape(layer.output_shape)}`;

/** Usable layers first, from the output down; the others below. */
function found(layers, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ name, type }) => words.every(word => `${name} ${type}`.toLowerCase().includes(word));
  const all = [...layers].reverse().filter(fits);
  return [...all.filter(({ usable }) => usable), ...all.filter(({ usable }) => !usable)];
}

function option(layer, place, chosen, onpick) {
  const attributes = {
    role: "option",
    id: `layer-option-${place}`,
    "aria-selected": String(layer.name === chosen),
    "aria-disabled": layer.usable ? null : "true",
    onmousedown: event => {
      event.preventDefault();
      if (layer.usable) onpick(layer.name);
    },
  };
  return h(
    "li",
    attributes,
    h("span", { class: "mono wrap-any" }, layer.name),
    h("span", { class: "quiet num" }, `${layer.type} · ${shape(layer.output_shape)}`),
    layer.usable ? null : h("span", { class: "why" }, layer.why_not),
  );
}

/** onchoose(name). Returns show(layers, chosen, disabled). */
export function createLayerField(root, onchoose) {
  const list = h("ul", { role: "listbox", id: "layer-list", "aria-label": "Layers", hidden: true });
  const input = h("input", {
    class: "field mono",
    id: "layer",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    "aria-expanded": "false",
    "aria-controls": "layer-list",
    "aria-autocomplete": "list",
  });
  let layers = [];
  let chosen = null;
  let options = [];
  let active = -1;

  const rest = () => {
    const layer = layers.find(({ name }) => name === chosen);
    input.value = layer ? titleOf(layer) : "";
  };

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    rest();
  }

  function mark(place) {
    active = place;
    [...list.children].forEach((item, k) => item.classList.toggle("active", k === place));
    const item = list.children[place];
    item?.scrollIntoView({ block: "nearest" });
    if (item) input.setAttribute("aria-activedescendant", item.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function pick(name) {
    chosen = name;
    close();
    onchoose(name);
  }

  function open(query = "") {
    options = found(layers, query);
    const none = h("li", { "aria-disabled": "true", role: "option", "aria-selected": "false" }, "No layer matches.");
    replace(list, options.length ? options.map((layer, place) => option(layer, place, chosen, pick)) : none);
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(options.findIndex(({ name, usable }) => usable && (query || name === chosen)));
  }

  const KEYS = {
    ArrowDown: () => (list.hidden ? open() : mark(Math.min(active + 1, options.length - 1))),
    ArrowUp: () => mark(Math.max(active - 1, 0)),
    Escape: close,
    Enter: () => !list.hidden && options[active]?.usable && pick(options[active].name),
  };
  input.addEventListener("keydown", event => {
    if (!KEYS[event.key] || event.ctrlKey || (event.key === "Escape" && list.hidden)) return;
    event.preventDefault();
    KEYS[event.key]();
  });
  input.addEventListener("focus", () => input.select());
  input.addEventListener("click", () => open());
  input.addEventListener("input", () => open(input.value));
  input.addEventListener("blur", close);
  replace(root, input, list);

  return (next, name, disabled) => {
    layers = next;
    chosen = name;
    input.disabled = disabled;
    if (list.hidden) rest();
  };
}
