import assert from "node:assert/strict";
import test from "node:test";

import { Selection, base64, bitsOf, countOf, rowsOf } from "../../static/js/explore/selection.js";

test("rows go to bits and back, bit r % 8 of byte r / 8", () => {
  const rows = [0, 1, 7, 8, 9, 63, 64, 999];
  const bits = bitsOf(rows, 1000);
  assert.equal(bits[0], 0b10000011);
  assert.deepEqual(rowsOf(bits), rows);
  assert.equal(countOf(bits), rows.length);
});

test("base64 of many bytes is that of all of them", () => {
  const bits = Uint8Array.from({ length: 20_001 }, (_, place) => (place * 37) % 256);
  assert.equal(base64(bits), Buffer.from(bits).toString("base64"));
});

test("adding, taking away and toggling keep the count and say so", () => {
  const selection = new Selection(async () => "s");
  selection.reset(20);
  let told = 0;
  selection.addEventListener("changed", () => (told += 1));
  selection.only([3, 4]);
  selection.add(bitsOf([4, 5], 20));
  selection.remove([3]);
  selection.toggle(19);
  assert.deepEqual(selection.rows(), [4, 5, 19]);
  assert.equal(selection.count, 3);
  assert.equal(told, 4);
  selection.clear();
  selection.clear();
  assert.equal(told, 5);
});

test("rows are sent once per selection, and again after a failure", async () => {
  let sent = 0;
  let fails = true;
  const selection = new Selection(async () => {
    sent += 1;
    if (fails) throw new Error("away");
    return `s${sent}`;
  });
  selection.reset(8);
  selection.only([1]);
  await assert.rejects(selection.sid());
  fails = false;
  assert.equal(await selection.sid(), "s2");
  assert.equal(await selection.sid(), "s2");
  selection.set(bitsOf([2], 8), "known");
  assert.equal(await selection.sid(), "known");
  assert.equal(sent, 2);
});

test("rows that the server has forgotten are sent again, once; another error is passed on", async () => {
  let sent = 0;
  const selection = new Selection(async () => `s${(sent += 1)}`);
  selection.reset(8);
  selection.only([1]);
  const gone = Object.assign(new Error("gone"), { status: 404, field: "selection" });
  const asked = [];
  const answer = await selection.asked(async sid => {
    asked.push(sid);
    if (sid === "s1") throw gone;
    return `answer to ${sid}`;
  });
  assert.equal(answer, "answer to s2");
  assert.deepEqual(asked, ["s1", "s2"]);
  await assert.rejects(selection.asked(async () => Promise.reject(gone)), gone);
  assert.equal(sent, 3);
  const other = Object.assign(new Error("other"), { status: 400, field: "selection" });
  await assert.rejects(selection.asked(async () => Promise.reject(other)), other);
  assert.equal(sent, 3);
});
