// What is kept is shown without a press: asks the server whether a request could be answered without computing.
import { post } from "./api.js";
import { debounced } from "./dom.js";

const WAIT_MS = 150;

/** Whether all of a request is kept; what cannot be answered is not. */
export const isKept = (path, body) => post(`${path}/kept`, body).then(({ kept }) => kept, () => false);

/**
 * After a change of one of `fields`: asks for wanted(state), the request or null, and calls show() when all of it is
 * kept and still wanted. A change that came while something ran waits until `result`, a field, has ended: nothing is
 * wanted until then.
 * @param {import("./store.js").Store} store
 * @param {string[]} fields
 * @param {{path: string, wanted: (state: any) => any, show: () => void, result?: string}} page
 */
export function showKept(store, fields, { path, wanted, show, result = "" }) {
  let tried = ""; // the request that was asked for last: the end of a run asks for none twice
  const asked = () => JSON.stringify(wanted(store.state));
  const look = debounced(async () => {
    const body = wanted(store.state);
    const mine = asked();
    if (!body || mine === tried) return;
    tried = mine;
    if ((await isKept(path, body)) && asked() === mine) show();
  }, WAIT_MS);
  store.on(fields, () => {
    tried = "";
    look();
  });
  store.on([result], look);
}
