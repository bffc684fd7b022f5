// The newest question counts, and changes keep their order.
import assert from "node:assert/strict";
import { test } from "node:test";

import { inOrder, turns } from "../../static/js/lib/turns.js";

test("a newer turn ends the one before", () => {
  const begin = turns();
  const first = begin();
  assert.equal(first(), true);
  const second = begin();
  assert.deepEqual([first(), second()], [false, true]);
});

test("two counts of turns know nothing of each other", () => {
  const [one, other] = [turns(), turns()];
  const current = one();
  other();
  assert.equal(current(), true);
});

test("an act waits for the one before, also for one that fails", async () => {
  const send = inOrder();
  const told = [];
  let fail;
  const first = send(() => new Promise((_, failed) => (fail = failed)));
  const second = send(() => told.push("second"));
  await Promise.resolve();
  assert.deepEqual(told, []);
  fail(new Error("No."));
  await assert.rejects(first, /No\./);
  assert.equal(await second, 1);
});
