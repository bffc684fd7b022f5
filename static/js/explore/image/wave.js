// A feature vector as a curve; all curves of a list share one scale, so that they can be compared.

export const WIDE = 150;
export const HIGH = 40;
const TOP = 2;
export const GROUND = 38;

/** The lowest and the highest value of several waves: [low, high], never the same. */
export function extentOf(waves) {
  const values = waves.flat().filter(Number.isFinite);
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!values.length) return [0, 1];
  return high > low ? [low, high] : [low - 0.5, low + 0.5];
}

const rounded = x => Math.round(x * 10) / 10;

/** The curve as the d of a path; what is no number breaks it. */
export function wavePath(wave, [low, high]) {
  const across = k => rounded(wave.length > 1 ? (k / (wave.length - 1)) * WIDE : WIDE / 2);
  const up = value => rounded(GROUND - ((GROUND - TOP) * (value - low)) / (high - low));
  let pen = "M";
  return wave
    .map((value, k) => {
      if (!Number.isFinite(value)) {
        pen = "M";
        return "";
      }
      const point = `${pen}${across(k)} ${up(value)}`;
      pen = "L";
      return point;
    })
    .join("");
}

/** The same as an area down to the ground. */
export const waveArea = (wave, extent) =>
  wave.length ? `${wavePath(wave, extent)}L${WIDE} ${GROUND}L0 ${GROUND}z` : "";
