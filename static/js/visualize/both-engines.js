// With the engine "both": once the native maps are there, the same request by iNNvestigate, and the figures of both.
import { cancel, get, pause, post } from "../lib/api.js";
import { ended } from "./runner.js";

const STEP_MS = 400;

/** The shown run, when iNNvestigate's maps belong beside it: not every method is one of iNNvestigate's. */
function comparable({ engine, explanation, catalog }) {
  if (engine !== "both" || explanation?.request.engine !== "native") return null;
  const method = catalog.analyzers.find(({ name }) => name === explanation.request.analyzer);
  return method?.runtimes.includes("innvestigate") ? explanation : null;
}

const wanted = state => {
  const explanation = comparable(state);
  return explanation && ended(explanation) ? explanation : null;
};

/** Whether a cell is to show both engines: {explanation, model, cell, figures, ended, problem}, or null. */
export function secondOf(state, model, image) {
  const { reference } = state;
  const explanation = comparable(state);
  if (!explanation) return null;
  if (reference?.of !== explanation.id) return { ended: false };
  const run = reference.explanation;
  return {
    explanation: run,
    model: run?.models.find(({ id }) => id === model),
    cell: run?.cells.find(cell => cell.model === model && cell.image === image),
    figures: reference.figures.get(`${model}/${image}`),
    ended: Boolean(reference.problem) || (run ? ended(run) : false),
    problem: reference.problem,
  };
}

export function createReference(store) {
  let turn = 0;

  async function figuresOf(ours, theirs) {
    const path = `/explanations/${encodeURIComponent(ours)}/comparison?with=${encodeURIComponent(theirs)}`;
    const { cells } = await get(path).catch(() => ({ cells: [] }));
    return new Map(cells.map(cell => [`${cell.model}/${cell.image}`, cell]));
  }

  async function follow(ours, mine) {
    const asked = { ...ours.request, engine: "innvestigate" };
    let { explanation } = await post("/explanations", asked);
    dispatchEvent(new CustomEvent("innv:job", { detail: explanation.job }));
    for (;;) {
      explanation = await get(`/explanations/${encodeURIComponent(explanation.id)}`);
      const figures = explanation.cells.some(cell => cell.status === "done")
        ? await figuresOf(ours.id, explanation.id)
        : new Map();
      if (mine !== turn) return explanation.job && !ended(explanation) ? cancel(explanation.job) : null;
      store.set({ reference: { of: ours.id, explanation, figures, problem: null } });
      if (ended(explanation)) return null;
      await pause(STEP_MS);
    }
  }

  function update(state) {
    const ours = wanted(state);
    if (!ours || state.reference?.of === ours.id) {
      if (!ours && state.engine !== "both") turn++;
      return;
    }
    const mine = ++turn;
    store.set({ reference: { of: ours.id, explanation: null, figures: new Map(), problem: null } });
    follow(ours, mine).catch(problem => {
      if (mine === turn) store.set({ reference: { ...store.state.reference, problem } });
    });
  }

  store.on(["explanation", "engine"], update);
}
