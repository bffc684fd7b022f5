// The table of models: who they are, how they stand, what they expect. Refused ones keep their row and say why.
import { colour, h, icon, key, replace } from "../lib/dom.js";
import { accuracyWords } from "../widgets/accuracy.js";
import { group, preprocessing, RULES, shape } from "../lib/format.js";
import { adviceRow, basisOf } from "./model-advice.js";
import { OUTPUTS, outputsQuestion } from "./model-outputs.js";
import { namingNote } from "./naming-notes.js";

const NONE = () => h("span", { class: "quiet" }, "—");

const accuracyOf = ({ accuracy }) =>
  accuracy && h("span", { class: "sub wrap-any", title: `Labels of ${accuracy.name}` }, accuracyWords(accuracy));

function status(model, job) {
  if (model.status === "ready") return [h("span", { class: "status ok" }, icon("check"), "Ready"), accuracyOf(model)];
  if (model.status === "refused") return h("span", { class: "status bad" }, icon("cross"), "Refused");
  const known = job?.total > 0 && job.done > 0;
  return [
    h("span", { class: "status work" }, known ? `Loading ${Math.floor((100 * job.done) / job.total)} %` : "Loading"),
    h("progress", { max: 1, ...(known ? { value: job.done / job.total } : {}), "aria-label": `Loading ${model.name}` }),
  ];
}

function ruleSelect(model, onrule) {
  if (!model.preprocessing) return NONE();
  return h(
    "select",
    {
      class: "field low",
      "aria-label": `Preprocessing of ${model.name}`,
      title: model.preprocessing_reason,
      onchange: event => onrule(model, event.target.value),
    },
    Object.entries(RULES).map(([mode, words]) =>
      h(
        "option",
        { value: mode, selected: mode === model.preprocessing.mode },
        mode === model.preprocessing.mode ? preprocessing(model.preprocessing) : mode === "standardize" ? `${words}…` : words,
      ),
    ),
  );
}

function row(model, { chosen, job, acts, noted }) {
  const classes = [
    model.letter ? colour(model.letter) : "",
    chosen === model.id ? "chosen" : "",
    noted ? "has-note" : "",
  ].join(" ");
  return h(
    "tr",
    {
      class: classes,
      "data-model": model.id,
      onclick: event => {
        if (!event.target.closest("select, button, a")) acts.choose(model.id);
      },
    },
    h(
      "td",
      {},
      h(
        "span",
        { class: "row" },
        key(model),
        h(
          "span",
          { class: "grow" },
          h(
            "button",
            {
              class: "name-b clip",
              type: "button",
              "aria-pressed": String(chosen === model.id),
              "aria-label": `Show ${model.name}`,
              title: model.name,
              onclick: () => acts.choose(model.id),
            },
            model.name,
          ),
          h("span", { class: "sub wrap-any" }, model.file),
        ),
      ),
    ),
    h("td", {}, status(model, job)),
    h("td", { class: "num" }, model.input ? shape(model.input) : NONE()),
    h("td", {}, model.status === "ready" ? [ruleSelect(model, acts.rule), basisOf(model)] : NONE()),
    h("td", { class: "r num not-s" }, model.status === "ready" ? group(model.n_classes) : NONE()),
    h("td", { class: "r num not-s" }, model.status === "ready" ? group(model.n_params) : NONE()),
    h(
      "td",
      { class: "r" },
      h(
        "button",
        {
          class: "btn plain tiny icon",
          type: "button",
          "aria-label": `Remove ${model.name}`,
          onclick: () => acts.remove(model),
        },
        icon("close"),
      ),
    ),
  );
}

/** Why a file was refused; with a button for each reading of its outputs that would let it in. */
function refusal(model, acts) {
  const error = model.error || { message: "This file was refused." };
  const readings = error.field === "outputs" ? (error.allowed ?? []) : [];
  return h(
    "div",
    { class: "call bad" },
    icon("warn"),
    h("span", { class: "grow wrap-any" }, h("strong", {}, error.message), " ", error.hint || ""),
    readings.map(kind =>
      h(
        "button",
        { class: "btn tiny", type: "button", onclick: () => acts.outputs(model, kind) },
        `Read it as ${OUTPUTS[kind] ?? kind}`,
      ),
    ),
  );
}

const noteRow = (model, note) =>
  h("tr", { class: "note", "data-note": model.id }, h("td", { colspan: 7 }, note));

const notes = (model, acts) =>
  (model.status === "refused" ? [refusal(model, acts)] : [outputsQuestion(model, acts.outputs), namingNote(model, acts)]).filter(
    Boolean,
  );

/** acts: choose, rule, outputs, advised, remove, and those of a naming note; each takes the model. jobs: id -> job. */
export function drawModelsTable(body, { models, chosen, jobs }, acts) {
  replace(
    body,
    models.map(model => {
      const said = notes(model, acts);
      return [
        row(model, { chosen, job: jobs.get(model.job?.id ?? model.job), acts, noted: said.length > 0 || Boolean(model.advice) }),
        said.map(note => noteRow(model, note)),
        model.advice ? adviceRow(model, acts.advised) : null,
      ];
    }),
  );
}
