// The rows of Explore: pieces of a query, cells and query as one expression, which rows of a long list exist.
import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_CELLS, cellsOf, queryOf, withCell, without } from "../../static/js/explore/rows/cells.js";
import { ordinary, shownOf, sortAfter, sortOf, tracksOf } from "../../static/js/explore/rows/layout.js";
import { createPages } from "../../static/js/explore/rows/pages.js";
import { inkOf, replaced, tokensOf } from "../../static/js/explore/rows/tokens.js";
import { distanceText, exponential, letterAt, modelOf, numberText, percent } from "../../static/js/explore/rows/values.js";
import { MOST_PX, heightOf, pagesOf, scrollFor, windowOf } from "../../static/js/explore/rows/window.js";

const COLUMNS = new Set(["index", "label", "a.loss", "a.right"]);
const kinds = text => tokensOf(text, COLUMNS).filter(({ kind }) => kind !== "space").map(({ kind }) => kind);

test("pieces of a query have a kind each and are together the whole of it", () => {
  assert.deepEqual(kinds('label = "a \\" b" and not A.right'), ["column", "operator", "text", "keyword", "keyword", "column"]);
  assert.deepEqual(kinds("index 0..99"), ["column", "number", "operator", "number"]);
  assert.deepEqual(kinds("A.loss > -1.5e-3 or B.loss<=2"), ["column", "operator", "number", "keyword", "word", "operator", "number"]);
  assert.deepEqual(kinds("label in [3, cat]"), ["column", "keyword", "operator", "number", "operator", "word", "operator"]);
  for (const text of ["", "  label=  ", '"open', "A.loss > ü 😀 ~ $", "a..b 1.5..2."])
    assert.equal(tokensOf(text, COLUMNS).map(piece => piece.text).join(""), text);
});

test("the range that was not understood is underlined and nothing else, counted in code points as the server counts", () => {
  const wrong = (text, at) => inkOf(text, COLUMNS, at).filter(piece => piece.wrong).map(piece => piece.text).join("");
  assert.equal(wrong('label = "8" and A.konfidence > 0.9', [16, 28]), "A.konfidence");
  assert.equal(wrong('label = "😀" and A.los > 1', [16, 21]), "A.los");
  assert.equal(wrong("A.loss >", [8, 8]).trim(), "");
  assert.equal(inkOf("A.loss >", COLUMNS, [8, 8]).at(-1).wrong, true);
  assert.equal(inkOf("A.loss > 1", COLUMNS).some(piece => piece.wrong), false);
  assert.equal(replaced('label = "😀" and A.los > 1', [16, 21], "A.loss"), 'label = "😀" and A.loss > 1');
});

test("cells make a query, and a query gives its cells back", () => {
  const one = withCell(NO_CELLS, "A.loss", "> 1 ");
  const two = withCell(one, "label", "[3, 5]");
  assert.equal(queryOf(two), "A.loss > 1 and label [3, 5]");
  assert.equal(queryOf(withCell(two, "A.loss", "  ")), "label [3, 5]");
  assert.equal(queryOf(withCell(withCell(two, "A.loss", ""), "label", "")), "");
  assert.deepEqual(cellsOf("A.loss > 1", { "A.loss": "> 1" }, two), { rest: "", cells: { "A.loss": "> 1" } });
  const written = "label 3 and A.loss > 1";
  assert.equal(queryOf(cellsOf(written, { "A.loss": "> 1", label: "3" })), written);
  assert.deepEqual(cellsOf("A.right and label 3", { label: "3", "A.right": "" }).cells, { "A.right": "yes", label: "3" });
});

test("what is no plain conjunction stays whole beside a cell", () => {
  const rest = cellsOf("label 3 or label 5", null);
  assert.deepEqual(rest, { rest: "label 3 or label 5", cells: {} });
  const more = withCell(rest, "A.loss", "> 1");
  assert.equal(queryOf(more), "(label 3 or label 5) and A.loss > 1");
  assert.equal(cellsOf(queryOf(more), null, more), more);
  assert.equal(queryOf(withCell(more, "A.loss", "")), "label 3 or label 5");
});

test("a condition that is left out leaves the others", () => {
  const terms = [{ text: "a > 1" }, { text: "not b" }, { text: "c = 2" }];
  assert.equal(without(terms, 1), "a > 1 and c = 2");
});

test("of a list only the rows in view exist, at its place", () => {
  const list = { total: 2000, row_px: 40, view_px: 400 };
  assert.equal(heightOf(list), 80_000);
  assert.deepEqual(windowOf(list, 0), { first: 0, last: 14, top_px: 0 });
  assert.deepEqual(windowOf(list, 4000), { first: 96, last: 114, top_px: 3840 });
  assert.equal(windowOf(list, 79_600).last, 2000);
  assert.deepEqual(windowOf({ total: 0, row_px: 40, view_px: 400 }, 0), { first: 0, last: 0, top_px: 0 });
});

test("a million rows end where the scroll bar ends, whatever a browser can hold", () => {
  const list = { total: 1_000_000, row_px: 40, view_px: 400 };
  assert.equal(heightOf(list), MOST_PX);
  const end = MOST_PX - 400;
  const { first, last, top_px } = windowOf(list, end);
  assert.equal(last, 1_000_000);
  assert.ok(Math.abs(top_px + (last - first) * 40 - MOST_PX) < 1, "the last row ends at the end");
  const scroll = scrollFor(list, 654_321, 0);
  const seen = windowOf(list, scroll);
  const row_px = seen.top_px + (654_321 - seen.first) * 40;
  assert.ok(row_px >= scroll - 1 && row_px + 40 <= scroll + 401, "the wanted row is wholly seen");
});

test("a row that is seen is not scrolled to", () => {
  const list = { total: 100, row_px: 40, view_px: 400 };
  assert.equal(scrollFor(list, 5, 100), 100);
  assert.equal(scrollFor(list, 1, 100), 40);
  assert.equal(scrollFor(list, 20, 100), 440);
});

test("pages are those that hold the rows in view", () => {
  assert.deepEqual(pagesOf({ first: 55, last: 61 }, 60), [0, 1]);
  assert.deepEqual(pagesOf({ first: 0, last: 60 }, 60), [0]);
  assert.deepEqual(pagesOf({ first: 3, last: 3 }, 60), []);
});

const EXPLORATION = {
  models: [{ id: "m1", has_labels: true }, { id: "m2", has_labels: true }],
  columns: ["index", "file", "label", "disagreement", "tags", ...["A", "B"].flatMap(l => ["prediction", "right", "loss", "confidence"].map(p => `${l}.${p}`))].map(
    name => ({ name, kind: /loss|confidence|index|disagreement/.test(name) ? "number" : "class" }),
  ),
};

test("the model that is looked through comes with all it says, the others with their answer", () => {
  const names = ["index", "file", "label", "B.prediction", "B.confidence", "B.loss", "A.prediction", "tags"];
  assert.deepEqual(ordinary(EXPLORATION, "B"), names);
  const chosen = new Set(["label", "A.right"]);
  assert.deepEqual(shownOf(EXPLORATION, "B", chosen).map(({ name }) => name), ["label", "A.right"]);
  assert.ok(tracksOf(shownOf(EXPLORATION, "B", null)).least_px > 700);
});

test("a heading sorts numbers largest first, and the other way round when pressed again", () => {
  const loss = { name: "A.loss", kind: "number" };
  const once = sortAfter({ sort: "index", order: "asc" }, loss);
  assert.deepEqual(once, { sort: "A.loss", order: "desc" });
  assert.deepEqual(sortAfter(once, loss), { sort: "A.loss", order: "asc" });
  assert.deepEqual(sortAfter(once, { name: "label", kind: "class" }), { sort: "label", order: "asc" });
});

test("the highest loss comes first, without labels the order of the images", () => {
  assert.deepEqual(sortOf({ exploration: EXPLORATION }, "B"), { sort: "B.loss", order: "desc" });
  const blind = { ...EXPLORATION, models: [{ id: "m1", has_labels: false }] };
  assert.deepEqual(sortOf({ exploration: blind }, "A"), { sort: "index", order: "asc" });
  assert.deepEqual(sortOf({ exploration: blind, sort: "A.confidence", order: "asc" }, "A"), { sort: "A.confidence", order: "asc" });
});

test("the model that is looked through is that of the colour, else of the right map, else the first", () => {
  const letter = state => modelOf({ exploration: EXPLORATION, ...state }).letter;
  assert.equal(letter({ colour: "B.loss" }), "B");
  assert.equal(letter({ colour: "label", maps: { right: { of: "m2" } } }), "B");
  assert.equal(letter({ colour: "label" }), "A");
  assert.deepEqual([0, 25, 26, 27].map(letterAt), ["A", "Z", "AA", "AB"]);
});

test("a loss has three significant digits in exponential form", () => {
  assert.equal(exponential(5.0123e-9), "5.01e\u221209");
  assert.equal(exponential(13.8), "1.38e+01");
  assert.equal(exponential(0), "0.00e+00");
  assert.equal(exponential(1e-120), "1.00e\u2212120");
  assert.deepEqual([null, undefined, NaN].map(exponential), ["–", "–", "–"]);
  assert.deepEqual([0, 4.2512, 0.01234, 1e-5, 1234.5].map(distanceText), ["0.00", "4.25", "0.0123", "1.00e\u221205", "1\u202f235"]);
  assert.equal(numberText({ name: "A.loss" }, 1), "1.00e+00");
  assert.equal(numberText({ name: "disagreement" }, 3), "3");
});

test("rows stay where they are while an exploration grows, and come again where they are looked at", async () => {
  let version = 1;
  const asks = [];
  const ask = async (question, start) => {
    asks.push([question.version, start]);
    return { total: 180, n: 180, rows: Array.from({ length: 60 }, (_, k) => ({ row: start + k, version })) };
  };
  const pages = createPages(ask, () => {});
  await pages.open({ query: "", version });
  pages.want({ first: 70, last: 90 });
  await settled();
  version = 2;
  await pages.open({ query: "", version });
  assert.deepEqual([pages.at(0).version, pages.at(70).version], [1, 2]);
  pages.want({ first: 0, last: 20 });
  await settled();
  assert.equal(pages.at(0).version, 2);
  assert.deepEqual(asks, [[1, 0], [1, 60], [2, 60], [2, 0]]);
});

const settled = () => new Promise(done => setTimeout(done, 80));

test("rows stay when the next question is refused, and go when it is answered", async () => {
  const refused = Object.assign(new Error("no"), { field: "query" });
  const asks = [];
  const pages = createPages(async (question, start, size) => {
    asks.push([question.query, start]);
    if (question.query === "bad") throw refused;
    return { total: 130, hidden: 0, n: 130, rows: Array.from({ length: Math.min(size, 130 - start) }, (_, k) => ({ row: start + k })) };
  }, () => {});
  await pages.open({ query: "" });
  await pages.open({ query: "bad" });
  assert.equal(pages.problem, refused);
  assert.equal(pages.at(59).row, 59);
  pages.want({ first: 50, last: 130 });
  await settled();
  assert.equal(pages.at(129).row, 129);
  assert.equal(pages.placeOf(125), 125);
  await pages.open({ query: "good" });
  assert.equal(pages.problem, null);
  assert.equal(pages.at(100), undefined);
  assert.deepEqual(asks, [["", 0], ["bad", 0], ["", 60], ["", 120], ["good", 0]]);
});

test("a share that is nearly all or nothing is not said to be it", () => {
  const said = [0, 0.0004, 0.004, 0.5, 0.994, 0.9964, 0.99999, 1].map(share => percent(share).replace(/\s/, " "));
  assert.deepEqual(said, ["0 %", "0.1 %", "0.4 %", "50 %", "99 %", "99.6 %", "99.9 %", "100 %"]);
});
