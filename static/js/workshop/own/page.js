// The page Workshop in its mode "Your model".
import { $ } from "../../lib/dom.js";
import { followCatalog, holdings } from "../../lib/catalog.js";
import { copyLink, createAddress } from "../../shell/address.js";
import { onKeys } from "../../shell/keyboard.js";
import { startShell } from "../../shell/shell.js";
import { sayRemoved } from "../../shell/take-over.js";
import { complain } from "../../shell/toast.js";
import { createOwn } from "./own.js";
import { chooseDataset } from "./request.js";
import { asked, read, remember, write } from "./url.js";

const line = createAddress({ read, write, remember });

/** What was chosen and is gone is to be chosen again. */
function takeOver(store, held, gone) {
  const { model, dataset } = store.state;
  sayRemoved([model, dataset], gone);
  store.set({ ...held, ...(gone.has(model) ? { model: null } : {}), ...(gone.has(dataset) ? chooseDataset(null) : {}) });
}

async function start() {
  let own = null;
  startShell({ own: ({ id, kind }) => own?.store.state.retraining?.job?.id === id || (own?.store.state.posting && kind === "retrain") });
  try {
    const held = await holdings();
    const first = { ...read(), ...asked() };
    if (location.search.includes("model=")) history.replaceState(null, "", "/workshop?mode=own");
    line.opening(first);
    own = createOwn({ root: $("#shell"), held, first, keep: line.keep });
    document.body.dataset.state = "ready";
    onKeys({ "Ctrl+Enter": () => own.train() });
    $("#copy-link").addEventListener("click", copyLink);
    await followCatalog(held, (changed, gone) => takeOver(own.store, changed, gone));
  } catch (error) {
    document.body.dataset.state = "error";
    complain(error);
  }
}

start();
