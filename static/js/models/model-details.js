// What was read from a model's file and why, and what a person may change: name, preprocessing, class names.
import { $, h, key, replace } from "../lib/dom.js";
import { count, group, preprocessing as inWords, RULES, shape } from "../lib/format.js";
import { changeModel } from "./change-model.js";
import { drawLabels } from "./label-classes.js";
import { namesOf } from "./class-lines.js";
import { guessTag, ruleSource } from "./model-advice.js";
import { OUTPUTS, outputsPart } from "./model-outputs.js";
import { originLine } from "./naming-notes.js";
import { toast } from "../shell/toast.js";

const ORDERS = { rgb: "red, green, blue", bgr: "blue, green, red (as OpenCV reads)" };
const RESIZES = { stretch: "stretch", pad: "pad, keep proportions", crop: "centre crop" };
const PREVIEW_CLASSES = 12;

const numbers = text =>
  text
    .split(/[,;\s]+/)
    .filter(Boolean)
    .map(part => {
      const n = Number(part.replace("\u2212", "-"));
      return Number.isFinite(n) ? n : part;
    });
const line = (title, id, control, more = null) =>
  h("div", { class: "line" }, h("label", { class: "label", htmlFor: id }, title), control, more);
const choice = (id, words, chosen) =>
  h(
    "select",
    { class: "field", id },
    Object.entries(words).map(([value, title]) => h("option", { value, selected: value === chosen }, title)),
  );

/** Sends a change; a refusal is shown under the field it is about, else at the end of the form. */
async function send(form, model, change, fallback, onchange) {
  const box = $(".bad-text", form);
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  try {
    const changed = await changeModel(model.id, change);
    box.hidden = true;
    onchange(changed);
    return true;
  } catch (error) {
    const guilty = $(`[data-field="${CSS.escape((error.field || "").split(".").at(-1))}"]`, form) ?? fallback;
    guilty?.setAttribute("aria-invalid", "true");
    guilty?.focus();
    box.textContent = error.sentence || error.message;
    box.hidden = false;
    return false;
  }
}

function ruleForm(model, mode, onchange) {
  const rule = model.preprocessing;
  const text = values => (values || []).join(", ");
  const modes = choice("rule-mode", RULES, mode);
  const resize = choice("rule-resize", RESIZES, rule.resize);
  const order = choice("rule-channels", ORDERS, rule.channels || "rgb");
  const mean = h("input", {
    class: "field num",
    id: "rule-mean",
    "data-field": "mean",
    value: text(rule.mean),
    placeholder: "127.5, or one per channel",
    inputmode: "decimal",
    autocomplete: "off",
  });
  const std = h("input", {
    class: "field num",
    id: "rule-std",
    "data-field": "std",
    value: text(rule.std),
    placeholder: "64, or one per channel",
    inputmode: "decimal",
    autocomplete: "off",
  });
  const own = h(
    "div",
    { class: "part-lines" },
    line("Mean", "rule-mean", mean),
    line("Std", "rule-std", std),
    h("p", { class: "why" }, "In pixel units, 0 to 255: (x − mean) / std."),
  );
  const apply = h("button", { class: "btn", type: "submit" }, "Apply");
  const form = h(
    "form",
    { class: "part", id: "rule-form", novalidate: true },
    h("h3", {}, "Preprocessing"),
    h("p", { class: "why" }, guessTag(model), ruleSource(model) || ""),
    line("Rule", "rule-mode", modes),
    own,
    line("Resize", "rule-resize", resize),
    model.input[2] === 3 ? line("Channels", "rule-channels", order) : null,
    h("p", { class: "bad-text", role: "alert", hidden: true }),
    h("div", { class: "row" }, apply),
  );
  const show = () => {
    own.hidden = modes.value !== "standardize";
  };
  modes.addEventListener("change", show);
  show();
  form.addEventListener("submit", async event => {
    event.preventDefault();
    const standardize = modes.value === "standardize";
    const given = input => (standardize && input.value.trim() ? numbers(input.value) : null);
    const preprocessing = { mode: modes.value, mean: given(mean), std: given(std), resize: resize.value };
    if (model.input[2] === 3) preprocessing.channels = order.value;
    if (await send(form, model, { preprocessing }, standardize ? mean : modes, onchange))
      toast(`${model.name} now gets: ${inWords(preprocessing)}.`);
  });
  return form;
}

function classForm(model, onchange) {
  const area = h("textarea", {
    class: "field",
    id: "class-lines",
    rows: Math.min(10, Math.max(3, model.n_classes)),
    spellcheck: "false",
    "data-field": "class_names",
    value: (model.class_names || []).join("\n"),
  });
  const file = h("input", { type: "file", accept: ".json,.txt", class: "sr", id: "class-file" });
  const first = (model.class_names || []).slice(0, PREVIEW_CLASSES).join(", ");
  const rest = model.n_classes - PREVIEW_CLASSES;
  const form = h(
    "form",
    { novalidate: true },
    line("Names", "class-lines", area),
    h("p", { class: "bad-text", role: "alert", hidden: true }),
    h(
      "div",
      { class: "row" },
      h("button", { class: "btn", type: "submit" }, "Use these names"),
      h("label", { class: "btn plain", htmlFor: "class-file" }, "From a file…"),
      file,
    ),
  );
  file.addEventListener("change", async () => {
    const content = namesOf(await file.files[0].text());
    area.value = Array.isArray(content) ? content.join("\n") : JSON.stringify(content);
  });
  form.addEventListener("submit", async event => {
    event.preventDefault();
    if (await send(form, model, { class_names: namesOf(area.value) }, area, onchange)) toast("Class names are changed.");
  });
  return h(
    "section",
    { class: "part" },
    h("h3", {}, count(model.n_classes, "class", "classes")),
    originLine(model),
    h("p", { class: "why" }, first, rest > 0 ? ` and ${group(rest)} more` : ""),
    h("details", { class: "fold" }, h("summary", {}, "Edit class names, one per line"), form),
  );
}

function outputsForm(model, onchange) {
  const form = h("form", { novalidate: true });
  const choose = async outputs => {
    if (await send(form, model, { outputs }, form, onchange)) toast(`${model.name}: ${OUTPUTS[outputs]}.`);
  };
  replace(form, outputsPart(model, choose), h("p", { class: "bad-text", role: "alert", hidden: true }));
  return form;
}

function nameForm(model, onchange) {
  const input = h("input", {
    class: "field",
    id: "model-name",
    "data-field": "name",
    value: model.name,
    autocomplete: "off",
    spellcheck: "false",
  });
  const form = h(
    "form",
    { novalidate: true },
    line("Name", "model-name", input),
    h("p", { class: "bad-text", role: "alert", hidden: true }),
  );
  const rename = () => {
    if (input.value.trim() !== model.name) send(form, model, { name: input.value.trim() }, input, onchange);
  };
  form.addEventListener("submit", event => {
    event.preventDefault();
    rename();
  });
  input.addEventListener("change", rename);
  return form;
}

function detected(model) {
  const rows = [
    ["File", model.file],
    ["Input", `${shape(model.input)} (height × width × channels)`],
    ["Parameters", group(model.n_params)],
    ["Explained layer", model.explained_layer],
    ["Grad-CAM layer", model.cam_layer || "none: no layer with spatial output"],
    model.output_names.length > 1 ? ["Several outputs", model.output_names.join(", ")] : null,
    ...(model.notes || []).filter(note => note !== model.preprocessing_reason).map(note => ["Note", note]),
  ];
  return h(
    "dl",
    { class: "facts-l" },
    rows.filter(Boolean).map(([term, words]) => [h("dt", {}, term), h("dd", {}, words)]),
  );
}

/**
 * onchange(model) gets the model as the server now has it. `mode`: the rule in the form, where it is not yet in force.
 * -> a promise: its labels are drawn too.
 */
export function drawDetails(root, model, onchange, mode = model.preprocessing.mode) {
  const labels = h("section", { class: "part", id: "label-classes", tabIndex: -1, hidden: true });
  replace(
    root,
    h(
      "header",
      {},
      key(model),
      h("h2", { class: "grow clip" }, model.name, " ", h("span", { class: "quiet" }, "as detected")),
    ),
    h(
      "div",
      { class: "in" },
      nameForm(model, onchange),
      detected(model),
      ruleForm(model, mode, onchange),
      outputsForm(model, onchange),
      classForm(model, onchange),
      labels,
    ),
  );
  return drawLabels(labels, model).catch(() => {}); // closed meanwhile: nothing to map
}
