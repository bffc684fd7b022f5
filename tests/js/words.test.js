// Numbers, names and earlier runs in words.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { count, fileName, fixed, group, parameter, preprocessing, seconds, shape, signed } from "../../static/js/lib/format.js";
import { problemWords } from "../../static/js/images/problem-list.js";
import { description } from "../../static/js/explore/map/words.js";
import { namesOf } from "../../static/js/models/class-lines.js";
import { EARLIER, guessTag, ruleSource } from "../../static/js/models/model-advice.js";
import { change, decimals } from "../../static/js/workshop/summary.js";
import { differences, times } from "../../static/js/visualize/history-words.js";

const RUN = {
  analyzer: "lrp.epsilon",
  params: { epsilon: 1e-7, bias: true },
  models: [{ name: "a" }],
  n_images: 6,
  images: "1,2",
  dataset: "digits",
  engine: "native",
  targets: [{ layer: null, class_: "predicted", neuron: null, top_neurons: null }],
  ids: ["e-1"],
};

test("numbers are grouped thinly, with a true minus and their unit", () => {
  assert.equal(group(1234567), "1\u202f234\u202f567");
  assert.equal(count(1, "class", "classes"), "1 class");
  assert.equal(count(2, "class", "classes"), "2 classes");
  assert.equal(signed(-0.004), "\u22124.00e-3");
  assert.equal(signed(NaN), "–");
  assert.equal(shape([null, 7, 7, 3]), "?×7×7×3");
});

test("what rounds to zero has no sign", () => {
  assert.deepEqual([-0.004, -0, 0, 0.004].map(value => fixed(value)), ["0.00", "0.00", "0.00", "0.00"]);
  assert.deepEqual([fixed(-0.005001), fixed(-0.00004, 4), fixed(-12, 0)], ["\u22120.01", "0.0000", "\u221212"]);
  assert.deepEqual([-0.004, 0.004, 0.02, -0.02].map(value => change(value)), ["0.00", "0.00", "+0.02", "\u22120.02"]);
  assert.deepEqual([decimals(-0.001), decimals(NaN)], ["0.00", "–"]);
});

test("a time is said at its size", () => {
  assert.deepEqual([0.001, 0.5, 5.25, 61, 95].map(seconds), ["under 0.01 s", "0.50 s", "5.3 s", "61 s", "1 min 35 s"]);
});

test("a rule is said in words, and a folder is no part of a file's name", () => {
  assert.equal(preprocessing({ mode: "unit", channels: "bgr" }), "scaled to [0, 1], blue first");
  assert.equal(fileName("cats/1.png"), "1.png");
  assert.equal(parameter([true, -2, 1e-7]), "on, \u22122, 1e-7");
});

test("an earlier run says by what it differs from the one above it", () => {
  assert.deepEqual(differences(RUN, RUN), []);
  assert.deepEqual(differences({ ...RUN, params: { ...RUN.params, epsilon: 0.1 } }, RUN), ["epsilon 0.1"]);
  assert.deepEqual(differences({ ...RUN, images: "3,4" }, RUN), ["other images"]);
  assert.deepEqual(differences({ ...RUN, analyzer: "gradient" }, RUN), []);
  assert.equal(times({ ids: ["e-1", "e-2", "e-3"] }), "3 times");
});

test("no page groups digits in a way of its own", () => {
  const folder = new URL("../../static/js/", import.meta.url);
  const modules = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(name => name.endsWith(".js"));
  const own = modules.filter(name => readFileSync(new URL(name, folder), "utf8").includes('.toLocaleString("en")'));
  assert.deepEqual(own, []);
});

test("what the server says about a map has the groups of the product", () => {
  const map = { of: "m1", sub: "1,280 values · PCA", placed: 1797, n: 1797 };
  const said = description({ map, problem: "", waiting: false }, { colouring: { groups: [], ramp: null }, title: "", count: 0 });
  assert.match(said, /^Map of features, 1\u202f280 values · PCA\. 1\u202f797 of 1\u202f797 images\./);
});

test("a rule that was given is not called a guess, and why another was detected is told as that", () => {
  const torch = { mode: "torch", mean: null, std: null, channels: "rgb" };
  const model = { preprocessing: torch, preprocessing_detected: torch, preprocessing_basis: "name", preprocessing_reason: "By its name." };
  assert.equal(ruleSource(model), "By its name.");
  const given = { ...model, preprocessing: { ...torch, mode: "unit" } };
  assert.equal(ruleSource(given), "Set by hand. Detected: By its name.");
  assert.equal(guessTag(given), null);
  assert.equal(ruleSource({ ...given, preprocessing_reason: "" }), "Set by hand.");
  assert.equal(ruleSource({ ...model, chosen_earlier: ["preprocessing"] }), `${EARLIER} Detected: By its name.`);
});

test("class names are read as the server reads a file of them", () => {
  for (const text of ["cat\ndog\nhen", "0 cat\r\n1 dog\r\n2 hen\r\n", "2: hen\n0: cat\n1: dog", "1\tcat\n2\tdog\n3\then", "2,dog\n 3 , hen\n1,cat"])
    assert.deepEqual(namesOf(text), ["cat", "dog", "hen"], text);
  for (const lines of [["1 star", "2 star"], ["0 cat", "dog"], ["0 cat", "2 dog"], ["7 cat", "8 dog"], ["3D", "2D"], ["0", "1"], ["0-cat", "1-dog"], ["1 cat"]])
    assert.deepEqual(namesOf(lines.join("\n")), lines);
  assert.deepEqual(namesOf('["b", "a"]'), ["b", "a"]);
  assert.deepEqual(namesOf('{"0": "a"}'), { 0: "a" });
});

test("images that cannot be read and files that are left out are counted apart", () => {
  const words = (unread, left_out, checked, total) => problemWords({ unread, left_out, checked, total });
  assert.equal(
    words(1, 1, 10, 10),
    "1 of 10 images cannot be read. 1 file is left out, and not counted as an image. All 10 images were checked.",
  );
  assert.equal(words(0, 0, 1, 1), "No bad files were found. The image was checked.");
  assert.match(words(0, 2, 0, 3), /^2 files are left out, and not counted as images\. /);
  assert.match(words(0, 0, 4, 9), /^4 of 9 images were checked/);
});
