// What a request would take, and whether the server would accept it, asked for after each change of it.
import { debounced } from "../../lib/dom.js";
import * as api from "../workshop-api.js";
import { obstacle, requestOf } from "../request.js";

const WAIT_MS = 200;

const CANNOT_TRAIN = 422;

/** Whether the server's word is about the chosen file, which is where it is said then. */
export const isOfFile = ({ model, checked }) =>
  model === "file" && Boolean(checked?.error) && (checked.error.field === "file" || checked.error.status === CANNOT_TRAIN);

/** Keeps state.checked: {of, seconds, problems, error}, of: the request as text. */
export function createCheck(store) {
  const wanted = () => JSON.stringify(requestOf(store.state));

  async function ask() {
    if (!store.state.options || obstacle(store.state)) return void store.set({ checked: null });
    const of = wanted();
    if (store.state.checked?.of === of) return;
    const answer = await api.check(JSON.parse(of)).catch(error => ({ error }));
    if (wanted() === of) store.set({ checked: { of, seconds: null, problems: [], error: null, ...answer } });
  }

  const later = debounced(() => ask(), WAIT_MS);
  store.on(["options", "chosen", "own", "marks", "way", "strength", "model", "file", "initial", "step_size", "epochs", "seed", "seeds"], later);
  return ask;
}
