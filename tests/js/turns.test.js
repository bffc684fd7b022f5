// The newest question counts, and changes keep their order.
import assert from "node:assert/strict";
import { test } from "node:test";

import { inOrder, newestLast, onlyLast, turns } from "../../static/js/lib/turns.js";

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

test("where an older value is answered last the newest is sent again", async () => {
  const sent = [];
  const save = newestLast(value => new Promise(done => sent.push([value, done])));
  const saved = [save("old"), save("new")];
  sent[1][1]();
  await Promise.resolve();
  sent[0][1]();
  await saved[1];
  await new Promise(done => setImmediate(done));
  assert.deepEqual(sent.map(([value]) => value), ["old", "new", "new"]);
  sent[2][1]();
  await saved[0];
});

test("values that are answered in their order are sent once", async () => {
  const sent = [];
  const save = newestLast(async value => sent.push(value));
  await Promise.all([save("old"), save("new")]);
  assert.deepEqual(sent, ["old", "new"]);
});

test("of two that are sent in a row the last one acts, once both are sent", async () => {
  const save = onlyLast();
  const told = [];
  const ends = [];
  const slow = name => () => new Promise(done => ends.push(() => done(told.push(`sent ${name}`))));
  const saved = ["one", "two"].map(name => save(slow(name), () => told.push(`act ${name}`)));
  await Promise.resolve();
  assert.equal(ends.length, 1);
  ends[0]();
  await saved[0];
  ends[1]();
  await saved[1];
  assert.deepEqual(told, ["sent one", "sent two", "act two"]);
});

test("one that fails is told to who began it, and the next one acts", async () => {
  const save = onlyLast();
  const told = [];
  await assert.rejects(save(() => Promise.reject(new Error("No.")), () => told.push("one")), /No\./);
  await save(() => {}, () => told.push("two"));
  assert.deepEqual(told, ["two"]);
});
