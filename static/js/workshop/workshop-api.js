// What the Workshop asks of the server. A path of REST where it is fetched, an address where the browser saves a file.
import { bytes, get, patch, pause, post, remove } from "../lib/api.js";

export const RUNS = "/workshop/runs";
const ROOT = "/api/v1";
const at = id => `${RUNS}/${encodeURIComponent(id)}`;

export const options = () => get("/workshop/options");
export const runs = () => get(RUNS).then(answer => answer.runs);
export const check = request => post("/workshop/check", request);
export const warm = model => post("/workshop/warm", { model });

export const change = (id, changes) => patch(at(id), changes);
export const forget = id => remove(at(id));
export const restore = id => post(`${at(id)}/restore`, {});
/** Goes on: a stopped run to its end, a finished one by `epochs` more. */
export const resume = (id, epochs = null) => post(`${at(id)}/resume`, epochs ? { epochs } : {});
const ASK_MS = 300;

/** A model or a dataset once it is no longer loading. */
async function settled(path) {
  for (;;) {
    const record = await get(path);
    if (record.status !== "loading") return record;
    await pause(ASK_MS);
  }
}

/** Takes a trained network in among the models, and its training images among the datasets -> both, once they are open. */
export async function toModels(id, trial) {
  const { model, dataset } = await post(`${at(id)}/model`, { trial });
  const paths = [`/models/${encodeURIComponent(model.id)}`, dataset && `/datasets/${encodeURIComponent(dataset.id)}`];
  return Promise.all(paths.map(path => path && settled(path)));
}
export const films = (id, trial) => bytes(`${at(id)}/trials/${trial}/films.bin`);

export const files = {
  model: (id, trial) => `${ROOT}${at(id)}/trials/${trial}/model.keras`,
  script: id => `${ROOT}${at(id)}/script.py`,
  archive: id => `${ROOT}${at(id)}/export.zip`,
};
