// Above the plots: class names that are assumed or in another order, and images that have no class of a model's.
import { labelsLink } from "../lib/address-names.js";
import { $, h, key, replace } from "../lib/dom.js";
import { accuracyLine } from "../widgets/accuracy.js";
import { patch } from "../lib/api.js";
import { assumedTag, notice } from "../widgets/class-names.js";
import { complain, toast } from "../shell/toast.js";

/** renew(): shows the suggestion under its new names. */
async function reorder(model, renew) {
  try {
    await patch(`/models/${encodeURIComponent(model.id)}`, { class_names: model.label_order.names });
    toast(`The class names of ${model.name} are now in the better order.`);
    await renew();
  } catch (error) {
    complain(error);
  }
}

const otherOrder = (model, renew) =>
  notice(
    [key(model), " ", h("strong", {}, model.label_order.words)],
    h("button", { class: "btn tiny", type: "button", onclick: () => reorder(model, renew) }, "Use the better order"),
  );

const without = model =>
  notice(
    [key(model), " ", [model.labels_words, model.without_class].filter(Boolean).join(" ")],
    model.n_unmapped || model.labels_words ? h("a", { class: "btn plain tiny", href: labelsLink(model.id) }, "Map labels") : null,
  );

/** At the head of the page, as far as images are labelled and scored. */
function drawAccuracies(models) {
  const known = models.filter(({ accuracy }) => accuracy);
  $("#accuracies").hidden = !known.length;
  replace($("#accuracies"), known.map(model => accuracyLine(model, model.accuracy)));
}

export function drawNotices({ suggestion }, renew) {
  const models = suggestion?.models ?? [];
  drawAccuracies(models);
  const assumed = models.filter(model => model.class_names_words);
  const lines = models.flatMap(model => [
    model.label_order ? otherOrder(model, renew) : null,
    model.n_without_class || model.labels_words ? without(model) : null,
  ]);
  const shown = lines.filter(Boolean);
  $("#notices").hidden = !assumed.length && !shown.length;
  replace(
    $("#notices"),
    assumed.length
      ? h(
          "div",
          { class: "row wrap" },
          assumed.map(model => h("span", { class: "row assumed-of" }, key(model), assumedTag(model))),
        )
      : null,
    shown,
  );
}
