// What the server has: models, datasets, methods, colour maps. Models and datasets may still be loading when a page opens.
import { know } from "./address-names.js";
import { get, pause } from "./api.js";

const ASK_MS = 300;

export const loading = records => records.filter(record => record.status === "loading");
const loads = ({ models, datasets }) => loading(models).length + loading(datasets).length > 0;

/** Models and datasets as they are now. */
export const holdings = async () => {
  const [{ models }, { datasets }] = await Promise.all([get("/models"), get("/datasets")]);
  know({ models, datasets });
  return { models, datasets };
};

/**
 * Everything, and the server's first words. Waits while what the page opens with is loading; `onwait(catalog)` can
 * say so.
 */
export async function openCatalog(needs, onwait) {
  const fixed = Promise.all([get("/analyzers"), get("/colormaps")]);
  for (;;) {
    const parts = [fixed, holdings(), get("/start").catch(() => ({}))];
    const [[{ analyzers }, colormaps], held, start] = await Promise.all(parts);
    const catalog = { ...held, analyzers, colormaps };
    if (!needs(catalog, start)) return { catalog, start };
    onwait(catalog);
    await pause(ASK_MS);
  }
}

/** Until somebody comes back to this page: from another tab or window, or by the browser's Back, which keeps pages whole. */
const comeBack = () =>
  new Promise(done => {
    const heard = new AbortController();
    const { signal } = heard;
    const look = () => {
      if (document.hidden) return;
      heard.abort();
      done();
    };
    addEventListener("focus", look, { signal });
    addEventListener("pageshow", event => event.persisted && look(), { signal });
    document.addEventListener("visibilitychange", look, { signal });
  });

/** Calls act() whenever somebody comes back. It never ends. */
export async function onReturn(act) {
  for (;;) {
    await comeBack();
    await act().catch(() => null); // there may be no server any more
  }
}

const same = (a, b) => JSON.stringify([a.models, a.datasets]) === JSON.stringify([b.models, b.datasets]);

/** Calls act() when somebody comes back and the server has other models or datasets than shown() says. It never ends. */
export async function heedReturns(shown, act) {
  for (;;) {
    await comeBack();
    const held = await holdings().catch(shown); // there may be no server any more
    if (!same(held, shown())) await act();
  }
}

const namesIn = ({ models, datasets }) => new Map([...models, ...datasets].map(({ id, name }) => [id, name]));
const gone = (before, now) => new Map([...namesIn(before)].filter(([id]) => !namesIn(now).has(id)));

/**
 * Goes on asking while something is loading, and whenever somebody comes back: models and datasets may have been changed
 * on another page. It never ends.
 * @param {{models: any[], datasets: any[]}} catalog as the page has them
 * @param {(held: {models: any[], datasets: any[]}, gone: Map<string, string>) => void} onchange gone: id -> name of those removed
 */
export async function followCatalog({ models, datasets }, onchange) {
  let known = { models, datasets };
  for (;;) {
    const waits = loads(known);
    await (waits ? pause(2 * ASK_MS) : comeBack());
    const held = await (waits ? holdings() : holdings().catch(() => known)); // there may be no server any more
    if (same(held, known)) continue;
    const lost = gone(known, held);
    known = held;
    onchange(held, lost);
  }
}
