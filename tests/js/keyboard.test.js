// "G, then a letter" goes to a page; a letter alone goes nowhere, however young the page is.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

const heard = [];
let now = 0;
globalThis.addEventListener = (_, act) => heard.push(act);
globalThis.document = { querySelector: () => null };
globalThis.location = { href: "" };
Object.defineProperty(globalThis, "performance", { value: { now: () => now } });
const { startPageKeys } = await import("../../static/js/shell/keyboard.js");

const press = key => heard[0]({ key, target: {}, preventDefault() {} });

beforeEach(() => {
  heard.length = 0;
  location.href = "";
  now = 20; // milliseconds after the page began
  startPageKeys();
});

test("a letter alone goes nowhere, on a page that has just begun as well", () => {
  for (const key of "mivsefw") press(key);
  assert.equal(location.href, "");
});

test("a letter behind G goes to its page, if it comes soon", () => {
  press("g");
  now += 1400;
  press("s");
  assert.equal(location.href, "/suggest");
});

test("a letter long behind G, or behind another key, goes nowhere", () => {
  press("g");
  now += 1600;
  press("s");
  press("g");
  press("x");
  press("s");
  assert.equal(location.href, "");
});
