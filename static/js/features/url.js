// The whole state of Features in the address behind the #: a copied link opens the same view.
import { codec, listed, single, whole } from "../lib/address-codec.js";
import { DATASETS, MODELS } from "../lib/address-names.js";

const FIELDS = {
  model: ["model", single(MODELS.idOf, MODELS.nameOf)],
  kind: ["kind", single(text => (["class", "neuron", "channel"].includes(text) ? text : "class"))],
  index: ["index", listed(whole)],
  layer: ["layer", single()],
  initial: ["start", single()],
  source: ["from", single(DATASETS.idOf, DATASETS.nameOf)],
  image: ["image", single(whole)],
  seed: ["seed", single(whole)],
  preset: ["preset", single()],
  dataset: ["dataset", single(DATASETS.idOf, DATASETS.nameOf)],
  shown: ["shown", single(whole)],
  contrast: ["contrast", single(text => (text === "generated" ? text : "stretched"))],
  run: ["run", single()],
};

export const { kept: KEPT, read, write, remember, remembered } = codec(FIELDS, "innv-features", "preset");
