// What a strip says before a job has shown anything.
import assert from "node:assert/strict";
import { test } from "node:test";

const heard = {};
globalThis.addEventListener = (type, act) => (heard[type] = act);
const { beginning } = await import("../../static/js/widgets/strip-parts.js");

const job = (id, more = {}) => ({ id, kind: "score", status: "running", title: `Scoring ${id}`, seconds_left: null, ...more });
const said = (mine, ...jobs) => {
  heard["innv:jobs"]({ detail: jobs });
  return beginning(mine, "soon");
};

test("a job may have to wait for an older one, which is named", () => {
  const mine = job("b");
  assert.equal(said(mine, mine, job("a", { seconds_left: 80 })), "may have to wait for another job: Scoring a, 80 s left");
});

test("it waits for no newer one, no ended one and no check of a preprocessing", () => {
  const mine = job("b");
  assert.equal(said(mine, job("c"), mine, job("a", { status: "done" }), job("p", { kind: "probe" })), "soon");
  assert.equal(said(undefined, job("a")), "soon");
});

test("the job that does a part of its work is no other", () => {
  const mine = job("b", { kind: "explore", follows: "a" });
  assert.equal(said(mine, mine, job("a")), "soon");
  assert.equal(said(mine, mine, job("a"), job("x")), "may have to wait for another job: Scoring x");
});
