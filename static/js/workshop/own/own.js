// Retraining a custom model with a part painted out: joins painting, request, training and what came of it.
import { $, debounced, h, icon, replace } from "../../lib/dom.js";
import { cancel, follow } from "../../lib/api.js";
import { ready, spread } from "../../lib/choices.js";
import { keepPlace } from "../../lib/focus.js";
import { createFollower } from "../../lib/follow.js";
import { group } from "../../lib/format.js";
import { Store } from "../../lib/store.js";
import { turns } from "../../lib/turns.js";
import { complain } from "../../shell/toast.js";
import { retry } from "../../widgets/strip-parts.js";
import { isLive } from "../summary.js";
import { addressed, choiceOf, elsewhere, isOfChoice, madeFor } from "./choice.js";
import * as api from "./own-api.js";
import { createOwnPanel } from "./panel.js";
import { createPainting } from "./painting.js";
import { BLANK, OPTIONS, datasetOf, obstacle, requestOf } from "./request.js";
import { nowCard, results } from "./results.js";
import { running } from "./running.js";

const CHECK_MS = 400;
const REQUEST = ["model", "dataset", "regions", "spread", ...OPTIONS];

const head = () =>
  h(
    "div",
    { class: "say-head" },
    h("h2", {}, "Retrain with this painted out"),
    h("p", {}, "Paint the part that should not matter. The model is trained again, then tested with that part replaced: only this test shows whether it stopped using it."),
  );

const isDone = ({ retraining }) => retraining?.status === "done" && retraining.options.steps > 0;

/** A model and a dataset to begin with: the first that fit each other. */
function firstChoice({ models, datasets, model, dataset, image }) {
  const labelled = ready(datasets).filter(({ class_names: names }) => names);
  const chosen = dataset ?? labelled.find(({ fits }) => !model || fits?.includes(model))?.id ?? null;
  const record = datasets.find(({ id }) => id === chosen);
  const fitting = ready(models).filter(({ id }) => record?.fits?.includes(id));
  return { dataset: chosen, model: model ?? fitting[0]?.id ?? null, image: image ?? (record?.n ? spread(record.n)[0] : null) };
}

/**
 * root: holds the panel and the canvas of the page. held: {models, datasets}; first: state from the address.
 * keep(state): called at each change. -> {store, train()}
 * @param {any} given
 */
export function createOwn({ root, held, first = {}, keep = () => {} }) {
  const store = new Store({ ...BLANK, ...held, ...first, recommended: null, retraining: null, made: null, posting: false, problem: null, checked: null, refused: null });
  let askedFor = choiceOf(store.state);
  const set = changes => store.set("retraining" in changes ? { ...changes, ...shownNow(changes.retraining) } : changes);
  /** The choice belongs to the retraining as it was asked for; later answers about the same one leave it. */
  function shownNow(retraining) {
    const { retraining: known, made } = store.state;
    return { shown: retraining?.id ?? null, made: known && known.id === retraining?.id ? made : madeFor(retraining, askedFor) };
  }
  const follower = createFollower({ path: api.PATH, key: "retraining", set, opened: ({ retraining }) => retraining });
  const painting = createPainting(store, () => drawWhereOther(store.state));
  const [body, canvas] = [$("#own-body", root), $("#canvas", root)];
  let wasMine = false;
  let asking = null;

  const busy = () => store.state.posting || Boolean(store.state.retraining && isLive(store.state.retraining));
  const begin = more => {
    if (obstacle(store.state) || busy() || store.state.refused) return;
    askedFor = choiceOf(store.state);
    follower.run(requestOf(store.state, more)).catch(complain);
  };
  const train = () => begin({});
  const again = one => {
    store.set(one.changes);
    train();
  };

  async function visualize() {
    const { retraining } = store.state;
    const { model, job } = await api.toModels(retraining.id);
    await follow(job);
    const both = [retraining.model.id, model.id].map(encodeURIComponent).join(",");
    const images = retraining.examples.map(({ index }) => index).join(",");
    location.assign(`/visualize#models=${both}&dataset=${encodeURIComponent(retraining.dataset)}&images=${images}`);
  }

  async function stop() {
    await follower.stop(store.state.retraining);
  }

  async function goOn() {
    const { id } = store.state.retraining;
    const { retraining } = await api.resume(id);
    if (store.state.posting || store.state.retraining?.id !== id) return; // another one was begun meanwhile
    store.set({ retraining, problem: null });
    await follower.reopen(retraining.id, () => null);
  }

  /** Counts of another model or other images would be taken for those of the chosen ones. */
  function forget() {
    asking?.abort();
    store.set({ checked: null });
  }

  const check = debounced(async () => {
    const { state } = store;
    asking?.abort();
    if (obstacle(state)) return store.set({ checked: state.checked, refused: null });
    asking = new AbortController();
    try {
      store.set({ checked: await api.check(requestOf(state), asking.signal), refused: null });
    } catch (error) {
      if (error.name !== "AbortError") store.set({ refused: error });
    }
  }, CHECK_MS);

  const advised = turns();
  /** What is recommended for the model that is chosen. */
  async function recommend({ model }) {
    const current = advised();
    if (!model) return;
    const recommended = await api.recommended(model).catch(() => null);
    if (current()) store.set({ recommended });
  }

  function stopped({ retraining }) {
    const failed = retraining.status === "failed";
    const error = retraining.job.error;
    const words = failed ? [error.message, error.hint].filter(Boolean).join(" ") : `Stopped at step ${group(retraining.step)}. Nothing is lost.`;
    const more = h("button", { class: "btn tiny", type: "button", onclick: () => goOn().catch(complain) }, "Go on");
    return h("div", { class: failed ? "strip bad" : "strip warn", role: failed ? "alert" : "status" }, icon("warn", false), h("span", { class: "grow" }, words), more);
  }

  function problem({ problem: met }) {
    return h("div", { class: "strip bad", role: "alert" }, icon("warn", false), h("span", { class: "grow" }, met.sentence ?? met.message), retry([met], train));
  }

  function parts(state) {
    const { retraining } = state;
    const live = retraining && isLive(retraining);
    if (live && retraining.options.steps) return [running(retraining, { cancel: () => stop().catch(complain) })];
    const mine = isOfChoice(state);
    const isReady = !obstacle(state) && !busy() && !state.refused;
    const other = retraining && !live && !mine ? elsewhere(state, back) : null;
    const now = nowCard(mine && retraining.before ? retraining : null, { measure: () => begin({ steps: 0 }), ready: isReady, other });
    return [state.problem ? problem(state) : null, mine ? outcome(state) : null, head(), h("div", { class: "own2" }, painting.element, now)];
  }

  function outcome(state) {
    if (["failed", "cancelled"].includes(state.retraining.status)) return stopped(state);
    return isDone(state) ? results(state.retraining, { again, visualize: () => visualize().catch(complain) }) : null;
  }

  /** To the choice of the last result. */
  function back() {
    store.set(store.state.made);
    canvas.focus();
  }

  /** Only what differs is drawn again, so that painting is not interrupted. */
  const redraw = state => {
    wasMine = isOfChoice(state);
    replace(body, parts(state));
    painting.draw(state);
  };
  const drawBody = keepPlace(body, redraw, () => $(".strip button", body) ?? canvas);
  /** A stroke makes a result another painting's: said when it has ended, since what moves the picture would bend it. */
  function drawWhereOther(state) {
    if (isOfChoice(state) !== wasMine && !painting.isUnderWay()) drawBody(state);
  }
  const panel = createOwnPanel(store, { train });
  const drawn = ["retraining", "posting", "problem", "refused", "models", "datasets", "model", "dataset"];
  store.on(drawn, drawBody);
  store.on(["regions", "spread", "image"], state => {
    painting.draw(state);
    drawWhereOther(state);
    for (const one of body.querySelectorAll(".nowbox button")) one.disabled = Boolean(obstacle(state)) || busy();
  });
  store.on([...REQUEST, "image", "checked", "recommended", "refused", "posting", "retraining", "models", "datasets"], panel);
  store.on(["model", "dataset"], forget);
  store.on(REQUEST, check);
  store.on(["model"], recommend);
  store.on([...REQUEST, "image", "shown", "made"], state => keep(addressed(state)));
  store.on(["models", "datasets", "dataset"], state => store.set(firstChoice(state)));
  addEventListener("innv:cancelled", () => store.state.retraining && !store.state.posting && follower.reopen(store.state.retraining.id, () => null).catch(complain));

  store.set(firstChoice(store.state));
  if (!datasetOf(store.state)?.own_masks && store.state.spread === "samples") store.set({ spread: "all" });
  drawBody(store.state);
  panel(store.state);
  recommend(store.state);
  check();
  let isChosen = Boolean(first.model) || !first.shown;
  /** An address may name the run alone: its model and images are chosen with its first answer, and stay a person's choice then. */
  function adopt({ retraining }) {
    if (isChosen || !retraining) return;
    isChosen = true;
    store.set({ model: retraining.model.id, dataset: retraining.dataset, image: retraining.examples[0]?.index ?? null });
  }
  store.on(["retraining"], adopt);
  if (first.shown) follower.reopen(first.shown, () => null).catch(complain);
  return { store, train, stop: () => cancel(store.state.retraining.job) };
}
