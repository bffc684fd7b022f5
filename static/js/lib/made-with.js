// What a result was made with, beside what is chosen and what its models are now: what differs, and the sentence for it.
import { beside } from "./choices.js";
import { differing, equal, inWords } from "./same.js";

/** What of a model is no longer as its answer has it, as nouns; what the answer does not say is not compared. */
function changesOf(then, now, dataset) {
  const same = {
    preprocessing: !then.preprocessing || equal(then.preprocessing, now.preprocessing),
    "output kind": !then.output_kind || then.output_kind === now.outputs?.kind,
    "class names": !then.classes || equal(then.classes, now.class_names?.slice(0, then.classes.length)),
    "label mapping": !then.by_hand || equal(then.by_hand, now.by_hand?.[dataset] ?? {}),
  };
  return differing(same);
}

/** -> [{name, nouns}]: the models of an answer that were changed on Models since it was made. */
export function changedModels({ catalog, dataset }, models) {
  const known = beside(catalog.models, dataset).filter(model => model.preprocessing);
  return models
    .map(then => [then, known.find(({ id }) => id === then.id)])
    .map(([then, now]) => ({ name: now?.name, nouns: now ? changesOf(then, now, dataset) : [] }))
    .filter(({ nouns }) => nouns.length);
}

function changedSentences(changed, made) {
  const nouns = [...new Set(changed.flatMap(model => model.nouns))];
  const names = noun => inWords(changed.filter(model => model.nouns.includes(noun)).map(({ name }) => name));
  const has = noun => (noun.endsWith("names") ? "have" : "has");
  return nouns.map(noun => `The ${noun} of ${names(noun)} ${has(noun)} changed since ${made}.`);
}

/**
 * The banner's sentences; null where what is shown is what is asked for.
 * @param {string[]} others what is chosen otherwise now, as "another method", "other models"
 * @param {{name: string, nouns: string[]}[]} changed
 * @param {{made: string, press: string}} words made: "these scores were made"
 */
export function apartSentences(others, changed, { made, press }) {
  if (!others.length && !changed.length) return null;
  const first = others.length ? `${made[0].toUpperCase()}${made.slice(1)} with ${inWords(others)}.` : null;
  return [first, ...changedSentences(changed, made), press].filter(Boolean).join(" ");
}
