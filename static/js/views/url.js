// The whole state of Views in the address behind the #: a copied link opens the same view.
import { codec, listed, single, whole } from "../lib/address-codec.js";
import { DATASETS, MODELS } from "../lib/address-names.js";

export const ADDRESS = codec(
  {
    view: ["view", single()],
    models: ["models", listed(MODELS.idOf, MODELS.nameOf)],
    dataset: ["dataset", single(DATASETS.idOf, DATASETS.nameOf)],
    images: ["images", listed(whole)],
    run: ["run", single()],
  },
  "innv-views",
);
