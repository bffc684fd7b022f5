// The colours of a colouring's codes, in the theme that is shown.

export const WIDTH = 256; // codes on a line of the palette

const channels = text => {
  const hex = text.trim().replace("#", "");
  return [0, 2, 4].map(at => Number.parseInt(hex.slice(at, at + 2), 16));
};

/** The colours that maps need of the style sheets. */
export function inksOf(root = document.documentElement) {
  const style = getComputedStyle(root);
  const read = name => channels(style.getPropertyValue(name));
  const text = name => style.getPropertyValue(name).trim();
  return {
    hues: Array.from({ length: 10 }, (_, hue) => read(`--c-${hue}`)),
    steps: Array.from({ length: 4 }, (_, step) => read(`--seq-${step}`)),
    none: read("--c-none"),
    bad: read("--bad"),
    paper: read("--surface"),
    surface: text("--surface"),
    ink: text("--ink"),
    pick: text("--plot-pick"),
    accent: text("--accent"),
    wrong: text("--bad"),
  };
}

const mixed = (a, b, share) => a.map((value, at) => Math.round(value + (b[at] - value) * share));

/** place: 0 .. 1 along the ramp. */
export function onRamp(steps, place) {
  const along = Math.max(0, Math.min(1, place)) * (steps.length - 1);
  const step = Math.min(steps.length - 2, Math.floor(along));
  return mixed(steps[step], steps[step + 1], along - step);
}

/** tone: null, {hue, lift}, {quiet}, {wrong} or {step}; -> [r, g, b]. */
export function toneColour(inks, tone) {
  if (!tone || tone.quiet) return inks.none;
  if (tone.wrong) return inks.bad;
  if (tone.step !== undefined) return onRamp(inks.steps, tone.step);
  return mixed(inks.hues[tone.hue], inks.paper, Math.min(0.6, 0.17 * tone.lift));
}

const colourOf = (colouring, inks, code) => onRamp(inks.steps, code / Math.max(1, colouring.size - 2));

/** RGBA bytes, WIDTH codes per line; alpha 0 for codes that are hidden. hidden: Set of codes. */
export function paletteOf(colouring, inks, hidden = new Set()) {
  const bytes = new Uint8Array(WIDTH * Math.ceil(colouring.size / WIDTH) * 4);
  const write = (code, colour) => bytes.set([...colour, hidden.has(code) ? 0 : 255], 4 * code);
  if (colouring.kind === "ramp")
    for (let code = 0; code < colouring.size - 1; code += 1) write(code, colourOf(colouring, inks, code));
  write(colouring.none, inks.none);
  for (const { code, tone } of colouring.groups) write(code, toneColour(inks, tone));
  return bytes;
}

export const cssColour = (palette, code) =>
  `rgb(${palette[4 * code]} ${palette[4 * code + 1]} ${palette[4 * code + 2]})`;
