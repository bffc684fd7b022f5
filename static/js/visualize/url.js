// The whole state of Visualize in the address behind the #: it never reaches the server's log, and a copied link opens
// the same view.
import { byModel, codec, listed, number, readOnly, single, whole } from "../lib/address-codec.js";
import { DATASETS, MODELS } from "../lib/address-names.js";
import { parsed } from "../lib/neuron-target.js";

const flag = { read: raw => raw === "1", write: value => (value ? "1" : "") };
const VIEWS = ["slide", "methods", "compare"];
const SMALLEST = 80;
const LARGEST = 480;

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
  go: ["go", readOnly(() => true)],
};

const ADDRESS = codec(FIELDS, "innv-visualize", "analyzer");

export const { read, remember, remembered } = ADDRESS;
export const KEPT = [...ADDRESS.kept.filter(field => field !== "go"), "dropped"];

/** Images that were taken out of the selection are not part of the link. */
export const write = state =>
  ADDRESS.write({ ...state, images: state.images.filter(index => !state.dropped.includes(index)) });
