// Whether what is shown is what a panel asks for: two requests as values, and what of them differs as nouns.

const ordered = value =>
  JSON.stringify(value, (_, v) =>
    v && typeof v === "object" && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort()) : v,
  );

/** As values: in which order an object's fields were written makes no difference. */
export const equal = (a, b) => ordered(a) === ordered(b);

/** Lists of the same values in any order. */
export const sameSet = (a, b) => equal([...a].sort(), [...b].sort());

/** Settings of `fields`; one that is not given has its usual value. */
export const sameParams = (fields, a, b) =>
  (fields ?? []).every(({ name, default: usual }) => equal(a?.[name] ?? usual, b?.[name] ?? usual));

/** {noun: whether it is the same} -> the nouns of what differs. */
export const differing = same => Object.keys(same).filter(noun => !same[noun]);

/** "a, b and c" */
export const inWords = nouns => [nouns.slice(0, -1).join(", "), nouns.at(-1)].filter(Boolean).join(" and ");
