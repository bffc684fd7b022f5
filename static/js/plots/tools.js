// The buttons of a plot card, and its numbers as files and as a table.
import { h, icon } from "../lib/dom.js";
import { group } from "../lib/format.js";
import { sizeOf } from "./marks.js";

export const tool = (name, label, attributes) =>
  h(
    "button",
    { class: "btn plain tiny icon", type: "button", "aria-label": label, "data-tip": label, ...attributes },
    icon(name),
  );

export function save(blob, name) {
  const href = URL.createObjectURL(blob);
  h("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

/** The columns that a person can use, a line a mark. Numbers and our own bin labels only: nothing from files. */
export function csvOf(columns) {
  const names = ["index", "x", "low", "high", "row", "count"].filter(name => columns[name] !== undefined);
  const titles = { x: "confidence", row: "n_classes" };
  const lines = [names.map(name => titles[name] ?? name).concat(columns.y ? ["n_classes"] : [])];
  for (let place = 0; place < sizeOf(columns); place++) {
    const rows = columns.y ? [Math.round(columns.y[place])] : [];
    lines.push(names.map(name => columns[name][place]).concat(rows));
  }
  return new Blob([lines.map(line => line.join(",")).join("\r\n"), "\r\n"], { type: "text/csv" });
}

const cell = (value, right) => h("td", { class: right ? "num r" : null }, value);
const opener = (words, act) => h("td", {}, h("button", { type: "button", onclick: act }, words));

function table(caption, titles, rows) {
  const head = ([title, right]) => h("th", { scope: "col", class: right ? "r" : null }, title);
  return h(
    "table",
    {},
    h("caption", { class: "sr" }, caption),
    h("thead", {}, h("tr", {}, titles.map(head))),
    h("tbody", {}, rows),
  );
}

function binsTable({ bins }, title, open) {
  const row = (bin, place) =>
    h(
      "tr",
      {},
      opener(bin.label, () => open({ bin: place })),
      cell(group(bin.count), true),
    );
  return table(`${title}: images in each bin`, [["Bin"], ["Images", true]], bins.map(row));
}

function imagesTable({ table: rows }, title, open) {
  const row = ({ index, name, confidence, n_classes }) =>
    h(
      "tr",
      {},
      opener(name, () => open({ rows: [index] })),
      cell(confidence?.toFixed(1) ?? "–", true),
      cell(String(n_classes), true),
    );
  const caption = `${title}: the images on which the models agree least`;
  return table(caption, [["Image"], ["Confidence, %", true], ["Distinct classes", true]], rows.map(row));
}

/** open({bin} or {rows}). */
export const tableOf = (answer, title, open) => (answer.bins ? binsTable : imagesTable)(answer, title, open);
