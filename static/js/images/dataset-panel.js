// Left of the images: which dataset, how many images and labels, what is looked for.
import { labelsLink } from "../lib/address-names.js";
import { $, h, replace } from "../lib/dom.js";
import { accuracyLine } from "../widgets/accuracy.js";
import { count, group } from "../lib/format.js";

const nameOf = ({ name, n, status }) => (status === "ready" ? `${name} · ${group(n)}` : `${name} · ${status}`);

function drawCounts(record, labels) {
  const counts = [
    ["Images", group(record.n)],
    ["Labels", labels.length ? group(labels.length) : "–"],
    ...(record.n_unlabelled ? [["No label", group(record.n_unlabelled)]] : []),
    ...(record.n_unread ? [["Not readable", group(record.n_unread)]] : []),
    ...(record.n_left_out ? [["Files left out", group(record.n_left_out)]] : []),
  ];
  replace(
    $("#counts"),
    counts.map(([term, number]) => h("div", {}, h("dt", {}, term), h("dd", { class: "num" }, number))),
  );
}

/** What each model gets right of these images, as far as that is known. */
function drawAccuracies(models, dataset) {
  const known = models.filter(({ accuracy }) => accuracy?.dataset === dataset);
  replace($("#accuracies"), known.map(model => accuracyLine(model, model.accuracy)));
}

export function drawDatasetPanel({ datasets, dataset, q, label, models = [] }) {
  const record = datasets.find(other => other.id === dataset);
  const labels = record?.class_names ?? [];
  for (const id of ["dataset-section", "find-section", "problems-section"]) $(`#${id}`).hidden = !record;
  $("#panel-summary").textContent = record ? `${record.name} · ${count(record.n, "image")}` : "Open images";
  if (!record) return;
  replace(
    $("#dataset"),
    datasets.map(other => h("option", { value: other.id, selected: other.id === dataset }, nameOf(other))),
  );
  $("#label-line").hidden = !labels.length;
  replace(
    $("#label"),
    h("option", { value: "" }, "all labels"),
    labels.map(name => h("option", { value: name, selected: name === label }, name)),
  );
  if ($("#query").value.trim() !== q) $("#query").value = q;
  drawCounts(record, labels);
  drawAccuracies(models, dataset);
  replace($("#left-out"), (record.left_out ?? []).map(leftOut));
}

/** "12 of 80 images match no class of A", with the way to fix it; images without a label have none to map. */
const leftOut = ({ model, without_class: words, labels_words: assumed, n_unmapped }) =>
  h("p", { class: "why" }, [assumed, words].filter(Boolean).join(" "), " ", n_unmapped || assumed ? h("a", { href: labelsLink(model) }, "Map labels") : null);

/** Why no image is to be seen, and the way out. */
export function drawNoImages(record, filtered, onshowall) {
  const reasons = {
    refused: ["This dataset cannot be opened", [record.error?.message, record.error?.hint].filter(Boolean).join(" ")],
    loading: ["Opening the images", "The files are being listed."],
    ready: ["No image matches", "No image with this label has these letters in its file name."],
  };
  const [title, words] = reasons[record.status];
  $("#empty-title").textContent = title;
  $("#empty-words").textContent = words;
  replace(
    $("#empty-acts"),
    filtered ? h("button", { class: "btn primary", type: "button", onclick: onshowall }, "Show all images") : null,
  );
}
