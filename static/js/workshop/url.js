// The whole choice of the Workshop in the address behind the #. A drawing is written as name:pixels, images of a dataset
// as name:dataset:images, those of an earlier run as name:run:of, marks as class:plus.minus.
import { codec, listed, number, single, whole } from "../lib/address-codec.js";
import { DATASETS, MODELS } from "../lib/address-names.js";
import { drawingOf, packedDrawing, packedIndices, packedMarks, unpackedIndices, unpackedMarks } from "./packing.js";

const OF_RUN = "run";
const part = encodeURIComponent;
const pieces = raw => raw.split(":").map(decodeURIComponent);

function readOwn(raw) {
  const [name, of, images] = pieces(raw);
  if (images === undefined) return { name, pixels: drawingOf(of) };
  if (images === OF_RUN) return { name, run: of };
  return { name, dataset: DATASETS.idOf(of), images: images === "all" ? null : unpackedIndices(images) };
}

function writeOwn({ name, pixels, dataset, images, run }) {
  if (pixels) return [name, packedDrawing(pixels)].map(part).join(":");
  const parts = run ? [name, run, OF_RUN] : [name, DATASETS.nameOf(dataset), images ? packedIndices(images) : "all"];
  return parts.map(part).join(":");
}

const own = {
  read: raw => raw.split(",").filter(Boolean).map(readOwn),
  write: values => values.map(writeOwn).join(","),
};

const marks = {
  read: raw => Object.fromEntries(raw.split(",").filter(Boolean).map(pieces).map(([name, text]) => [name, unpackedMarks(text)])),
  write: values => Object.entries(values).map(([name, all]) => `${part(name)}:${packedMarks(all)}`).join(","),
};

const oneOf = (values, usual) =>
  single(
    text => {
      if (!values.includes(text)) throw new RangeError("not known");
      return text;
    },
    String,
    usual,
  );

const FIELDS = {
  chosen: ["classes", { ...listed(), emptyToo: true }],
  own: ["own", own],
  marks: ["marks", marks],
  way: ["way", single()],
  strength: ["strength", single(number)],
  model: ["model", oneOf(["mlp", "cnn", "file"], null)],
  file: ["file", single(MODELS.idOf, MODELS.nameOf)],
  initial: ["start", single()],
  step_size: ["step", single(number)],
  epochs: ["epochs", single(whole)],
  seed: ["seed", single(whole)],
  seeds: ["seeds", single(whole)],
  show: ["show", oneOf(["grey", "change"], "grey")],
  open: ["steps", listed()],
  difference: ["difference", listed()],
  tour: ["tour", single(whole)],
};

export const { kept: KEPT, read, remember, remembered, write } = codec(FIELDS, "innv-workshop");
