// Trust as a part of Visualize: loads the metrics when they are first needed, asks the cost, runs, reopens, and leads on to
// Grid with the method that it speaks for.
import { get } from "../../lib/api.js";
import { chooseMethod } from "../../lib/changes.js";
import { ended } from "../../lib/follow.js";
import { complain, toast } from "../../shell/toast.js";
import { obstacle } from "../request.js";
import { createCost } from "./cost.js";
import { FINDING, imagesToFind } from "./finding.js";
import { createTrustPanel } from "./panel.js";
import { busy, going } from "./run-line.js";
import { createTrustRunner } from "./runner.js";
import { otherWishes, testedOf, trustObstacle, trustRequestOf } from "./request.js";
import { $ } from "../../lib/dom.js";

/** What is not of the address. */
export const UNKEPT = { trust: null, trustPosting: false, trustProblem: null, trustAsked: null, cost: null, metricCatalog: null };

/** waits(): whether the address names what is not open. */
export function createTrust(store, { waits }) {
  const runner = createTrustRunner(store);
  const drawPanel = createTrustPanel(store);
  let loading = null;

  const missing = state => trustObstacle(state, obstacle(state));
  const answered = state =>
    Boolean(state.trust) && !otherWishes(state, state.trust, state.trustAsked).length && state.trust.status === "done";
  const wanted = state => (state.view !== "trust" || missing(state) || waits() || busy(state) ? null : trustRequestOf(state));

  function load() {
    loading ??= get("/metrics").then(
      metricCatalog => store.set({ metricCatalog }),
      error => {
        loading = null;
        complain(error);
      },
    );
    return loading;
  }

  function run() {
    if (missing(store.state) || busy(store.state)) return;
    runner.run().catch(complain);
  }

  /** What is kept is shown without a press; not while another table is growing. */
  function showKept() {
    if (!answered(store.state) && !going(store.state)) run();
  }

  /** A row's method, with its settings, becomes that of Grid. */
  function useMethod(name, place = 0) {
    const row = store.state.trust.rows.find(one => one.name === name);
    chooseMethod(store, row.analyzer);
    const usual = store.state.catalog.analyzers.find(one => one.name === row.analyzer).fields;
    const params = Object.fromEntries(
      usual
        .filter(field => field.name in row.params && row.params[field.name] !== field.default)
        .map(field => [field.name, row.params[field.name]]),
    );
    store.set({ params, view: "grid", image: place, run: null, colormap: null, opacity: null });
  }

  function showInGrid(row, image) {
    const { images, dropped } = store.state;
    useMethod(row.name, Math.max(0, images.filter(index => !dropped.includes(index)).indexOf(image)));
  }

  /** The shortlist by insertion and deletion, on enough of the person's images. */
  function find() {
    const { images, dropped, dataset, catalog } = store.state;
    const n = catalog.datasets.find(({ id }) => id === dataset)?.n ?? 0;
    const chosen = imagesToFind({ images, dropped }, n);
    const before = { images, dropped };
    store.set({ view: "trust", tested: null, metrics: FINDING, images: chosen, dropped: [], sortedBy: null, openRow: null });
    $("#canvas").focus();
    const selected = images.filter(index => !dropped.includes(index)).length;
    if (chosen.length > selected)
      toast(`${chosen.length} images of the dataset are selected: ${selected} would decide little.`, {
        act: () => store.set(before),
      });
  }

  /** From a map that has something wrong: its method is among those that are measured. */
  async function openFor(analyzer) {
    store.set({ view: "trust" });
    await load();
    const tested = testedOf(store.state);
    if (!tested.includes(analyzer)) store.set({ tested: [...tested, analyzer] });
    $("#canvas").focus();
  }

  /** Once the page is filled, or another address was opened. */
  async function open() {
    runner.forget();
    store.set({ trust: null, trustPosting: false, trustProblem: null, trustAsked: null });
    drawPanel(store.state);
    if (store.state.view !== "trust") return;
    await load();
    if (store.state.trustId) runner.reopen(store.state.trustId).catch(complain); // another address may come while it goes on
    else cost.look();
  }

  const cost = createCost(store, wanted, showKept);
  store.on(["view"], ({ view }) => view === "trust" && load());
  store.on(["shownFill"], () => runner.showFill().catch(complain));
  store.on(["trustId"], ({ trustId, view }) => view === "trust" && !trustId && cost.look());
  addEventListener("innv:trust", ({ detail }) => openFor(detail).catch(complain));
  $("#find-method").addEventListener("click", find);
  store.on(["catalog"], () => ($("#find-method").disabled = false));
  const isOwn = ({ id, kind }, { trust, trustPosting }) =>
    trust ? trust.job.id === id && !ended(trust) : trustPosting && kind === "trust";
  return { run, stop: runner.stop, open, useMethod, showInGrid, isOwn };
}
