// Heatmaps on the page. A canvas fetches its map when it comes near the window, and is repainted from memory when
// the display changes.
import { address, relevance } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { picture } from "./paint.js";

const KEPT_BYTES = 96e6;
const KEPT_PICTURES = 600;
const specs = new WeakMap();
const near = new Set();
const relevances = new Map();
const pictures = new Map();
const bytes = new Map(); // of the maps that have come
let display = null;
let frame = 0;

function remembered(cache, name, make) {
  if (!cache.has(name)) cache.set(name, make());
  return cache.get(name);
}

/** Bytes of maps are bounded: the ones fetched first leave first. */
function keep(name, map) {
  bytes.set(name, map.values.byteLength);
  let sum = [...bytes.values()].reduce((total, size) => total + size, 0);
  for (const [old, size] of bytes) {
    if (sum <= KEPT_BYTES || old === name) break;
    sum -= size;
    bytes.delete(old);
    relevances.delete(old);
  }
  return map;
}

function loadRelevance({ run, model, image, against = null, target = 0 }) {
  const name = `${run}/${model}/${image}/${target}/${against ?? ""}`;
  const loading = remembered(relevances, name, () =>
    relevance({ run, model, image, against, target }).then(map => keep(name, map)),
  );
  loading.catch(() => relevances.delete(name));
  return loading;
}

function loadPicture(source) {
  if (pictures.size > KEPT_PICTURES) pictures.delete(pictures.keys().next().value);
  return remembered(
    pictures,
    source,
    () =>
      new Promise(done => {
        const image = new Image();
        image.onload = () => done(image);
        image.onerror = () => done(null);
        image.src = source;
      }),
  );
}

/** The backing store has the pixels of the screen: small images are enlarged without blur, large ones shrink smoothly. */
function fit(canvas, [height, width]) {
  canvas.classList.toggle("wide", width > height);
  canvas.classList.toggle("tall", height > width);
  canvas.style.setProperty("aspect-ratio", `${width} / ${height}`);
  const box = canvas.parentElement.clientWidth || 120;
  const scale = (box * (devicePixelRatio || 1)) / Math.max(width, height);
  const size = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  if (canvas.width !== size[0]) canvas.width = size[0];
  if (canvas.height !== size[1]) canvas.height = size[1];
  return scale;
}

function paint(canvas, map, under, how) {
  const [height, width] = map.shape;
  const scale = fit(canvas, map.shape);
  const context = canvas.getContext("2d");
  const put = (source, smooth) => {
    context.imageSmoothingEnabled = smooth || scale < 1;
    context.imageSmoothingQuality = "high";
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
  };
  context.globalAlpha = 1;
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (under) put(under, false);
  if (how.bare || how.opacity <= 0) return;
  const tile = document.createElement("canvas");
  tile.width = width;
  tile.height = height;
  tile.getContext("2d").putImageData(picture(map, how), 0, 0);
  context.globalAlpha = how.opacity;
  put(tile, how.kind === "cam"); // Grad-CAM is bilinear by definition; the rest keeps its pixels
}

/** Differences have a look of their own; a map with its method's look takes over what a person chose for all. */
function lookOf({ against, look }) {
  if (against) return display.difference;
  return look ? { ...display, ...look, ...display.chosen } : display;
}

async function draw(canvas) {
  const spec = specs.get(canvas);
  if (!spec || !display) return;
  try {
    const [map, under] = await Promise.all([loadRelevance(spec), spec.under && loadPicture(spec.under)]);
    if (specs.get(canvas) === spec && canvas.isConnected) {
      paint(canvas, map, under, lookOf(spec));
      canvas.dataset.drawn = spec.run;
    }
  } catch (error) {
    canvas.dataset.error = error.sentence || error.message;
  }
}

const watcher = new IntersectionObserver(
  entries =>
    entries.forEach(({ target, isIntersecting }) => {
      if (isIntersecting) {
        near.add(target);
        draw(target);
      } else near.delete(target);
    }),
  { rootMargin: "400px" },
);

function repaint() {
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(() => {
    for (const canvas of near)
      if (canvas.isConnected) draw(canvas);
      else near.delete(canvas);
  });
}

/**
 * kind, colormap, lut, opacity 0..1, clip percentile, bare, and the same for differences: all maps on the page are
 * repainted at once.
 */
export function setDisplay(next) {
  display = next;
  repaint();
}

/** A canvas for one finished map. `label` says in words what it shows; `look` is a display of its own, `target` which neuron. */
export const mapCanvas = spec =>
  canvasFor({ ...spec, under: address.asSeen(spec.dataset, spec.image, spec.model), against: null });

/** A canvas for what a map has more than the same one of the run `against`; the image is not shown under it. */
export const differenceCanvas = spec => canvasFor({ ...spec, under: null });

function canvasFor({ run, model, image, label, size, under, against, target = 0, look = null }) {
  const canvas = h("canvas", { width: 1, height: 1, role: "img", "aria-label": label });
  if (size) {
    canvas.classList.toggle("wide", size[1] > size[0]);
    canvas.classList.toggle("tall", size[0] > size[1]);
  }
  specs.set(canvas, { run, model, image, under, against, target, look });
  watcher.observe(canvas);
  return canvas;
}

/** Starts fetching what the person will see next. */
export function fetchAhead({ run, dataset, model, image }) {
  loadRelevance({ run, model, image }).catch(() => {});
  loadPicture(address.asSeen(dataset, image, model));
}

addEventListener("resize", repaint);
