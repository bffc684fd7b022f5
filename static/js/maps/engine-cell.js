// One image under one model by both engines: their maps side by side, where they differ, and by how much.
import { h } from "../lib/dom.js";
import { fixed } from "../lib/format.js";
import { differenceCanvas, mapCanvas } from "./map-canvas.js";

const TITLES = { native: "native", innvestigate: "iNNvestigate" };

/** 0.0000024 -> "2.4e−6", 0.031 -> "3.1 %": a share as people read it at its size. */
export function share(value) {
  if (value >= 1e-3) return `${Number((value * 100).toPrecision(2))} %`;
  return value.toExponential(1).replace("-", "\u2212");
}

/** r of nearly one shows how nearly. */
const correlation = r => (r > 0.99995 ? "1.0000" : fixed(r, 4));

const figure = (title, content) => h("figure", { class: "engine" }, content, h("figcaption", {}, title));

/** The full colours of a difference map stand for its own largest value, however small that is. */
const titleOf = figures => (figures?.share ? `difference, \u00b1${share(figures.share)}` : "difference");

function words(figures) {
  if (figures.share === 0) return "No value differs.";
  const parts = [
    figures.share === null ? null : `max |\u0394| ${share(figures.share)} of max |R|`,
    figures.correlation === null ? null : `r ${correlation(figures.correlation)}`,
  ].filter(Boolean);
  return parts.length ? parts.join(" \u00b7 ") : "The two maps cannot be compared in numbers.";
}

function differenceOf(spec, second) {
  if (!second.figures) return h("div", { class: "map", "aria-busy": "true" }, h("div", { class: "wait" }));
  const label = `Native minus iNNvestigate, ${spec.label}`;
  return h("div", { class: "map" }, differenceCanvas({ ...spec, against: second.explanation.id, label }));
}

/** Why the reference has no map, in its place. */
const missing = reason => h("div", { class: "map" }, h("p", { class: "none small" }, reason));

/** The state of the reference in one cell: redrawn when this changes. */
export function faceOf(second) {
  if (!second) return "";
  const { status } = second.cell ?? {};
  return `${second.explanation?.id ?? ""} ${status ?? "waiting"} ${Boolean(second.figures)} ${second.ended}`;
}

function referenceOf(spec, second) {
  const { model, cell, explanation } = second;
  if (cell?.status === "done") {
    return h("div", { class: "map" }, mapCanvas({ ...spec, run: explanation.id, label: `iNNvestigate: ${spec.label}` }));
  }
  const error = model?.error ?? cell?.error ?? second.problem;
  if (error) return missing(error.message);
  if (second.ended) return missing("not computed");
  return h("div", { class: "map", "aria-busy": "true" }, h("div", { class: "wait" }));
}

/** Native, iNNvestigate, and what differs, of one target. */
function row(spec, second, title, words) {
  return [
    figure(words, h("div", { class: "map" }, mapCanvas(spec))),
    figure(TITLES.innvestigate, referenceOf(spec, second)),
    second.cell?.status === "done" ? figure(title, differenceOf(spec, second)) : null,
  ];
}

/** spec: as for mapCanvas; second: {explanation, model, cell, figures, ended, problem} of iNNvestigate. */
export function engineMaps(spec, cell, second) {
  const neurons = cell.targets?.length > 1 ? cell.targets : null;
  const rows = neurons
    ? neurons.map((neuron, target) => row({ ...spec, target }, second, "difference", `native, neuron ${neuron}`))
    : row(spec, second, titleOf(second.figures), TITLES.native);
  const there = second.cell?.status === "done" && second.figures;
  return h(
    "div",
    { class: "engines" },
    rows,
    there ? h("p", { class: "small num difference" }, words(second.figures)) : null,
  );
}
