// The page Images: look through a dataset, find, select; the selection is the basket that Visualize explains.
import { drawMissing, missingOf } from "../shell/address.js";
import { DATASETS, know } from "../lib/address-names.js";
import { heedReturns } from "../lib/catalog.js";
import { $, debounced, h, icon, replace } from "../lib/dom.js";
import { ENDED, address, cancel, follow, get, pause, post, remove } from "../lib/api.js";
import { createBasket } from "../widgets/basket.js";
import { confirmed } from "../shell/confirm.js";
import { createDatasetGrid } from "./dataset-grid.js";
import { drawDatasetPanel, drawNoImages } from "./dataset-panel.js";
import { count, group, seconds } from "../lib/format.js";
import { onKeys } from "../shell/keyboard.js";
import { drawProblems } from "./problem-list.js";
import { startShell } from "../shell/shell.js";
import { Store } from "../lib/store.js";
import { turns } from "../lib/turns.js";
import { complain, toast } from "../shell/toast.js";
import { acceptFiles, placed } from "../widgets/upload-drop.js";

const PER_PAGE = 60;
const LOADING_MS = 500;
const CHECKED_AT_ONCE = 2000; // images that were uploaded; more are checked when a person asks
const MOST_LETTERS = 80; // of a dataset's name
const NOT_YET = { images: [], total: 0, loaded: false };
const asked = new URLSearchParams(location.hash.slice(1));
const store = new Store({
  datasets: [],
  models: [],
  dataset: null,
  page: Number(asked.get("page")) || 0,
  q: asked.get("q") || "",
  label: asked.get("label") || "",
  images: [],
  total: 0,
  basket: { dataset: null, images: [] },
  loaded: false,
  jobs: new Map(), // id -> what this page has begun and waits for
});
const path = (id, more = "") => `/datasets/${encodeURIComponent(id)}${more}`;
const current = () => store.state.datasets.find(dataset => dataset.id === store.state.dataset) ?? null;
const pages = ({ total }) => Math.max(1, Math.ceil(total / PER_PAGE));
const basket = createBasket(store);
const grid = createDatasetGrid($("#tiles"), { select: basket.select, open, turn, unread: explainUnread }, basket.has);
const asking = turns();
const listing = turns();
let opened = null; // the dataset that is shown once it is in the list
let wasBusy = false;
let checks = 0; // that go on

/** Whether nothing newer was asked for meanwhile. */
async function loadImages() {
  const { dataset, page, q, label } = store.state;
  const isNewest = asking();
  const none = { images: [], total: 0, loaded: true };
  if (current()?.status !== "ready") {
    store.set(none);
    return true;
  }
  const query = new URLSearchParams({ page: String(page), per_page: String(PER_PAGE) });
  if (q) query.set("q", q);
  if (label) query.set("label", label);
  try {
    const { images, total } = await get(path(dataset, `/images?${query}`));
    const same = JSON.stringify(images) === JSON.stringify(store.state.images); // tiles stay as they are
    if (isNewest()) store.set({ images: same ? store.state.images : images, total, loaded: true });
  } catch (error) {
    if (isNewest()) {
      complain(error);
      store.set(none);
    }
  }
  return isNewest();
}

async function loadProblems() {
  const record = current();
  if (record?.status !== "ready") return;
  const none = { problems: [], checked: 0, total: record.n };
  const answer = await get(path(record.id, "/problems")).catch(() => none);
  if (record.id === store.state.dataset) {
    drawProblems($("#problems"), $("#scan-words"), $("#problems-title"), answer);
  }
}

/** Shows a dataset, and asks again while it is being opened. */
async function loadDatasets(chosen = null) {
  opened = chosen ?? opened;
  const isNewest = listing();
  const [{ datasets }, { models }] = await Promise.all([get("/datasets"), get("/models")]);
  if (!isNewest()) return;
  know({ datasets, models });
  const named = asked.has("dataset") ? DATASETS.idOf(asked.get("dataset")) : null;
  drawMissing(missingOf({ dataset: named }));
  const has = id => datasets.some(dataset => dataset.id === id);
  const dataset = [opened, store.state.dataset, named, store.state.basket.dataset].find(has) ?? datasets[0]?.id ?? null;
  opened = null;
  store.set({ datasets, models, dataset, ...(dataset === store.state.dataset ? {} : NOT_YET) });
  await loadImages();
  loadProblems();
  if (!datasets.some(({ status }) => status === "loading")) return;
  await pause(LOADING_MS);
  if (isNewest()) await loadDatasets();
}

function show(changes) {
  store.set({ page: 0, ...changes });
  loadImages();
}

async function turn(by) {
  const page = store.state.page + by;
  if (page < 0 || page >= pages(store.state)) return false;
  store.set({ page });
  return loadImages();
}

function open(index) {
  const { name, label } = store.state.images.find(image => image.index === index);
  const labelled = label === null || label === undefined ? "" : `label ${label} · `;
  $("#large-title").textContent = name;
  $("#large-words").textContent = `${labelled}image ${group(index + 1)} of ${group(current().n)}`;
  $("#large-picture").src = address.picture(store.state.dataset, index);
  $("#large-picture").alt = name;
  $("#large").showModal();
}

/** The list of bad files says why a picture cannot be shown; where no file has been checked, the button that does. */
function explainUnread() {
  $("#panel").open = true;
  const target = $("#problems .bad-files") ?? $("#scan");
  target.scrollIntoView({ block: "nearest" });
  target.focus();
}

/** Follows a job in a strip of its own -> the job when it has ended. */
async function awaited(job) {
  const shown = step => {
    const jobs = new Map(store.state.jobs);
    if (step) jobs.set(job.id, step);
    else jobs.delete(job.id);
    store.set({ jobs });
  };
  try {
    return await follow(job, shown);
  } finally {
    shown(null);
  }
}

async function upload(files) {
  const form = new FormData();
  const { folder, paths } = placed(files);
  files.forEach((file, place) => form.append("images", file, paths[place]));
  $("#open-error").hidden = true;
  try {
    const { dataset, job } = await post(`/datasets?${new URLSearchParams({ name: folder.slice(0, MOST_LETTERS) })}`, form);
    await awaited(job);
    store.set({ page: 0, q: "", label: "" });
    await loadDatasets(dataset.id);
    checkUpload(store.state.datasets.find(({ id }) => id === dataset.id));
  } catch (error) {
    $("#open-error").textContent = error.sentence || error.message;
    $("#open-error").hidden = false;
    $("#panel").open = true;
  }
}

/** Tries every file of a dataset. ended(job) when that was not in vain. */
async function check(dataset, ended) {
  checks += 1;
  $("#scan").disabled = true;
  try {
    const { job } = await post(path(dataset, "/scan"), {});
    const over = await awaited(job);
    if (over.status === "failed") throw new Error(over.error?.message ?? "Checking failed.");
    ended(over);
  } catch (error) {
    complain(error);
  }
  checks -= 1;
  $("#scan").disabled = checks > 0;
  await loadDatasets();
}

const scan = () =>
  check(store.state.dataset, ({ status }) =>
    toast(status === "cancelled" ? "Checking was cancelled. What was found is kept." : "All files are checked."),
  );

/** A bad file of a few is found at once, not when it is needed. */
function checkUpload(record) {
  if (record?.status === "ready" && record.n <= CHECKED_AT_ONCE) check(record.id, () => {}).catch(complain);
}

async function closeDataset() {
  const { id, name } = current();
  const words = "The dataset is removed from this session; its files are not touched. Links to its heatmaps stop working.";
  if (!(await confirmed(`Close ${name}?`, words, `Close ${name}`))) return;
  try {
    await remove(path(id));
    if (store.state.basket.dataset === id) basket.clear();
    store.set({ dataset: null, page: 0, q: "", label: "" });
    await loadDatasets();
  } catch (error) {
    complain(error);
  }
}

function drawPager(state) {
  const first = state.page * PER_PAGE;
  const step = (by, words, symbol) => {
    const disabled = state.page + by < 0 || state.page + by >= pages(state);
    const attributes = { class: "btn icon", type: "button", "aria-label": words, disabled, onclick: () => turn(by) };
    return h("button", attributes, icon(symbol, false));
  };
  const selectPage = () =>
    basket.select(
      state.images.map(image => image.index),
      true,
    );
  $("#pager").hidden = !state.images.length;
  replace(
    $("#pager"),
    h("button", { class: "btn plain tiny", type: "button", onclick: selectPage }, "Select page"),
    step(-1, "Previous page", "left"),
    h("span", { class: "num" }, `${group(first + 1)}–${group(first + state.images.length)} of ${group(state.total)}`),
    step(1, "Next page", "right"),
  );
}

function drawImages(state, changed) {
  const record = current();
  const filtered = Boolean(state.q || state.label);
  const all = record ? count(record.n, "image") : "";
  document.body.dataset.state = !state.loaded ? "loading" : state.images.length ? "ready" : "empty";
  $("#page-title").textContent = record?.name ?? "Images";
  $("#found").textContent = record && filtered ? `${group(state.total)} of ${all} found` : all;
  if (!state.images.length && record) drawNoImages(record, filtered, () => show({ q: "", label: "" }));
  drawPager(state);
  if (!changed.has("images") && !changed.has("loaded")) return;
  grid.draw(state.dataset, state.images);
  $("#canvas").scrollTo({ top: 0 });
}

function jobStrip(job) {
  const known = job.total > 0;
  const left =
    Number.isFinite(job.seconds_left) && job.seconds_left !== null ? `${seconds(job.seconds_left)} left` : "";
  const bar = { max: 1, "aria-label": job.title, ...(known ? { value: job.done / job.total } : {}) };
  const words = known ? `${job.title}: ${group(job.done)} of ${group(job.total)}` : job.title;
  const stop = () => cancel(job).catch(complain);
  return h(
    "div",
    { class: "strip" },
    h("span", { class: "strong num" }, words),
    h("progress", bar),
    h("span", { class: "quiet num" }, left),
    h("button", { class: "btn tiny", type: "button", onclick: stop, "data-job": job.id }, "Cancel"),
  );
}

function drawJobs({ jobs }) {
  const root = $("#strip");
  const pressed = root.contains(document.activeElement) ? document.activeElement.getAttribute("data-job") : null;
  root.hidden = !jobs.size;
  replace(root, ...[...jobs.values()].map(jobStrip));
  if (pressed) $(`#strip [data-job="${CSS.escape(pressed)}"]`)?.focus();
}

function keepAddress({ dataset, page, q, label }) {
  const parts = Object.entries({ dataset: dataset ? DATASETS.nameOf(dataset) : "", page: page ? String(page) : "", q, label });
  history.replaceState(null, "", `#${new URLSearchParams(parts.filter(([, value]) => value))}`);
}

/** When the last job has finished, a model may have shown what it gets right. */
async function afterJobs({ detail: jobs }) {
  const busy = jobs.some(({ status }) => !ENDED.has(status));
  const through = wasBusy && !busy;
  wasBusy = busy;
  if (through) store.set(await get("/models").then(({ models }) => ({ models })));
}

function listen() {
  addEventListener("innv:jobs", event => afterJobs(event).catch(complain));
  $("#dataset").addEventListener("change", event => {
    show({ dataset: event.target.value, q: "", label: "", ...NOT_YET });
    loadProblems();
  });
  $("#query").addEventListener(
    "input",
    debounced(() => show({ q: $("#query").value.trim() }), 250),
  );
  $("#label").addEventListener("change", event => show({ label: event.target.value }));
  $("#scan").addEventListener("click", scan);
  $("#close-dataset").addEventListener("click", closeDataset);
  $("#large-close").addEventListener("click", () => $("#large").close());
  const enter = () => grid.focus(0);
  onKeys({ "Ctrl+Enter": () => basket.explain(), ArrowDown: enter, ArrowRight: enter });
  acceptFiles(upload);
}

async function start() {
  store.on(["datasets", "models", "dataset", "label", "q"], drawDatasetPanel);
  store.on(["images", "loaded", "datasets"], drawImages);
  store.on(["basket", "dataset"], grid.mark);
  store.on(["jobs"], drawJobs);
  store.on(["dataset", "page", "q", "label"], keepAddress);
  listen();
  startShell();
  try {
    store.set({ basket: await get("/basket") });
    await loadDatasets();
    await heedReturns(() => store.state, () => loadDatasets().catch(complain));
  } catch (error) {
    document.body.dataset.state = "empty";
    complain(error);
  }
}

start();
