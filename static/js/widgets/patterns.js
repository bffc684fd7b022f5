// Below the method: what it has learnt from images, where it needs that, and the button that fits it.
import { cancel, ENDED, follow, get, post } from "../lib/api.js";
import { $, h, replace } from "../lib/dom.js";
import { count, group } from "../lib/format.js";
import { analyzerOf } from "./method-choice.js";
import { complain } from "../shell/toast.js";

const named = ({ catalog }, id) => catalog.models.find(model => model.id === id);
const chosen = ({ catalog, dataset }) => catalog.datasets.find(other => other.id === dataset);
const fitOf = async id => (await get(`/models/${encodeURIComponent(id)}/patterns`)).fit;

/** "A · 80 images of photos", with what has no pattern. */
function learnt(model, fit) {
  const rest = fit.n_without ? `; ${group(fit.n_without)} of ${count(fit.n_neurons, "neuron")} without a pattern` : "";
  return h("p", { class: "why" }, `${model.letter} · learnt from ${count(fit.n_images, "image")} of ${fit.dataset}${rest}`);
}

/** -> draw(state); fits only the chosen models that have no patterns, one after the other. */
export function createPatterns(store) {
  const root = $("#patterns");
  let turn = 0; // answers to an older choice are dropped
  let job = null;

  async function draw(state) {
    const mine = ++turn;
    const needed = Boolean(analyzerOf(state)?.fitted);
    root.hidden = !needed;
    if (!needed || job) return;
    try {
      const fits = await Promise.all(state.models.map(fitOf));
      if (mine === turn && !job) show(state, fits);
    } catch (problem) {
      if (mine === turn) complain(problem);
    }
  }

  function show(state, fits) {
    const models = state.models.map(id => named(state, id));
    const missing = models.filter((model, place) => model && !fits[place]);
    const dataset = chosen(state);
    const known = models.map((model, place) => (model && fits[place] ? learnt(model, fits[place]) : null));
    replace(root, [...known, missing.length && dataset ? button(missing, dataset) : null]);
  }

  function button(models, dataset) {
    const letters = models.map(model => model.letter).join(", ");
    return h(
      "div",
      {},
      h("p", { class: "why" }, `${letters}: patterns are learnt from images before this method can explain.`),
      h(
        "button",
        { class: "btn tiny", type: "button", id: "patterns-fit", onclick: () => fit(models, dataset) },
        `Fit patterns on ${dataset.name} (1 pass over ${count(dataset.n, "image")})`,
      ),
    );
  }

  async function fit(models, dataset) {
    try {
      for (const model of models) {
        job = (await post("/patterns", { model: model.id, dataset: dataset.id })).job;
        await followed(model);
        if (job.status !== "done") break;
      }
    } catch (problem) {
      complain(problem);
    } finally {
      job = null;
      draw(store.state);
    }
  }

  /** Until the job has ended; its own failure is said. */
  async function followed(model) {
    busy(model);
    job = await follow(job, next => {
      job = next;
      busy(model);
    });
    const { message, hint } = job.error ?? {};
    if (message) throw Object.assign(new Error(message), { sentence: [message, hint].filter(Boolean).join(" ") });
  }

  function busy(model) {
    if (ENDED.has(job.status)) return;
    const done = `${group(job.done)} of ${count(job.total, "image")}`;
    if (root.querySelector("progress")) {
      root.querySelector("progress").value = job.done / job.total;
      root.querySelector(".why").textContent = `Fitting patterns of ${model.name} · ${done}`;
      return;
    }
    replace(root, [
      h("p", { class: "why" }, `Fitting patterns of ${model.name} · ${done}`),
      h("progress", { max: 1, value: job.done / job.total, "aria-label": "Fitting patterns" }),
      h("button", { class: "btn tiny", type: "button", id: "patterns-cancel", onclick: () => cancel(job).catch(complain) }, "Cancel"),
    ]);
  }

  store.on(["analyzer", "models", "dataset", "catalog"], draw);
}
