// What the colours mean: a button per class (press hides, double press isolates), or a ramp with both ends.
import { h, replace } from "../../lib/dom.js";
import { group } from "../../lib/format.js";
import { cssColour, paletteOf } from "./drawing/palette.js";

const MOST = 40;
const FEW = 12;
const TWICE_MS = 400;
const TIP = "Press to hide or show; press twice to show only this one.";

const short = n => (n >= 10_000 ? `${group(n / 1000)}k` : group(n));
const isSame = (a, b) => a.length === b.length && a.every(name => b.includes(name));

/** What is hidden after a press on `names`. */
export const toggled = (hidden, names) =>
  names.every(name => hidden.includes(name))
    ? hidden.filter(name => !names.includes(name))
    : [...new Set([...hidden, ...names])];

/** What is hidden after a double press: all others, or nothing when that was so. */
export function isolated(hidden, names, all) {
  const others = all.filter(name => !names.includes(name));
  return isSame(hidden, others) ? [] : others;
}

/** Groups as they are listed: of many classes the largest, then all others as one. */
export function listed(groups) {
  if (groups.length <= MOST) return groups.map(one => ({ ...one, names: [one.name] }));
  const largest = [...groups].sort((a, b) => b.n - a.n).slice(0, FEW);
  const rest = groups.filter(one => !largest.includes(one));
  const others = { name: `${group(rest.length)} others`, names: rest.map(({ name }) => name), tone: null, code: -1 };
  return [
    ...largest.map(one => ({ ...one, names: [one.name] })),
    { ...others, n: rest.reduce((sum, { n }) => sum + n, 0) },
  ];
}

function swatch(palette, { code, tone }) {
  if (tone?.wrong) return h("i", { class: "x", "aria-hidden": "true" }, "×");
  const dot = h("i", { "aria-hidden": "true" });
  if (code >= 0) dot.style.setProperty("--k", cssColour(palette, code));
  return dot;
}

function chip(one, palette, hidden, acts) {
  const off = one.names.every(name => hidden.includes(name));
  return h(
    "button",
    {
      class: "lg",
      type: "button",
      "aria-pressed": String(!off),
      "data-tip": TIP,
      "data-name": one.name,
      onclick: () => acts.press(one),
    },
    swatch(palette, one),
    one.name,
    h("span", { class: "num" }, short(one.n)),
  );
}

const rampOf = ({ title, low, high, words }) =>
  h(
    "span",
    { class: "ramp" },
    title,
    h("span", { class: "num" }, low),
    h("i", { class: "sw-seq", "aria-hidden": "true" }),
    h("span", { class: "num" }, high),
    words ? h("span", { class: "quiet not-s" }, words) : null,
  );

class Legend {
  #drawn = "";
  #last = { name: "", at_ms: -Infinity };

  constructor(root, hide) {
    this.root = root;
    this.hide = hide;
  }

  /** The first press of a double press has toggled already: the second takes that back. */
  #press(one, hidden, all) {
    const now_ms = performance.now();
    const twice = this.#last.name === one.name && now_ms - this.#last.at_ms < TWICE_MS;
    this.#last = { name: twice ? "" : one.name, at_ms: now_ms };
    const next = toggled(hidden, one.names);
    this.hide(twice ? isolated(next, one.names, all) : next);
  }

  #chips({ groups }, palette, hidden) {
    const names = groups.map(({ name }) => name);
    const acts = { press: one => this.#press(one, hidden, names) };
    return listed(groups).map(one => chip(one, palette, hidden, acts));
  }

  #showAll() {
    return h("button", { class: "btn plain tiny", type: "button", onclick: () => this.hide([]) }, "Show all");
  }

  /** state.hiddenClasses: names. */
  render({ colouring, inks, state }) {
    const hidden = state.hiddenClasses ?? [];
    const at = JSON.stringify([colouring.kind, colouring.ramp, colouring.groups, hidden, inks.hues, inks.steps]);
    if (at === this.#drawn) return;
    this.#drawn = at;
    if (colouring.ramp) return void replace(this.root, rampOf(colouring.ramp));
    const focused = this.root.contains(document.activeElement) ? document.activeElement.dataset.name : null;
    const chips = this.#chips(colouring, paletteOf(colouring, inks), hidden);
    replace(this.root, chips, hidden.length ? this.#showAll() : null);
    if (focused) chips.find(one => one.dataset.name === focused)?.focus();
  }
}

/** hide(names): the classes that are hidden from now on. -> {render} */
export const createLegend = (root, hide) => new Legend(root, hide);
