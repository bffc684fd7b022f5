// A server whose answers a test gives when it likes, so that the second question can be answered first.
import assert from "node:assert/strict";

const was = { fetch: globalThis.fetch, document: globalThis.document, dispatchEvent: globalThis.dispatchEvent };

/** Until all that can go on without an answer has gone on. */
export const settled = () => new Promise(done => setImmediate(done));

/** -> {asked, take(request), restore()}; a request reads "GET /views/v1". */
export function heldServer() {
  const held = [];
  const asked = [];
  globalThis.document = /** @type {any} */ ({ hidden: false });
  globalThis.dispatchEvent = () => true;
  globalThis.fetch = /** @type {any} */ (
    (address, { method }) => {
      const request = `${method} ${address.replace("/api/v1", "")}`;
      asked.push(request);
      return new Promise(done => held.push({ request, done }));
    }
  );
  return {
    asked,
    /** The oldest such request that waits -> give(body, status). */
    take(request) {
      const place = held.findIndex(one => one.request === request);
      assert.ok(place >= 0, `${request} was not asked, but ${asked.join(", ")}`);
      const [{ done }] = held.splice(place, 1);
      return async (body, status = 200) => {
        done({ ok: status < 400, status, statusText: "", json: async () => body });
        await settled();
      };
    },
    restore: () => Object.assign(globalThis, was),
  };
}
