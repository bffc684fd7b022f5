// The bar of the tray: how many are selected, of which labels, how many of them are wrong, and what can be done with them.
import { $, h, icon, replace, segmented } from "../../lib/dom.js";
import { group } from "../../lib/format.js";
import { svg } from "../../lib/svg.js";
import { images, lettered, modelOf, percent } from "./values.js";

const COLOURS = 10;
const NAMED = 2;

/** Class of the colour of a label; with more labels than colours none has one. */
function hueOf(name, labels) {
  const place = labels && labels.length <= COLOURS ? labels.indexOf(name) : -1;
  return place < 0 ? "k-none" : `k-${place}`;
}

/** Shares of labels as one strip; what is left of the whole is grey. */
function strip(shares, labels) {
  const drawing = svg("svg", { viewBox: "0 0 1 8", preserveAspectRatio: "none", "aria-hidden": "true" });
  drawing.append(svg("rect", { class: "k-none", x: 0, y: 0, width: 1, height: 8 }));
  let x = 0;
  for (const { name, share } of shares) {
    drawing.append(svg("rect", { class: hueOf(name, labels), x, y: 0, width: share, height: 8 }));
    x += share;
  }
  return drawing;
}

/** How many of them the model that is looked through gets wrong, the others on pointing. */
function wrongOf(state, known) {
  const words = lettered(state.exploration).map(({ id, letter }) => {
    const wrong = known.find(one => one.id === id)?.wrong;
    return Number.isFinite(wrong) ? [letter, `${letter} wrong ${group(wrong)}`] : null;
  });
  const all = new Map(words.filter(Boolean));
  const one = all.get(modelOf(state).letter);
  if (!one) return null;
  const told = [...all.values()].join(", ");
  return all.size > 1 ? h("button", { class: "term", type: "button", "data-tip": told }, ` · ${one}`) : h("span", {}, ` · ${one}`);
}

function composition(state, facts) {
  const { exploration } = state;
  if (!facts) return null;
  const named = facts.labels.slice(0, NAMED).map(({ name, share }) => `${name}: ${percent(share)}`);
  const words = named.length ? `label ${named.join(", ")}` : "no labels";
  return h(
    "span",
    { class: "comp not-s" },
    facts.labels.length ? strip(facts.labels, exploration.dataset.labels) : null,
    h("span", { class: "num clip" }, words, wrongOf(state, facts.models)),
  );
}

const hintOf = view =>
  view === "table"
    ? "Tick rows, or write a query and select what it finds."
    : "Draw around dots (L), press a cell of the confusion matrix, or write a query (/).";

const press = (words, attributes, symbol = null) =>
  h("button", { class: "btn plain", type: "button", ...attributes }, symbol ? icon(symbol) : null, words);

/** Orders of the cards; the table has its headings for it. */
function sorts({ columns }, letter) {
  const all = [
    [`${letter}.loss`, "desc", "highest loss first"],
    [`${letter}.confidence`, "desc", "surest first"],
    [`${letter}.confidence`, "asc", "least sure first"],
    ["label", "asc", "by label"],
    ["index", "asc", "by index"],
  ];
  return all.filter(([name]) => columns.some(column => column.name === name));
}

function sorter(state, sorting, acts) {
  const options = sorts(state.exploration, modelOf(state).letter);
  const at = options.findIndex(([sort, order]) => sort === sorting.sort && order === sorting.order);
  const onchange = event => acts.sort(options[event.target.value]);
  const other = at < 0 ? h("option", { value: "", selected: true }, `by ${sorting.sort}`) : null;
  const one = ([, , words], place) => h("option", { value: place, selected: place === at }, words);
  return h("select", { class: "field low not-s", id: "tray-sort", "aria-label": "Sort by", onchange }, other, options.map(one));
}

function selectedActs(n, acts) {
  const label = n === 1 ? "Explain this one" : ["Explain ", h("span", { class: "not-s" }, "these "), group(n)];
  return [
    press("Add tag", { class: "btn plain not-s", id: "tray-tag", onclick: event => acts.tag(event.currentTarget) }, "tag"),
    press("Clear", { id: "tray-clear", onclick: acts.clear }),
    press("Save list", { class: "btn not-s", id: "tray-save", onclick: event => acts.save(event.currentTarget) }),
    press(h("span", {}, label), { class: "btn primary", id: "tray-explain", onclick: acts.explain }),
  ];
}

const outside = h("a", { class: "small not-s", href: "/suggest", id: "to-suggest", "data-tip": "Suggest lists far-off images, near-copies and labels to check." }, "Outliers, near-copies, labels to check");

function openClose(state, mode, acts) {
  const open = mode !== "closed";
  const label = open ? "Close the list" : "Open the list";
  return press("", { class: "btn plain icon", id: "tray-open", "aria-label": label, "aria-expanded": String(open), onclick: acts.toggle }, open ? "down" : "up");
}

/**
 * n: how many are selected; facts of them, or null; mode: "closed", "cards" or "rows"; sorting: {sort, order}.
 * acts: what the buttons do.
 */
export function drawBar(bar, state, { n, facts, mode, sorting }, acts) {
  const focused = bar.contains(document.activeElement) ? document.activeElement.id : null;
  const table = state.view === "table";
  const kinds = [["cards", "Cards"], ["rows", "Rows"]];
  replace(
    bar,
    h("span", { class: "strong num", id: "tray-count", role: "status" }, n ? images(n) : "None selected"),
    n ? composition(state, facts) : h("span", { class: "hint clip grow" }, hintOf(state.view)),
    n ? h("span", { class: "grow" }) : outside,
    n && !table && mode !== "closed" ? segmented("tray-as", "Show as", kinds, mode, acts.mode) : null,
    n && !table && mode === "cards" ? sorter(state, sorting, acts) : null,
    n ? selectedActs(n, acts) : null,
    table ? null : openClose(state, mode, acts),
  );
  if (focused) ($(`#${focused}`) ?? $("#tray-open") ?? $("#canvas")).focus({ preventScroll: true });
}
