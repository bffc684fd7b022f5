// What a drawing, its name and marks have to be, in sentences; null where nothing is wrong.

const MOST_NAME = 80; // characters

const same = (a, b) => a.every((value, place) => value >= 128 === b[place] >= 128);

/** others: classes {name, label, pixels} other than the one that is drawn. */
export function drawingProblem(pixels, others) {
  if (!pixels.some(value => value > 0)) return "The drawing is empty. Paint at least one pixel.";
  if (pixels.every(value => value > 0)) return "The drawing is white everywhere. Erase some of it.";
  const twin = others.find(one => one.pixels && !one.noise && same(one.pixels, pixels));
  return twin ? `This is the same as ${twin.label}: no network can tell them apart. Change a few pixels.` : null;
}

export function nameProblem(name, others) {
  if (!name) return "Expected a name for the class. Type one.";
  if (name.length > MOST_NAME) return `Expected a name of at most ${MOST_NAME} characters, got ${name.length}. Make it shorter.`;
  const taken = others.some(one => [one.name, one.label].some(other => other.toLowerCase() === name.toLowerCase()));
  return taken ? `There is a class ${name} already. Choose another name.` : null;
}

export function marksProblem(marks, label) {
  if (marks.every(mark => mark < 0)) return `All of ${label} is marked “not here”: nothing is left to look at. Erase some of it.`;
  if (marks.every(mark => mark > 0)) return `All of ${label} is marked “look here”: that leaves nothing out. Erase some of it.`;
  return null;
}

/** "house", "house 2", ... */
export function freeName(stem, others) {
  const taken = new Set(others.flatMap(one => [one.name, one.label]).map(name => name.toLowerCase()));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? stem : `${stem} ${number}`;
    if (!taken.has(name.toLowerCase())) return name;
  }
}
