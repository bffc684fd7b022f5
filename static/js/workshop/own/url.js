// The choice behind the # of the address; ?model=, dataset= and image= of a link from Visualize stand before it.
import { codec, number, single, whole } from "../../lib/address-codec.js";
import { DATASETS, MODELS } from "../../lib/address-names.js";
import { regionsForm } from "../../lib/boxes.js";
import { FOR_ALL, SPREADS } from "./request.js";

const oneOf = values =>
  single(text => {
    if (!values.includes(text)) throw new RangeError("not known");
    return text;
  });
const regions = {
  read: raw => {
    const [all = "", each = ""] = raw.split("/");
    const shared = regionsForm.read(`0:${all}`)[0] ?? [];
    return { ...regionsForm.read(each), ...(shared.length ? { [FOR_ALL]: shared } : {}) };
  },
  write: ({ [FOR_ALL]: shared = [], ...each }) => {
    const all = regionsForm.write({ 0: shared }).replace(/^0:/, "");
    const others = regionsForm.write(each);
    return all || others ? `${all}${others ? `/${others}` : ""}` : "";
  },
};

const FIELDS = {
  model: ["model", single(MODELS.idOf, MODELS.nameOf)],
  dataset: ["dataset", single(DATASETS.idOf, DATASETS.nameOf)],
  image: ["image", single(whole)],
  spread: ["others", oneOf(SPREADS.map(([value]) => value))],
  regions: ["regions", regions],
  way: ["way", oneOf(["filling", "penalty", "both"])],
  fill: ["fill", oneOf(["pictures", "noise", "colour"])],
  strength: ["strength", single(number)],
  steps: ["steps", single(whole)],
  learning_rate: ["rate", single(number)],
  forget: ["forget", single(number)],
  seed: ["seed", single(whole)],
  shown: ["run", single()],
};

export const { kept: KEPT, read, remember, remembered, write } = codec(FIELDS, "innv-own");

/** What a link from another page asks for. */
export function asked(search = location.search) {
  const given = new URLSearchParams(search);
  const image = Number(given.get("image"));
  const found = { model: given.get("model"), dataset: given.get("dataset"), image: given.has("image") && Number.isInteger(image) ? image : null };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== null));
}
