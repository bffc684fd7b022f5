// A job is posted, followed until it ends, silenced by a newer one, and found again by its id.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { createFollower } from "../../static/js/lib/follow.js";

let asked;
let answers; // path -> list of [status, body], the last one stays
const was = { fetch: globalThis.fetch, document: globalThis.document, dispatchEvent: globalThis.dispatchEvent };

beforeEach(() => {
  asked = [];
  answers = {};
  globalThis.document = { hidden: false };
  globalThis.dispatchEvent = () => true;
  globalThis.fetch = async (address, { method }) => {
    const path = address.replace("/api/v1", "");
    asked.push(`${method} ${path}`);
    const queue = answers[`${method} ${path}`] ?? [[404, { error: { message: "gone" } }]];
    const [status, body] = queue.length > 1 ? queue.shift() : queue[0];
    return { ok: status < 400, status, statusText: "", json: async () => body };
  };
});
afterEach(() => Object.assign(globalThis, was));

const at = (id, status) => ({ id, status, job: { id: `j-${id}` } });

function follower() {
  const state = {};
  const set = changes => Object.assign(state, changes);
  return { state, ...createFollower({ path: "/views", key: "shown", set, opened: ({ view }) => view }) };
}

test("a job is asked for until it has ended", async () => {
  answers["POST /views"] = [[202, { view: at("v1", "running") }]];
  answers["GET /views/v1"] = [[200, at("v1", "running")], [200, at("v1", "done")]];
  const { run, state } = follower();
  await run({});
  assert.equal(state.shown.status, "done");
  assert.equal(state.posting, false);
  assert.deepEqual(asked, ["POST /views", "GET /views/v1", "GET /views/v1"]);
});

test("a newer one silences the one before", async () => {
  answers["POST /views"] = [[202, { view: at("v1", "running") }], [202, { view: at("v2", "done") }]];
  answers["GET /views/v1"] = [[200, at("v1", "done")]];
  const { run, state } = follower();
  await Promise.all([run({}), run({})]);
  assert.equal(state.shown.id, "v2");
});

test("what cannot be begun is a problem, and nothing is followed", async () => {
  answers["POST /views"] = [[400, { error: { message: "No.", field: "params.n" } }]];
  const { run, state } = follower();
  await run({});
  assert.equal(state.problem.field, "params.n");
  assert.equal(state.posting, false);
});

test("one that the server no longer has is made otherwise, or is a problem", async () => {
  const { reopen, state } = follower();
  await reopen("v9", () => Promise.resolve(at("v10", "done")));
  assert.equal(state.shown.id, "v10");
  await reopen("v9");
  assert.equal(state.problem.status, 404);
});

test("where nothing is shown instead, there is no problem either", async () => {
  const { reopen, state } = follower();
  await reopen("v9", () => null);
  assert.deepEqual([state.shown, state.problem, state.posting], [undefined, null, false]);
});
