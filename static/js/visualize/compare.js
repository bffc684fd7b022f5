// Earlier runs beside each other: what they have in common, or why they cannot be compared; how they are followed.
import { beside } from "../lib/choices.js";
import { changedModels } from "../lib/made-with.js";
import { inWords } from "../lib/same.js";
import { cancel, get, pause } from "../lib/api.js";
import { count, parameter } from "../lib/format.js";
import { ended } from "./runner.js";

const STEP_MS = 400;
export const MOST_COMPARED = 8;

const told = (ids, earlier) => ids.map(id => earlier.get(id)?.explanation).filter(Boolean);

function targetOf({ request: { class: class_, neuron, top_neurons, softmax } }, names) {
  if (neuron !== null) return `neuron ${neuron}`;
  if (top_neurons !== null) return `strongest of ${count(top_neurons, "neuron")}`;
  const what = class_ === "predicted" || class_ === null ? "predicted class" : `class ${names?.[class_] ?? class_}`;
  return softmax ? `${what}, probability` : what;
}

/** What tells a run from another: method, target, layers, engine, parameters, and models that were changed since. */
function wordsOf(explanation, named, catalog) {
  const { request } = explanation;
  const models = beside(catalog.models, request.dataset);
  const names = models.find(({ id }) => id === request.models[0])?.class_names;
  const layers = [...new Set(Object.values(request.layer ?? {}))].filter(Boolean);
  const params = Object.entries(request.params).map(([name, value]) => `${name} ${parameter(value)}`);
  const changed = changedModels({ catalog, dataset: request.dataset }, explanation.models);
  const earlier = changed.map(({ name, nouns }) => `earlier ${inWords(nouns)} of ${name}`);
  const parts = [named ? request.analyzer : null, targetOf(explanation, names), ...layers, request.engine, ...params, ...earlier];
  return parts.filter(Boolean).join(" · ");
}

/** The runs as columns of the view; two of the same name are numbered. */
export function columnsOfRuns(ids, earlier, catalog) {
  const titles = ids.map(id => earlier.get(id)?.title || earlier.get(id)?.explanation?.request.analyzer || "…");
  return ids.map((id, place) => {
    const { explanation, title } = earlier.get(id) ?? {};
    const same = titles.filter(other => other === titles[place]).length > 1;
    return {
      id,
      title: same ? `${titles[place]} (${place + 1})` : titles[place],
      named: Boolean(title),
      words: explanation ? wordsOf(explanation, Boolean(title), catalog) : "",
      display: explanation?.display ?? null,
    };
  });
}

/** Models of all runs, each once, in the order of the runs. */
export function modelsOf(ids, earlier) {
  const known = new Map();
  for (const { models } of told(ids, earlier)) for (const model of models) if (!known.has(model.id)) known.set(model.id, model);
  return [...known.values()];
}

/** -> {dataset, images, note, obstacle}: the images that all runs explain; obstacle: why there is nothing to compare. */
export function common(ids, earlier) {
  const runs = told(ids, earlier);
  const nothing = obstacle => ({ dataset: null, images: [], note: null, obstacle });
  if (ids.length < 2) return nothing("Choose two or more runs under Earlier runs.");
  if (earlier.size === ids.length && runs.length < 2)
    return nothing([...earlier.values()].find(({ problem }) => problem)?.problem.sentence ?? "These runs no longer exist.");
  if (!runs.length) return { dataset: null, images: [], note: null, obstacle: null };
  const [first, ...others] = runs;
  const { dataset } = first.request;
  const has = (run, index) => run.request.dataset === dataset && run.images.some(image => image.index === index);
  const images = first.images.filter(({ index }) => others.every(run => has(run, index)));
  if (!images.length)
    return nothing("These runs explain different images: no image is part of all of them. Choose runs of the same images.");
  const most = Math.max(...runs.map(run => run.images.length));
  const note = images.length < most ? `${count(images.length, "image is", "images are")} part of all these runs.` : null;
  return { dataset, images, note, obstacle: null };
}

export function createCompareRunner(store) {
  let turn = 0;
  const put = (id, sheet) => store.set({ earlier: new Map(store.state.earlier).set(id, sheet) });

  async function follow(id, title, mine) {
    for (;;) {
      const explanation = await get(`/explanations/${encodeURIComponent(id)}`);
      if (mine !== turn) return;
      put(id, { explanation, title });
      if (ended(explanation)) return;
      await pause(STEP_MS);
    }
  }

  /** After a restart the server begins a run again, with the maps that were kept. */
  async function show(ids) {
    const mine = ++turn;
    store.set({ earlier: new Map() });
    const { runs } = await get("/history").catch(() => ({ runs: [] }));
    const title = id => runs.find(run => run.id === id)?.title ?? "";
    await Promise.all(
      ids.map(id =>
        follow(id, title(id), mine).catch(problem => {
          if (mine === turn) put(id, { problem, title: title(id) });
        }),
      ),
    );
  }

  async function stop() {
    const going = told([...store.state.earlier.keys()], store.state.earlier).filter(run => run.job && !ended(run));
    await Promise.all(going.map(({ job }) => cancel(job)));
  }

  return { show, stop };
}
