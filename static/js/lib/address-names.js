// Models and datasets in an address: name~hash, the hash that of the content, so that a link means the same after a
// restart with others. An id (m1, d2), as older addresses have it, is taken as it is.

const DIGITS = 12; // of the hash
const FORM = /^(.+?)~([0-9a-f]{12}|)(?:~(\w+))?$/; // ~ and an id where two of one name have the same content

let held = { models: [], datasets: [] };

const hashOf = record => (record.sha256 ?? record.fingerprint ?? "").slice(0, DIGITS);

/** Takes over what is open, before an address is read or written. */
export const know = ({ models = held.models, datasets = held.datasets }) => {
  held = { models, datasets };
};

/** group: "models" or "datasets" of what is open. */
function names(group) {
  const ready = () => held[group].filter(({ status }) => status === "ready");

  /** What stands for an id in an address; an id of none that is open stays. */
  function nameOf(id) {
    const record = ready().find(other => other.id === id);
    if (!record) return id;
    const text = `${record.name}~${hashOf(record)}`;
    const alike = ready().filter(other => `${other.name}~${hashOf(other)}` === text);
    return alike.length > 1 ? `${text}~${id}` : text;
  }

  /** The id of what an address names: one that loads counts by its name. What is not open stays as it is written. */
  function idOf(text) {
    const [, name, hash, id] = FORM.exec(text) ?? [];
    if (name === undefined) return text;
    const same = ready().filter(record => hashOf(record) === hash);
    const named = same.filter(record => record.name === name);
    const found = named.find(record => record.id === id) ?? named[0] ?? (hash ? same[0] : undefined);
    return (found ?? held[group].find(record => record.name === name && record.status === "loading"))?.id ?? text;
  }

  /** {name, hash, namesake} of those of these values that name what is not open; namesake: another of this name. */
  function missing(...values) {
    const texts = [...new Set(values.flat().filter(value => FORM.test(value ?? "")))];
    return texts.map(text => {
      const [, name, hash] = FORM.exec(text);
      return { name, hash, namesake: held[group].find(record => record.name === name) ?? null };
    });
  }

  return { nameOf, idOf, missing };
}

export const MODELS = names("models");
export const DATASETS = names("datasets");
/** To the labels that are no class of a model's. */
export const labelsLink = id => `${modelLink(id)}&show=labels`;
export const modelLink = id => `/models#model=${encodeURIComponent(MODELS.nameOf(id))}`;
