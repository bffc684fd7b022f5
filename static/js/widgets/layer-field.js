// A field that finds a layer by name, type or shape. Layers that cannot be used stand below, with the reason.
import { h, icon, replace } from "../lib/dom.js";
import { shape } from "../lib/format.js";

const fits = (layer, words) => {
  const text = `${layer.name} ${layer.type} ${shape(layer.output_shape)}`.toLowerCase();
  return words.every(word => text.includes(word));
};

function row(layer, id, chosen) {
  return h(
    "div",
    {
      class: "option",
      role: "option",
      id,
      "aria-selected": String(layer.name === chosen),
      "aria-disabled": layer.usable ? null : "true",
      "data-layer": layer.name,
    },
    h("span", { class: "mono clip" }, layer.name),
    h("span", { class: "quiet small" }, `${layer.type} · ${shape(layer.output_shape)}`),
    layer.usable ? null : h("span", { class: "why" }, layer.why_not),
  );
}

/** id: of the input. automatic: what is used when the field is empty. onchoose(name or null). */
export function layerField({ id, label, layers, chosen, automatic, onchoose }) {
  const listId = `${id}-list`;
  const input = h("input", {
    class: "field mono low",
    id,
    type: "text",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: automatic ? `auto · ${automatic}` : "no layer of this kind",
    value: chosen ?? "",
    disabled: !layers.some(layer => layer.usable),
    "aria-label": label,
    "aria-expanded": "false",
    "aria-controls": listId,
    "aria-autocomplete": "list",
  });
  const list = h("div", { class: "menu layers", id: listId, role: "listbox", popover: "manual", "aria-label": label });
  const clear = h(
    "button",
    { class: "clear", type: "button", "aria-label": "Use the automatic layer", hidden: !chosen, onclick: () => choose(null) },
    icon("cross"),
  );
  let at = -1;
  let current = chosen ?? null;

  const options = () => [...list.querySelectorAll(".option:not([aria-disabled])")];

  function point(place) {
    const all = options();
    at = all.length ? (place + all.length) % all.length : -1;
    all.forEach((option, k) => option.classList.toggle("here", k === at));
    if (at < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", all[at].id);
    return all[at].scrollIntoView({ block: "nearest" });
  }

  function draw(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const found = layers.filter(layer => fits(layer, words)).reverse();
    const ordered = [...found.filter(layer => layer.usable), ...found.filter(layer => !layer.usable)];
    const rows = ordered.map((layer, k) => row(layer, `${id}-${k}`, current));
    replace(list, rows.length ? rows : h("p", { class: "why" }, "No layer has this name."));
    point(0);
  }

  function open(text = "") {
    draw(text);
    if (!list.matches(":popover-open")) list.showPopover();
    input.setAttribute("aria-expanded", "true");
    const box = input.getBoundingClientRect();
    const below = innerHeight - box.bottom > 240;
    list.style.setProperty("left", `${Math.max(8, Math.min(box.left, innerWidth - list.offsetWidth - 8))}px`);
    list.style.setProperty("top", below ? `${box.bottom + 4}px` : `${Math.max(8, box.top - list.offsetHeight - 4)}px`);
  }

  function close() {
    if (list.matches(":popover-open")) list.hidePopover();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(name) {
    close();
    input.value = name ?? "";
    clear.hidden = !name;
    if (name === current) return;
    current = name;
    onchoose(name);
  }

  /** Left with a name that is one is taken; with anything else the field goes back to what it was. */
  function settle() {
    const typed = input.value.trim();
    const known = layers.find(layer => layer.usable && layer.name === typed);
    choose(known ? typed : typed === "" ? null : current);
  }

  const keys = {
    ArrowDown: () => (list.matches(":popover-open") ? point(at + 1) : open()),
    ArrowUp: () => (list.matches(":popover-open") ? point(at - 1) : open()),
    Enter: () => options()[at] && choose(options()[at].dataset.layer),
    Escape: () => {
      input.value = current ?? "";
      close();
    },
  };
  input.addEventListener("keydown", event => {
    const act = keys[event.key];
    if (!act || event.ctrlKey || (event.key === "Enter" && !list.matches(":popover-open"))) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
  input.addEventListener("input", () => open(input.value));
  input.addEventListener("click", () => open());
  input.addEventListener("blur", settle);
  list.addEventListener("pointerdown", event => {
    event.preventDefault(); // the field keeps the focus
    const option = event.target.closest(".option:not([aria-disabled])");
    if (option) choose(option.dataset.layer);
  });
  return h("div", { class: "layer-field" }, input, clear, list);
}
