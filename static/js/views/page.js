// The page Views: joins request, result and address.
import { copyLink, createAddress } from "../shell/address.js";
import { $ } from "../lib/dom.js";
import { get, pause } from "../lib/api.js";
import { followCatalog, holdings, loading } from "../lib/catalog.js";
import { createFollower, ended } from "../lib/follow.js";
import { onKeys } from "../shell/keyboard.js";
import { startShell } from "../shell/shell.js";
import { takeOver } from "../shell/take-over.js";
import { Store } from "../lib/store.js";
import { onTheme, themeNow } from "../lib/theme.js";
import { complain } from "../shell/toast.js";
import { drawRefused } from "../widgets/refused.js";
import { drawApart } from "../widgets/apart.js";
import { standsApart } from "./answered.js";
import { createViewPanel } from "./panel.js";
import { BLANK, chooseDataset, firstState, obstacle, requestOf } from "./request.js";
import { createResult } from "./result.js";
import { ADDRESS } from "./url.js";

const ASK_MS = 400;
const REQUEST = ["catalog", "view", "models", "dataset", "images", "params"];
const store = new Store({
  ...BLANK,
  catalog: { models: [], datasets: [], views: [] },
  basket: { dataset: null, images: [] },
  target: "predicted", // what choosing models looks after; no view has one
  shown: null,
  problem: null,
  posting: false,
});
const line = createAddress(ADDRESS);
const follower = createFollower({
  path: "/views",
  key: "shown",
  set: changes => store.set(changes.shown ? { ...changes, run: changes.shown.id } : changes),
  opened: answer => get(`/views/${answer.view.id}?theme=${themeNow()}`),
  query: () => `?theme=${themeNow()}`,
});

function run() {
  const invalid = panel.firstInvalid();
  if (invalid) invalid.focus();
  else if (!obstacle(store.state)) {
    stop(); // of another request
    follower.run(requestOf(store.state));
    if (matchMedia("(max-width: 1000px)").matches) $("#panel").open = false;
  }
}

const stop = () => follower.stop(store.state.shown).catch(complain);
const going = ({ shown, posting }) => posting || (shown && !ended(shown));
const panel = createViewPanel(store, { press: () => (going(store.state) ? stop() : run()) });
const drawResult = createResult(run);

/** Parts of another request are named, and dimmed where they are no answer to this one. */
function drawOther(state) {
  const apart = standsApart(state);
  drawApart(apart?.words ?? null, "Show", Boolean(obstacle(state)));
  $("#result").classList.toggle("apart", Boolean(apart?.wrong));
}

async function openCatalog() {
  const [{ views }, basket] = await Promise.all([get("/views"), get("/basket")]);
  for (;;) {
    const held = await holdings();
    if (ready(held) || !waits(held)) return { catalog: { ...held, views }, basket };
    await pause(ASK_MS);
  }
}

const ready = ({ models, datasets }) => [models, datasets].every(all => all.some(({ status }) => status === "ready"));
const waits = ({ models, datasets }) => loading(models).length || loading(datasets).length;

function open({ catalog, basket }) {
  const first = firstState(catalog, basket);
  if (line.opening(first)) first.run = null;
  follower.forget();
  store.set({ shown: null, problem: null, posting: false, ...first, catalog, basket });
  panel.draw(store.state);
  drawResult(store.state);
  drawOther(store.state);
  if (store.state.run) follower.reopen(store.state.run, gone);
}

/** The server no longer has it: the request stands there, to be asked again. */
function gone() {
  store.set({ run: null });
  return null;
}

async function start() {
  startShell({ own: ({ id, kind }) => store.state.shown?.job.id === id || (store.state.posting && kind === "view") });
  try {
    const opened = await openCatalog();
    store.on(["shown", "posting", "problem", "catalog", "view", "models", "dataset", "images"], drawResult);
    store.on(["shown", "posting", ...REQUEST], drawOther);
    store.on(["catalog"], drawRefused);
    store.on(ADDRESS.kept, line.keep);
    onKeys({ "Ctrl+Enter": run });
    $("#apart-run").addEventListener("click", run);
    $("#copy-link").addEventListener("click", copyLink);
    addEventListener("innv:cancelled", ({ detail: job }) => {
      if (job.id === store.state.shown?.job.id) stop();
    });
    onTheme(() => store.state.shown && !store.state.posting && follower.reopen(store.state.shown.id));
    open(opened);
    addEventListener("hashchange", () => open({ catalog: store.state.catalog, basket: store.state.basket }));
    await followCatalog(opened.catalog, (held, gone) => takeOver(store, held, gone, id => store.set(chooseDataset(store.state, id))));
  } catch (error) {
    document.body.dataset.state = "empty";
    $("#empty-title").textContent = "The page could not be filled";
    $("#empty-words").textContent = error.sentence || error.message;
  }
}

start();
