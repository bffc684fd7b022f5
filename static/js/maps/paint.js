// Relevance -> pixels. Pure functions: (H, W) or (H, W, C) float32, not normalised, in; ImageData out.
// NaN and infinity stay transparent, so that the input shows through; an all-zero map stays at zero.

const DIVERGING = new Set(["seismic", "bwr", "coolwarm", "RdBu"]);

const diverging = colormap => DIVERGING.has(colormap);

/** Ends of the colour bar. */
export const ends = (kind, colormap) => (kind !== "rgb" && diverging(colormap) ? ["\u22121", "1"] : ["0", "1"]);

/** |v| at a percentile in [0, 100], linear between ranks as numpy has it; 100 is the maximum. `map` keeps the order. */
function sizeAt(map, percentile, centre = 0) {
  const name = `sorted${centre}`;
  if (percentile >= 100) {
    let top = 0;
    for (const v of map.values) {
      const size = Math.abs(v - centre);
      if (size > top && size < Infinity) top = size;
    }
    return top;
  }
  map[name] ??= map.values
    .filter(Number.isFinite)
    .map(v => Math.abs(v - centre))
    .sort();
  const sizes = map[name];
  if (!sizes.length) return 0;
  const rank = ((sizes.length - 1) * percentile) / 100;
  const low = Math.floor(rank);
  const high = Math.ceil(rank);
  return sizes[low] + (sizes[high] - sizes[low]) * (rank - low);
}

/** sum over channels / max |.| through a colour map of 256 colours: [-1, 1] when it diverges, else [0, 1]. */
function mapped(map, pixels, { clip, lut, colormap }) {
  const top = sizeAt(map, clip) || sizeAt(map, 100) || 1; // a map that is zero almost everywhere keeps its few values
  const both = diverging(colormap);
  const { values } = map;
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    if (!Number.isFinite(v)) continue;
    const x = Math.max(-1, Math.min(1, v / top));
    const [r, g, b] = lut[Math.round(both ? (x + 1) * 127.5 : Math.max(0, x) * 255)];
    pixels.set([r, g, b, 255], i * 4);
  }
}

/** (x - mean) / std * 0.25 + 0.5, clipped to [0, 1]; the percentile first limits |x - mean|. */
function rescaled(map, pixels, { clip }) {
  const {
    values,
    shape: [height, width, channels = 1],
  } = map;
  if (map.mean === undefined) {
    const finite = values.filter(Number.isFinite);
    const n = finite.length || 1;
    map.mean = finite.reduce((sum, v) => sum + v, 0) / n;
    map.std = Math.sqrt(finite.reduce((sum, v) => sum + (v - map.mean) ** 2, 0) / n);
  }
  const limit = (clip < 100 && sizeAt(map, clip, map.mean)) || Infinity;
  const std = map.std || 1;
  const level = v =>
    Math.max(0, Math.min(1, (Math.max(-limit, Math.min(limit, v - map.mean)) / std) * 0.25 + 0.5)) * 255;
  for (let i = 0; i < height * width; i++) {
    const rgb = [0, 1, 2].map(c => values[i * channels + Math.min(c, channels - 1)]);
    if (rgb.every(Number.isFinite)) pixels.set([...rgb.map(level), 255], i * 4);
  }
}

export function picture(map, display) {
  const [height, width] = map.shape;
  const tile = new ImageData(width, height);
  if (display.kind === "rgb") rescaled(map, tile.data, display);
  else mapped(map, tile.data, display);
  return tile;
}
