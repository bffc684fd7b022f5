// Small builders of elements. Text from files enters as text nodes only; nothing here parses HTML or sets styles.

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

const PROPERTIES = new Set([
  "value",
  "checked",
  "disabled",
  "hidden",
  "indeterminate",
  "htmlFor",
  "selected",
  "multiple",
  "tabIndex",
  "open",
]);
const SVG = "http://www.w3.org/2000/svg";

function give(element, name, value) {
  if (value === null || value === undefined || (value === false && !PROPERTIES.has(name))) return;
  if (typeof value === "function") element.addEventListener(name.slice(2), value);
  else if (PROPERTIES.has(name)) element[name] = value;
  else element.setAttribute(name, value === true ? "" : value);
}

/** h("button", {class: "btn", onclick: act}, "Explain"): children may be nested lists; null and false are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  for (const [name, value] of Object.entries(attributes)) give(element, name, value);
  return element;
}

/** One of the symbols of templates/_icons.html. */
export function icon(name, small = true) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", small ? "ico s" : "ico");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

export const replace = (element, ...children) =>
  element.replaceChildren(
    ...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false),
  );

/** Gives an element these children; those that stay are not taken out meanwhile, which would close what is open in them. */
export function arrange(element, children) {
  for (const old of [...element.children]) if (!children.includes(old)) old.remove();
  children.forEach((child, place) => {
    if (element.children[place] !== child) element.insertBefore(child, element.children[place] ?? null);
  });
}

/** The colour class of a model: six colours, then they repeat while the letters go on. */
export const colour = letter => {
  const place = [...(letter || "A")].reduce((sum, c) => sum * 26 + (c.charCodeAt(0) - 64), 0) - 1;
  return `m-${"abcdef"[((place % 6) + 6) % 6]}`;
};

/** The letter of a model as a small coloured square. */
export const key = model => h("span", { class: `key ${colour(model.letter)}` }, model.letter || "–");

/** A radio group that looks like one control. options: [value, title][]. */
export function segmented(group, label, options, chosen, onchoose) {
  return h(
    "div",
    { class: "seg full", role: "radiogroup", "aria-label": label },
    options.map(([value, title]) =>
      h(
        "label",
        {},
        h("input", { type: "radio", name: group, value, checked: value === chosen, onchange: () => onchoose(value) }),
        h("span", {}, title),
      ),
    ),
  );
}

/** Calls `act` at once for the first of several calls, then once more, `wait_ms` after the last. */
export function eager(act, wait_ms) {
  let timer = null;
  let waiting = null;
  const tell = () => {
    const values = waiting;
    waiting = null;
    if (values) act(...values);
  };
  const rest = () => {
    timer = null;
    tell();
  };
  return (...values) => {
    waiting = values;
    if (timer === null) queueMicrotask(tell); // both axes have changed by then
    clearTimeout(timer);
    timer = setTimeout(rest, wait_ms);
  };
}

/** Calls `act` once, `wait_ms` after the last call. */
export function debounced(act, wait_ms) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...values), wait_ms);
  };
}
