// What the server has: models, datasets, methods, colour maps. Models and datasets may still be loading when a page opens.
import { know } from "./address-names.js";
import { get, pause } from "./api.js";

const ASK_MS = 300;

export const loading = records => records.filter(record => record.status === "loading");

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

/** Goes on asking while something is loading, after the page has opened. */
export async function settle(catalog, onchange) {
  while (loading(catalog.models).length || loading(catalog.datasets).length) {
    await pause(2 * ASK_MS);
    const held = await holdings();
    if (JSON.stringify(held) !== JSON.stringify({ models: catalog.models, datasets: catalog.datasets }))
      onchange((catalog = { ...catalog, ...held }));
  }
}
