// What is done to a run that is there: pin, name, tick, show its steps, go on, duplicate, remove, open in Visualize.
import { $ } from "../lib/dom.js";
import { spread } from "../lib/choices.js";
import { explainLink } from "../lib/links.js";
import { inOrder, turns } from "../lib/turns.js";
import { complain, toast } from "../shell/toast.js";
import { tickedWith } from "./compare/tray.js";
import { stateOf } from "./request.js";
import { withRun } from "./runner.js";
import { mainTrials } from "./summary.js";
import * as api from "./workshop-api.js";

/** The run whose row has the focus when this one has gone. */
export function neighbour(runs, id) {
  const place = runs.findIndex(run => run.id === id);
  return (runs[place + 1] ?? runs[place - 1])?.id ?? null;
}

/** At its old place among the others, the newest first. */
export const restoredTo = (runs, run, place) => runs.toSpliced(place, 0, run);

/** The network beside its training images, where they could be opened. */
const visualize = (model, dataset) =>
  dataset?.status === "ready"
    ? explainLink({ dataset: dataset.id, images: spread(dataset.n), models: [model.id] })
    : `/visualize#models=${encodeURIComponent(model.id)}`;

/** focus(id): gives a row the focus, null the page. */
export function createRunActs(store, runner, focus) {
  const take = run => store.set({ runs: withRun(store.state.runs, run) });
  const send = inOrder();
  const changed = (run, changes) => send(() => api.change(run.id, changes)).then(take).catch(complain);
  const leading = turns();

  async function undo(run, place) {
    const again = await api.restore(run.id);
    store.set({ runs: restoredTo(store.state.runs, again, place) });
    focus(run.id);
  }

  async function remove(run) {
    const next = neighbour(store.state.runs, run.id);
    const place = store.state.runs.findIndex(({ id }) => id === run.id);
    await api.forget(run.id);
    const { runs, ticked, open } = store.state;
    const others = ids => ids.filter(id => id !== run.id);
    store.set({ runs: runs.filter(({ id }) => id !== run.id), ticked: others(ticked), open: others(open) });
    focus(next);
    toast(`${run.name} was removed.`, { act: () => undo(run, place).catch(complain) });
  }

  async function toVisualize(run) {
    const current = leading();
    const close = toast(`Opening the network of ${run.name} in Visualize…`);
    const [model, dataset] = await api.toModels(run.id, mainTrials(run)[0]);
    close();
    if (!current()) return;
    if (model.status !== "ready") throw model.refusal ? new Error(model.refusal) : new Error(`${model.name} could not be opened.`);
    location.assign(visualize(model, dataset));
  }

  function toggle({ id }) {
    const { open } = store.state;
    store.set({ open: open.includes(id) ? open.filter(other => other !== id) : [...open, id] });
  }

  function duplicate(run) {
    store.set({ ...stateOf(run.request, store.state) });
    $("#panel").open = true;
    $("#tile-0")?.focus();
    toast(`The request of ${run.name} is in the panel. Change something and train.`);
  }

  return {
    cancel: run => runner.stop(run).catch(complain),
    resume: (run, epochs = null) => runner.resume(run, epochs).catch(complain),
    pin: run => changed(run, { pinned: !run.pinned }),
    named: (run, name) => changed(run, { name }),
    tick: ({ id }, on) => store.set({ ticked: tickedWith(store.state.ticked, id, on) }),
    remove: run => remove(run).catch(complain),
    visualize: run => toVisualize(run).catch(complain),
    toggle,
    duplicate,
  };
}
