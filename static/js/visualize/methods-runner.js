// Several methods on the same images: one run per method, followed together.
import { cancel, get, pause, post } from "../lib/api.js";
import { isKept } from "../lib/kept.js";
import { obstacle, requestOf } from "./request.js";
import { ended } from "./runner.js";

const STEP_MS = 300;

/** The request for one of the methods: the panel's own method keeps its settings, the others take their defaults. */
function requestFor(state, name) {
  const find = wanted => state.catalog.analyzers.find(analyzer => analyzer.name === wanted);
  const own = name === state.analyzer;
  const alike = find(name).targets === find(state.analyzer)?.targets;
  const request = requestOf(state);
  const target = find(name).targets === "one_output" ? {} : { neuron: null, top_neurons: null };
  return { ...request, ...target, analyzer: name, params: own ? request.params : {}, layer: alike ? request.layer : null };
}

export function createMethodsRunner(store) {
  let turn = 0;
  const put = (name, sheet) => store.set({ sheets: new Map(store.state.sheets).set(name, sheet) });
  const running = () => [...store.state.sheets.values()].filter(({ explanation }) => explanation && !ended(explanation));

  async function begin(name, mine) {
    try {
      const { explanation } = await post("/explanations", requestFor(store.state, name));
      if (mine !== turn) return;
      dispatchEvent(new CustomEvent("innv:job", { detail: explanation.job }));
      put(name, { explanation });
    } catch (problem) {
      if (mine === turn) put(name, { problem });
    }
  }

  /** Each method on its own, from the moment it was accepted: the first map does not wait for the last method. */
  async function follow(name, mine) {
    for (;;) {
      const { explanation } = store.state.sheets.get(name) ?? {};
      if (mine !== turn || !explanation || ended(explanation)) return;
      await pause(STEP_MS);
      const now = await get(`/explanations/${encodeURIComponent(explanation.id)}`);
      if (mine === turn && store.state.sheets.has(name)) put(name, { explanation: now });
    }
  }

  /** Computes what is missing; maps that were kept are there at once. */
  async function run() {
    const mine = ++turn;
    for (const { explanation } of running()) cancel(explanation.job).catch(() => {});
    store.set({ sheets: new Map(store.state.methods.map(name => [name, {}])), problem: null });
    for (const name of store.state.methods) await show(name, mine);
  }

  async function show(name, mine) {
    if (mine !== turn) return;
    await begin(name, mine);
    if (mine === turn) follow(name, mine).catch(problem => mine === turn && put(name, { problem }));
  }

  /** Without a press: the methods whose maps are all kept. */
  async function showKept() {
    const mine = turn;
    if (store.state.view !== "methods" || obstacle(store.state)) return;
    for (const name of store.state.methods.filter(one => !store.state.sheets.has(one))) {
      const kept = await isKept("/explanations", requestFor(store.state, name));
      if (mine !== turn) return;
      if (kept && !store.state.sheets.has(name)) await show(name, mine);
    }
  }

  /** Sheets are of one request: another one takes them away. */
  function forget() {
    turn++;
    store.set({ sheets: new Map() });
  }

  async function stop() {
    const names = [...store.state.sheets].filter(([, { explanation }]) => explanation && !ended(explanation));
    await Promise.all(names.map(([, { explanation }]) => cancel(explanation.job)));
  }

  return { run, showKept, forget, stop };
}
