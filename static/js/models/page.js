// The page Models: add, look at, correct and remove models.
import { drawMissing, missingOf } from "../shell/address.js";
import { MODELS, know, modelLink } from "../lib/address-names.js";
import { $, h, replace } from "../lib/dom.js";
import { ENDED, get, pause, post, remove } from "../lib/api.js";
import { onReturn } from "../lib/catalog.js";
import { confirmed } from "../shell/confirm.js";
import { toPage } from "../lib/focus.js";
import { count, group, preprocessing as inWords } from "../lib/format.js";
import { changeModel } from "./change-model.js";
import { drawDetails } from "./model-details.js";
import { drawLayers } from "./layers-table.js";
import { createProbeCard } from "./model-probe.js";
import { drawModelsTable } from "./models-table.js";
import { modelForms } from "./model-files.js";
import { startShell } from "../shell/shell.js";
import { Store } from "../lib/store.js";
import { complain, toast } from "../shell/toast.js";
import { acceptFiles } from "../widgets/upload-drop.js";

const LOADING_MS = 500;
const LABELS = /&show=labels$/;
const asked = decodeURIComponent(location.hash.replace(LABELS, "").replace(/^#model=/, "")) || null;
let labelsAsked = LABELS.test(location.hash);
const store = new Store({
  models: [],
  offered: [],
  applications: [],
  jobs: new Map(),
  chosen: null,
  loaded: false,
});
const path = id => `/models/${encodeURIComponent(id)}`;
let changes = 0; // of what is listed: a list that was asked for before one does not have it

function list(models, more = {}) {
  changes += 1;
  store.set({ models, ...more });
}

const taken = changed => list(store.state.models.map(model => (model.id === changed.id ? changed : model)));

function addError(words) {
  $("#add-error").textContent = words;
  $("#add-error").hidden = !words;
}

async function add(body) {
  try {
    const { model, job } = await post("/models", body);
    dispatchEvent(new CustomEvent("innv:job", { detail: job }));
    const others = store.state.models.filter(other => other.id !== model.id);
    list([...others, model], { jobs: new Map(store.state.jobs).set(job.id, job) });
    watch();
    return null;
  } catch (error) {
    return error.sentence || error.message;
  }
}

async function addFiles(files) {
  addError("");
  const forms = await modelForms(files);
  const problems = [];
  for (const form of forms) {
    const problem = await add(form);
    if (problem) problems.push(forms.length > 1 ? `${/** @type {File} */ (form.get("file")).name}: ${problem}` : problem);
  }
  addError(problems.join(" "));
}

/** Something is on its way that changes what is shown: a model, or images whose folders may name its classes. */
const loading = ({ models, jobs }) =>
  models.some(model => model.status === "loading") ||
  [...jobs.values()].some(({ kind, status }) => kind === "open" && !ENDED.has(status));

let watching = false;

/** Asks again while something is loading. */
async function watch() {
  if (watching) return;
  watching = true;
  try {
    while (loading(store.state)) {
      await pause(LOADING_MS);
      await load();
    }
  } catch (error) {
    complain(error);
  }
  watching = false;
}

/** The model that the address names; says so where it is not open. */
function opened() {
  const id = asked && MODELS.idOf(asked);
  if (asked) drawMissing(missingOf({ model: id }));
  return id;
}

async function load() {
  const seen = changes;
  const before = new Map(store.state.models.map(model => [model.id, model.status]));
  const [{ models, offered, applications }, { jobs }] = await Promise.all([get("/models"), get("/jobs")]);
  if (seen !== changes) {
    await load();
    return;
  }
  const fresh = models.find(model => model.status === "ready" && before.get(model.id) === "loading");
  const ready = models.filter(model => model.status === "ready");
  know({ models });
  const found = opened();
  const chosen = store.state.chosen ?? found;
  list(models, {
    chosen: ready.some(({ id }) => id === chosen) ? chosen : (ready[0]?.id ?? null),
    offered: offered || [],
    applications: applications || [],
    jobs: new Map(jobs.map(job => [job.id, job])),
    loaded: true,
    ...(fresh ? { chosen: fresh.id } : {}),
  });
}

/** The name of a model in the table, or what the page shows where it has none. */
function focusRow(model) {
  const field = model && $(`#rows tr[data-model="${CSS.escape(model.id)}"] .name-b`);
  if (field) field.focus();
  else toPage();
}

async function name(model, class_names, done) {
  try {
    taken(await changeModel(model.id, { class_names }));
    focusRow(model); // the note with the button is gone
    toast(done);
  } catch (error) {
    complain(error);
  }
}

const acts = {
  choose: id => store.set({ chosen: id }),
  async rule(model, mode) {
    if (mode === "standardize") {
      store.set({ chosen: model.id });
      drawDetails($("#details"), model, taken, mode);
      $("#rule-mean").focus();
      return;
    }
    try {
      const preprocessing = { ...model.preprocessing, mode, mean: null, std: null };
      taken(await changeModel(model.id, { preprocessing }));
      toast(`${model.name} now gets: ${inWords(preprocessing)}.`);
    } catch (error) {
      complain(error);
      taken({ ...model });
    }
  },
  async outputs(model, outputs) {
    try {
      taken(await changeModel(model.id, { outputs }));
      watch();
    } catch (error) {
      complain(error);
      taken({ ...model });
    }
  },
  confirm: model => name(model, model.class_names, `The class names of ${model.name} are confirmed.`),
  order: model => name(model, model.label_order.names, `The class names of ${model.name} are now in the better order.`),
  drop: model => name(model, [], `The classes of ${model.name} are numbers now.`),
  edit(model) {
    store.set({ chosen: model.id });
    $("#details .fold").open = true;
    $("#class-lines").focus();
  },
  async advised(model, preprocessing) {
    try {
      const changed = await changeModel(model.id, { preprocessing });
      taken(changed);
      focusRow(model);
      toast(`${model.name} now gets: ${inWords(changed.preprocessing)}.`);
      probeCard.refresh();
    } catch (error) {
      complain(error);
    }
  },
  async remove(model) {
    const loading = model.status === "loading";
    const refused = model.status === "refused";
    if (
      !refused &&
      !(await confirmed(
        `Remove ${model.name}?`,
        loading
          ? "Loading stops."
          : "The model is removed from this session; its file is not touched. Links to its heatmaps stop working.",
        `Remove ${model.name}`,
      ))
    )
      return;
    try {
      await remove(path(model.id));
      const place = store.state.models.findIndex(({ id }) => id === model.id);
      const left = store.state.models.filter(({ id }) => id !== model.id);
      list(left);
      focusRow(left[place] ?? left.at(-1));
    } catch (error) {
      complain(error);
    }
  },
};

const probeCard = createProbeCard($("#probe"), acts.advised);
let probes = "";

/** A probe that begins or ends changes what is advised. */
addEventListener("innv:jobs", ({ detail }) => {
  const now = detail
    .filter(job => job.kind === "probe")
    .map(job => `${job.id} ${job.status}`)
    .join();
  if (now !== probes && store.state.loaded) load().then(watch, complain);
  if (now !== probes || probeCard.busy()) probeCard.refresh();
  probes = now;
});

function drawChoices({ offered, applications }) {
  $("#offered-row").hidden = !offered.length;
  replace(
    $("#offered"),
    h("option", { value: "" }, `Offered at start · ${count(offered.length, "file")}`),
    offered.map(({ id, file }) => h("option", { value: id }, file)),
  );
  replace(
    $("#applications"),
    h("option", { value: "" }, "keras.applications…"),
    applications.map(name => h("option", { value: name }, name)),
  );
}

function drawTable(state) {
  const ready = state.models.filter(model => model.status === "ready").length;
  document.body.dataset.state = !state.loaded ? "loading" : state.models.length ? "ready" : "empty";
  $("#model-count").textContent = state.models.length ? `${group(ready)} of ${group(state.models.length)} ready` : "";
  const focused = document.activeElement?.closest?.("#rows tr")?.dataset.model;
  const kind = document.activeElement?.tagName;
  drawModelsTable($("#rows"), state, acts);
  if (focused) $(`#rows tr[data-model="${CSS.escape(focused)}"] ${kind.toLowerCase()}`)?.focus();
}

/** A link from where a refused model is missed leads to its row, which says why. */
function revealRefused(id) {
  if (!store.state.models.some(model => model.id === id && model.status === "refused")) return;
  const row = $(`#rows tr[data-model="${CSS.escape(id)}"]`);
  row.nextElementSibling?.scrollIntoView({ block: "nearest" });
  $(".name-b", row).focus();
}

let previewed = "";

function drawPreview({ models, chosen }) {
  const ready = models.filter(model => model.status === "ready");
  const model = ready.find(other => other.id === chosen) ?? ready[0];
  const told = { ...model, advice: null, accuracy: null, label_order: null }; // in the table; a check ends at any time
  const now = model ? JSON.stringify(told) : ""; // redrawn, a form would lose what is being typed
  $("#preview").hidden = !model;
  if (now === previewed) return;
  const sameModel = model && $("#layers").dataset.model === model.id && Boolean(previewed);
  previewed = now;
  if (!model) return;
  history.replaceState(null, "", modelLink(model.id));
  if (!sameModel) drawLayers($("#layers"), model);
  drawDetails($("#details"), model, taken).then(showLabels);
  probeCard.show(model);
}

/** Where a link led here to map labels. */
function showLabels() {
  const section = $("#label-classes");
  if (!labelsAsked || !section || section.hidden) return;
  labelsAsked = false;
  section.scrollIntoView({ block: "center" });
  section.focus();
}

store.on(["models", "jobs", "chosen", "loaded"], drawTable);
store.on(["offered", "applications"], drawChoices);
store.on(["models", "chosen"], drawPreview);

async function addChosen(select, body) {
  const value = $(select).value;
  if (!value) {
    $(select).focus();
    return;
  }
  addError("");
  addError((await add(body(value))) || "");
  if ($(select).value === value) $(select).value = "";
}

$("#add-offered").addEventListener("click", () => addChosen("#offered", offered => ({ offered })));
$("#add-application").addEventListener("click", () =>
  addChosen("#applications", application => ({ application, weights: "random" })),
);
acceptFiles(addFiles);
startShell();
load().then(() => {
  revealRefused(asked);
  watch();
  onReturn(() => load().then(watch));
}, error => {
  document.body.dataset.state = "empty";
  complain(error);
});
