// What retraining asks of the server.
import { get, post } from "../../lib/api.js";

export const PATH = "/workshop/retrainings";
const ROOT = "/api/v1";
const at = id => `${PATH}/${encodeURIComponent(id)}`;

export const check = (body, signal) => post(`${PATH}/check`, body, signal);
export const recommended = model => get(`${PATH}/recommended?model=${encodeURIComponent(model)}`);
export const resume = id => post(`${at(id)}/resume`, {});
/** Adds the new model beside the old one. */
export const toModels = id => post(`${at(id)}/model`, {});

export const files = {
  model: id => `${ROOT}${at(id)}/model.keras`,
  map: (id, image, after) => `${ROOT}${at(id)}/maps/${image}.png?after=${after}`,
  shown: (id, image, seed) => `${ROOT}${at(id)}/shown/${image}.png?seed=${seed}`,
};
