// The whole state of Visualize in the address behind the #: it never reaches the server's log, and a copied link opens
// the same view.
import { byModel, codec, listed, number, readOnly, single, whole } from "../lib/address-codec.js";
import { DATASETS, MODELS } from "../lib/address-names.js";
import { parsed } from "../lib/neuron-target.js";
import { TRUST_BLANK } from "./trust/blank.js";
import { regionsForm } from "./trust/regions.js";

const flag = { read: raw => raw === "1", write: value => (value ? "1" : "") };
const VIEWS = ["slide", "methods", "trust", "compare"];
const STEPS = [10, 20, 50];
const FILLS = ["blur", "mean", "grey"];
const SMALLEST = 80;
const LARGEST = 480;

/** Throws for what is none of these, so that the pair is left out. */
const oneOf = values => value => {
  if (!values.includes(value)) throw new RangeError("not one of them");
  return value;
};

/** A list that is not written where it is the usual one. */
const usual = (form, values) => ({ ...form, write: value => (String(value) === String(values) ? "" : form.write(value)) });

const FIELDS = {
  models: ["models", listed(MODELS.idOf, MODELS.nameOf)],
  dataset: ["dataset", single(DATASETS.idOf, DATASETS.nameOf)],
  images: ["images", listed(whole)],
  analyzer: ["method", single()],
  target: ["class", single(String, String, "predicted")],
  neurons: ["neurons", single(text => (parsed(text) ? text : null))],
  layers: ["layer", byModel(MODELS)],
  engine: ["engine", single(String, String, "auto")],
  softmax: ["softmax", flag],
  unchecked: ["unchecked", flag],
  view: ["view", single(text => (VIEWS.includes(text) ? text : "grid"))],
  methods: ["methods", listed()],
  compared: ["compare", { ...listed(), read: raw => [...new Set(listed().read(raw))] }],
  image: ["image", single(number)],
  opacity: ["opacity", single(number)],
  colormap: ["colours", single()],
  clip: ["clip", single(number, String, 100)],
  size: ["size", single(text => Math.min(LARGEST, Math.max(SMALLEST, number(text))))],
  run: ["run", single()],
  tested: ["test", { ...listed(), emptyToo: true }],
  metrics: ["metrics", { ...listed(), emptyToo: true }],
  fills: ["fills", usual(listed(oneOf(FILLS)), TRUST_BLANK.fills)],
  steps: ["steps", single(text => oneOf(STEPS)(number(text)), String, TRUST_BLANK.steps)],
  regions: ["regions", regionsForm],
  ownMasks: ["masks", flag],
  sortedBy: ["sort", single()],
  sortedModel: ["by", single(MODELS.idOf, MODELS.nameOf)],
  shownModel: ["show", single(MODELS.idOf, MODELS.nameOf)],
  openRow: ["row", single()],
  openImage: ["at", single(whole, String, 0)],
  shownFill: ["fill", single(oneOf(FILLS))],
  trustId: ["trust", single()],
  go: ["go", readOnly(() => true)],
};

const ADDRESS = codec(FIELDS, "innv-visualize", "analyzer");

export const { read, remember, remembered } = ADDRESS;
export const KEPT = [...ADDRESS.kept.filter(field => field !== "go"), "dropped"];

/** Images that were taken out of the selection are not part of the link. */
export const write = state =>
  ADDRESS.write({ ...state, images: state.images.filter(index => !state.dropped.includes(index)) });
