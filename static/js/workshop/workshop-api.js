// What the Workshop asks of the server. A path of REST where it is fetched, an address where the browser saves a file.
import { bytes, get, patch, post, remove } from "../lib/api.js";

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
/** Takes a trained network in among the models. */
export const toModels = (id, trial) => post(`${at(id)}/model`, { trial });
export const films = (id, trial) => bytes(`${at(id)}/trials/${trial}/films.bin`);

export const files = {
  model: (id, trial) => `${ROOT}${at(id)}/trials/${trial}/model.keras`,
  script: id => `${ROOT}${at(id)}/script.py`,
  archive: id => `${ROOT}${at(id)}/export.zip`,
};
