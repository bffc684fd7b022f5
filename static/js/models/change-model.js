// Changes of models: sent one after another, so that the last one that was chosen is the one that stays.
import { patch } from "../lib/api.js";
import { inOrder } from "../lib/turns.js";

const send = inOrder();

/** -> the model as the server has it then. */
export const changeModel = (id, change) => send(() => patch(`/models/${encodeURIComponent(id)}`, change));
