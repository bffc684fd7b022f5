// Labels of the open datasets that are no class of a model's: counted, and mapped to a class by hand.
import { h, replace } from "../lib/dom.js";
import { get } from "../lib/api.js";
import { count, group } from "../lib/format.js";
import { turns } from "../lib/turns.js";
import { changeModel } from "./change-model.js";
import { complain, toast } from "../shell/toast.js";

const MOST_ROWS = 50;
const path = id => `/models/${encodeURIComponent(id)}`;

function row(model, dataset, entry, place, onchange) {
  const id = `label-class-${dataset.id}-${place}`;
  const input = h("input", {
    class: "field",
    id,
    list: "label-class-names",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "no class",
    value: entry.name ?? "",
    onchange: async event => {
      const value = event.target.value.trim();
      try {
        const labels = { dataset: dataset.id, classes: { [entry.label]: value || null } };
        await changeModel(model.id, { labels });
        onchange(id);
        toast(value ? `${entry.label} is now the class ${value}.` : `${entry.label} now stands for no class.`);
      } catch (error) {
        event.target.setAttribute("aria-invalid", "true");
        complain(error);
      }
    },
  });
  const words = h("span", { class: "quiet num" }, ` ${group(entry.n)}`);
  return h("div", { class: "line" }, h("label", { class: "label clip", htmlFor: id, title: entry.label }, entry.label, words), input);
}

function fold(model, dataset, answer, onchange) {
  const rows = answer.labels.filter(({ class: index, n, by_hand }) => by_hand || ((index === null || answer.labels_words) && n));
  if (!rows.length) return null; // images without a label have none to map
  const fits = answer.labels.some(({ class: index }) => index !== null);
  const left = rows.length > MOST_ROWS ? `${group(rows.length - MOST_ROWS)} more labels are not listed.` : "";
  const tag = answer.labels_words ? [" ", h("span", { class: "tag warn assumed" }, "assumed by number")] : null;
  const summary = answer.n_without_class
    ? `${dataset.name}: ${group(answer.n_without_class)} of ${count(answer.n_images, "image")} without a class`
    : `${dataset.name}: ${count(rows.length, "label")} mapped ${tag ? "by number" : "by hand"}`;
  return h(
    "details",
    { class: "fold", open: fits },
    h("summary", {}, summary, tag),
    h(
      "div",
      { class: "part-lines" },
      rows.slice(0, MOST_ROWS).map((entry, place) => row(model, dataset, entry, place, onchange)),
      h("p", { class: "why" }, [answer.labels_words, left, "Say which class each label stands for, by name or number."].filter(Boolean).join(" ")),
    ),
  );
}

/** Fills `root` with the labels that do not fit, one fold per dataset; it stays hidden where all fit. */
export async function drawLabels(root, model, begin = turns()) {
  const current = begin();
  const onchange = async id => {
    await drawLabels(root, model, begin);
    root.querySelector(`#${CSS.escape(id)}`)?.focus();
  };
  const { datasets } = await get("/datasets");
  const labelled = datasets.filter(({ status, class_names: labels }) => status === "ready" && labels?.length);
  const asked = labelled.map(({ id }) => get(`${path(model.id)}/labels?dataset=${encodeURIComponent(id)}`));
  const answers = await Promise.all(asked);
  if (!current()) return;
  const folds = labelled.map((dataset, k) => fold(model, dataset, answers[k], onchange)).filter(Boolean);
  root.hidden = !folds.length;
  replace(
    root,
    h("h3", {}, answers.some(answer => answer.labels_words) ? "Labels and their classes" : "Labels without a class"),
    folds,
    h(
      "datalist",
      { id: "label-class-names" },
      model.class_names.map(name => h("option", { value: name })),
    ),
  );
}
