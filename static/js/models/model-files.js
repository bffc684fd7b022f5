// Sorts dropped files into models: each .keras or .h5 is one; an architecture JSON takes its weights along; a class
// list goes with all.

const READ_BYTES = 64e6;
const stem = name => name.replace(/(\.weights)?\.[^.]+$/, "").toLowerCase();
const ends = (file, ...endings) => endings.some(ending => file.name.toLowerCase().endsWith(ending));

/** An architecture as Keras writes it has a class name and a configuration; every other JSON is taken for class names. */
async function isArchitecture(file) {
  if (file.size > READ_BYTES) return true;
  try {
    const content = JSON.parse(await file.text());
    return Boolean(content?.config && content?.class_name);
  } catch {
    return true;
  } // the server says what is wrong with it
}

function weightsFor(architecture, files) {
  const hdf5 = files.filter(file => ends(file, ".h5", ".hdf5"));
  return (
    hdf5.find(file => stem(file.name) === stem(architecture.name)) ??
    hdf5.find(file => ends(file, ".weights.h5")) ??
    (hdf5.length === 1 ? hdf5[0] : null)
  );
}

/** File[] -> FormData[], one per model: file, weights, classes. */
export async function modelForms(files) {
  const json = files.filter(file => ends(file, ".json"));
  const kinds = await Promise.all(json.map(isArchitecture));
  const architectures = json.filter((_, k) => kinds[k]);
  const classes = json.find((_, k) => !kinds[k]) ?? files.find(file => ends(file, ".txt")) ?? null;
  const pairs = architectures.map(file => [file, weightsFor(file, files)]);
  const taken = new Set([classes, ...pairs.flat()]);
  const all = [...pairs, ...files.filter(file => !taken.has(file)).map(file => [file, null])];
  if (!all.length && classes) all.push([classes, null]);
  return all.map(([file, weights]) => {
    const form = new FormData();
    form.append("file", file, file.name);
    if (weights) form.append("weights", weights, weights.name);
    if (classes && classes !== file) form.append("classes", classes, classes.name);
    return form;
  });
}
