// What is kept is shown without a press: asks the server whether a request could be answered without computing.
import { post } from "./api.js";
import { debounced } from "./dom.js";

const WAIT_MS = 150;

/** Whether all of a request is kept; what cannot be answered is not. */
export const isKept = (path, body) => post(`${path}/kept`, body).then(({ kept }) => kept, () => false);

/**
 * After a change of one of `fields`: asks for wanted(state), the request or null, and calls show() when all of it is
 * kept and still wanted.
 */
export function showKept(store, fields, { path, wanted, show }) {
  const asked = () => JSON.stringify(wanted(store.state));
  const look = debounced(async () => {
    const body = wanted(store.state);
    const mine = asked();
    if (body && (await isKept(path, body)) && asked() === mine) show();
  }, WAIT_MS);
  store.on(fields, look);
}
