// What a colouring is: a code per row and what each code means. Which colour a code has is palette.js.

const STEPS = 64; // of a ramp
const MOST_GROUPS = 65_535;
const LOSS = { low: "≤ 1e−03", high: "6.3", words: "deeper is worse, log scale" };
const UNIT = { low: "0", high: "1", words: "" };

const held = value => Math.max(0, Math.min(1, value));

/** `into` with codeOf(value) per row; a plain loop, as there may be millions. */
function filled(into, values, codeOf) {
  for (let row = 0; row < values.length; row += 1) into[row] = codeOf(values[row]);
  return into;
}

const coded = (values, codeOf) => filled(new Uint16Array(values.length), values, codeOf);

/** Where a loss lies from 1e-3 (0) to 6.3 (1), by its logarithm; 0 where there is none. */
export const lossPlace = loss => (loss >= 0 ? held((Math.log10(loss + 1e-4) + 3) / 3.8) : 0);

/** Where losses lie, 0 .. 255 per row: how far a point stands out. */
export const strengthsOf = losses =>
  filled(new Uint8Array(losses.length), losses, loss => Math.round(255 * lossPlace(loss)));

const short = value => Number(value.toPrecision(3)).toString().replace("-", "−");

function ends(values) {
  let [low, high] = [Infinity, -Infinity];
  for (let row = 0; row < values.length; row += 1) {
    if (values[row] < low) low = values[row];
    if (values[row] > high) high = values[row];
  }
  return low <= high ? [low, high] : [0, 1];
}

/** How numbers of a column become places on the ramp, and what is written at its ends. */
function scaleOf(name, values) {
  if (name.endsWith(".loss")) return { place: lossPlace, ...LOSS };
  if (name.endsWith(".confidence") || name === "trust") return { place: held, ...UNIT };
  const [low, high] = ends(values);
  return { place: value => held((value - low) / (high - low || 1)), low: short(low), high: short(high), words: "" };
}

function ramp({ name }, values, title) {
  const { place, ...written } = scaleOf(name, values);
  const codes = coded(values, value =>
    Number.isNaN(value) ? STEPS : Math.min(STEPS - 1, Math.floor(place(value) * STEPS)),
  );
  return { kind: "ramp", codes, size: STEPS + 1, none: STEPS, groups: [], ramp: { title, ...written }, cross: -1 };
}

/** Groups with how many rows each has; codes without a row are left out, and the last one (nothing known) has its words. */
function grouped(codes, size, nameOf, toneOf, without, cross = -1) {
  const counts = new Uint32Array(size);
  for (let row = 0; row < codes.length; row += 1) counts[codes[row]] += 1;
  const groups = [];
  counts.forEach((n, code) => {
    if (n)
      groups.push({
        code,
        n,
        name: code === size - 1 ? without : nameOf(code),
        tone: code === size - 1 ? null : toneOf(code),
      });
  });
  return { kind: "groups", codes, size, none: size - 1, groups, ramp: null, cross };
}

/** Ten hues; to fifty classes the same, lighter each time; above that each has a hue and a lightness by its number. */
export function classTone(code, n) {
  if (n <= 50) return { hue: code % 10, lift: Math.floor(code / 10) };
  const mixed = Math.imul(code + 1, 0x9e3779b1) >>> 0;
  return { hue: (mixed >>> 8) % 10, lift: (mixed >>> 20) % 4 };
}

function classes({ values: names = [] }, values, without) {
  let most = names.length - 1;
  for (let row = 0; row < values.length; row += 1) if (values[row] > most) most = values[row];
  const size = Math.min(MOST_GROUPS, most + 1) + 1;
  const codes = coded(values, value => (value < 0 || value >= size - 1 ? size - 1 : value));
  return grouped(
    codes,
    size,
    code => names[code] ?? `class ${code}`,
    code => classTone(code, size - 1),
    without,
  );
}

function flags({ right, wrong }, values) {
  const codes = coded(values, value => (value < 0 ? 2 : 1 - value));
  const tones = [{ quiet: true }, { wrong: true }];
  return grouped(
    codes,
    3,
    code => [right, wrong][code],
    code => tones[code],
    "not known",
    1,
  );
}

const NUMBERS = ["no answer", "one answer", "two answers", "three answers", "four answers", "five answers"];

/** How many different answers: a group each, deeper with every further one. */
function answers(values) {
  const [, most] = ends(values);
  const size = Math.max(1, Math.min(64, most)) + 1;
  const codes = coded(values, value => (value >= 1 ? Math.min(size - 2, value - 1) : size - 1));
  const tone = code => ({ step: size > 2 ? code / (size - 2) : 0 });
  return grouped(codes, size, code => NUMBERS[code + 1] ?? `${code + 1} answers`, tone, "not known");
}

/** column: as `exploration.columns` has it; letter: of its model. values: one per row. */
export function colouringOf(column, values, letter = "") {
  const of = letter ? ` of ${letter}` : "";
  if (column.kind === "flag")
    return flags({ right: `${letter} right`.trim(), wrong: `${letter} wrong`.trim() }, values);
  if (column.kind === "class") return classes(column, values, column.name === "label" ? "no label" : "no answer");
  if (column.name === "disagreement") return answers(values);
  const title = column.title.charAt(0).toUpperCase() + column.title.slice(1);
  return ramp(column, values, title + of);
}

/** One colour for all, while values are on their way or there are none. */
export const plainColouring = n => ({
  kind: "plain",
  codes: new Uint16Array(n),
  size: 1,
  none: 0,
  groups: [],
  ramp: null,
  cross: -1,
});
