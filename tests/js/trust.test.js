// The table of Trust as values: scales, order, words, the address, what a press costs.
import assert from "node:assert/strict";
import { test } from "node:test";

import { FIELDS_OF_TRUST, model, rows, trustOf } from "./trust-table.js";
import { checksOf } from "../../static/js/maps/health.js";
import { about, costWords } from "../../static/js/visualize/trust/cost.js";
import { labelHeights } from "../../static/js/visualize/trust/curves.js";
import {
  finishedRows,
  marked,
  orderOf,
  placeWords,
  rowStanding,
  shownOf,
  sortOf,
  standingOf,
} from "../../static/js/visualize/trust/order.js";
import { imagesToFind } from "../../static/js/visualize/trust/finding.js";
import { valueAt } from "../../static/js/visualize/trust/pictures.js";
import { boxBetween, moved, regionsForm, resized } from "../../static/js/visualize/trust/regions.js";
import { metricsOf, otherWishes, testedOf, trustObstacle, trustRequestOf } from "../../static/js/visualize/trust/request.js";
import { decimals, scaleOf } from "../../static/js/visualize/trust/scale.js";
import { BLANK } from "../../static/js/visualize/request.js";
import { read, write } from "../../static/js/visualize/url.js";

const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

test("right is better on every scale, and all cells are on it", () => {
  const cells = [
    { mean: 0.31, low: 0.22, high: 0.4 },
    { mean: 0.12, low: 0.07, high: 0.2 },
  ];
  const high = scaleOf({ better: "high", range: [0, 1] }, cells);
  const low = scaleOf({ better: "low", range: [0, 1] }, cells);
  assert.deepEqual([high.from, high.to], [low.to, low.from]);
  assert.ok(high.from <= 0.07 && high.to >= 0.4 && high.to <= 0.5);
  assert.ok(high.at(0.4) > high.at(0.07) && low.at(0.07) > low.at(0.4));
  near(high.at(0.31) + low.at(0.31), 1);
});

test("a column of one value, of none, and beyond the range has a scale", () => {
  const same = scaleOf({ better: "high", range: [0, 1] }, [{ mean: 1, low: 1, high: 1 }]);
  assert.ok(same.from < same.to && same.at(1) === 1);
  const zero = scaleOf({ better: "high", range: [0, 1] }, [{ mean: 0, low: 0, high: 0 }]);
  assert.ok(zero.from < zero.to && zero.at(0) === 0);
  const none = scaleOf({ better: "", range: [0, 1] }, [{ mean: null, low: null, high: null }]);
  assert.deepEqual([none.from, none.to], [0, 1]);
  const far = scaleOf({ better: "low", range: [0, 2] }, [
    { mean: 9, low: 8, high: 10 },
    { mean: 0.1, low: 0, high: 0.2 },
  ]);
  assert.deepEqual([far.from, far.to, far.at(9)], [2, 0, 0]);
  assert.equal(decimals({ from: 0, to: 1 }, -0.001), "0.00");
  assert.equal(decimals({ from: 0.96, to: 1 }, 0.9714), "0.971");
  assert.equal(decimals({ from: -1, to: 1 }, -0.25), "\u22120.25");
  assert.equal(decimals({ from: -1, to: 1 }, null), "–");
});

test("rows are in the server's order, what is not measured comes last", () => {
  const table = trustOf();
  assert.deepEqual(orderOf(table, table.models[0], "difference"), [
    "grad_cam",
    "control:edges",
    "gradient",
    "control:random",
    "lrp.z",
  ]);
  assert.deepEqual(orderOf(table, table.models[0], "sanity").slice(0, 2), ["gradient", "grad_cam"]);
  assert.equal(sortOf(table, "gone"), "difference");
  assert.equal(shownOf(table, "all"), "m1"); // of one model there is no other side
  assert.equal(shownOf({ models: [model("m1"), model("m2")] }, "all"), "all");
});

test("what a cell says is by the controls that it beats", () => {
  const [one] = trustOf().models;
  assert.deepEqual(
    ["grad_cam", "gradient", "control:edges"].map(name => standingOf(one.cells.difference[name])),
    ["good", "low", ""],
  );
  assert.equal(standingOf({ beats: "some", not_beaten: ["control:edges"] }), "within");
  assert.equal(standingOf({ beats: "some", not_beaten: ["control:random"] }), "low");
  assert.equal(rowStanding(one, "gradient"), "low");
  assert.deepEqual([placeWords({ place: 1, shared: true }), placeWords({ place: 3 }), placeWords(null)], ["=1", "3", ""]);
  assert.equal(finishedRows(trustOf()), 3); // one of them has failed, and it is said why
});

test("names in the answer are found whole, the longer before the shorter", () => {
  const names = ["lrp.z", "lrp.z_plus", "gradient"];
  const parts = marked("For lite0, lrp.z_plus beats lrp.z. gradient_x stays.", names);
  assert.deepEqual(
    parts.filter(({ name }) => name).map(({ text }) => text),
    ["lrp.z_plus", "lrp.z"],
  );
  assert.equal(parts.map(({ text }) => text).join(""), "For lite0, lrp.z_plus beats lrp.z. gradient_x stays.");
});

test("boxes stay inside the image, and tiny ones are no boxes", () => {
  assert.deepEqual(boxBetween([0.5, 0.9], [0.2, -0.3]), [0.2, 0, 0.5, 0.9]);
  assert.equal(boxBetween([0.5, 0.5], [0.501, 0.9]), null);
  assert.deepEqual(
    moved([0.5, 0.5, 0.9, 0.9], 0.5, -1).map(x => Number(x.toFixed(3))),
    [0.6, 0, 1, 0.4],
  );
  assert.deepEqual(
    resized([0.5, 0.5, 0.9, 0.9], 0.5, -0.9).map(x => Number(x.toFixed(3))),
    [0.5, 0.5, 1, 0.52],
  );
});

test("the whole view is in the address and comes back from it", () => {
  const state = {
    ...BLANK,
    view: "trust",
    analyzer: "grad_cam",
    models: ["m1"],
    images: [3, 7],
    tested: [],
    metrics: ["deletion", "insertion"],
    fills: ["grey"],
    steps: 20,
    regions: {
      3: [[0.1, 0.2, 0.5, 0.625]],
      7: [
        [0, 0, 1, 1],
        [0.5, 0.5, 0.75, 1],
      ],
    },
    sortedBy: "deletion",
    shownModel: "all",
    openRow: "lrp.epsilon (epsilon 0.1, bias off)",
    openImage: 2,
    shownFill: "grey",
    trustId: "t-1",
  };
  const back = read(write(state));
  for (const field of FIELDS_OF_TRUST) assert.deepEqual(back[field], state[field], field);
  assert.ok(!write({ ...BLANK, view: "trust" }).includes("fills"), "what is usual is not written");
  assert.deepEqual(read("#view=trust&fills=blur,pink&steps=7&regions=3:.5_.5_.1_.9,x:1,4:0_0_1_1"), {
    view: "trust",
    regions: { 3: [], 4: [[0, 0, 1, 1]] },
  });
});

const state = {
  ...BLANK,
  view: "trust",
  dataset: "d1",
  models: ["m1"],
  images: [1, 2],
  analyzer: "gradient",
  catalog: { analyzers: [{ name: "gradient" }, { name: "grad_cam" }, { name: "lrp.z" }], models: [], datasets: [] },
  metricCatalog: {
    metrics: [{ name: "difference" }, { name: "pointing", needs_region: true }, { name: "sanity" }],
    shortlist: ["gradient", "grad_cam", "lrp.z", "gone"],
  },
};

test("the shortlist is what is known of it; metrics of a region need one", () => {
  assert.deepEqual(testedOf(state), ["gradient", "grad_cam", "lrp.z"]);
  assert.deepEqual(metricsOf(state), ["difference", "sanity"]);
  assert.deepEqual(metricsOf({ ...state, regions: { 1: [[0, 0, 1, 1]] } }), ["difference", "pointing", "sanity"]);
  assert.deepEqual(metricsOf({ ...state, regions: { 9: [[0, 0, 1, 1]] } }), ["difference", "sanity"]); // no image of these
  assert.deepEqual(trustRequestOf({ ...state, params: { postprocess: "abs" } }).methods[0], {
    analyzer: "gradient",
    params: { postprocess: "abs" },
  });
  assert.equal(trustObstacle({ ...state, tested: [] }, null), "Choose at least one method.");
  assert.equal(trustObstacle(state, "Open a dataset first."), "Open a dataset first.");
});

test("a table of another request is known by what differs", () => {
  const table = { ...trustOf(), dataset: "d1", images: [{ index: 1 }, { index: 2 }], rows, fills: ["blur", "mean"], steps: 10 };
  assert.deepEqual(otherWishes(state, table, null), []);
  assert.deepEqual(otherWishes({ ...state, images: [1], steps: 20 }, table, null), ["images", "steps"]);
  assert.deepEqual(otherWishes({ ...state, target: "cat" }, table, trustRequestOf(state)), ["class"]);
  const now = table.models.map(({ id }) => ({ id, name: id, preprocessing: { mode: "unit" } }));
  const fed = { ...table, models: table.models.map(one => ({ ...one, preprocessing: { mode: "none" } })) };
  assert.deepEqual(otherWishes({ ...state, catalog: { ...state.catalog, models: now } }, fed, null), ["preprocessing"]);
});

test("the cost is said as a person would say it", () => {
  assert.equal(
    costWords({ passes: 12000, kept: 2400, seconds: 170 }),
    "12\u202f000 forward passes, about 3 min; 2\u202f400 kept from before",
  );
  assert.equal(costWords({ passes: 120, kept: 0, seconds: null }), "120 forward passes");
  assert.equal(costWords({ passes: 120, kept: 120, seconds: 0 }), "120 forward passes, all kept from before");
  assert.deepEqual([0.2, 45, 5400].map(about), ["less than 1 s", "about 45 s", "about 1.5 h"]);
});

test("a method is looked for on enough images, those that are selected among them", () => {
  assert.deepEqual(imagesToFind({ images: [...Array(30).keys()], dropped: [0] }, 400).length, 16);
  const found = imagesToFind({ images: [5, 399], dropped: [] }, 400);
  assert.ok(found.length === 16 && found.includes(5) && found.includes(399));
  assert.deepEqual(imagesToFind({ images: [1, 2], dropped: [] }, 2), [1, 2]);
});

test("labels of curves that end together do not lie over each other", () => {
  const heights = labelHeights([50, 50, 52]);
  const gaps = [...heights].sort((a, b) => a - b).map((height, k, all) => (k ? height - all[k - 1] : 99));
  assert.ok(Math.min(...gaps) >= 11);
  assert.equal(valueAt([0, 0.1, 0.3, 1], [9, 8, 7, 6], 0.3), 7);
});

test("what was checked is listed with what was found; of a map with holes nothing else is known", () => {
  const words = health => checksOf(health).map(({ level, words: said }) => `${level} ${said}`);
  assert.deepEqual(words([{ level: "ok", text: "sound", reason: "" }]), ["ok all numbers are finite", "ok the map is not empty"]);
  assert.deepEqual(
    words([{ level: "warn", text: "adds up to 3 % of the score", reason: "" }]).at(-1),
    "warn adds up to 3 % of the score",
  );
  assert.deepEqual(words([{ level: "bad", text: "NaN", reason: "" }]), ["bad NaN"]);
  assert.deepEqual(words([{ level: "bad", text: "all zero", reason: "" }]), ["ok all numbers are finite", "bad all zero"]);
});
