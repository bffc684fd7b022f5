// Points on a canvas with WebGL2: up to millions, one call per drawing (density needs two). Same interface as cells.js.
import { BESIDE_DIM } from "./cells.js";
import { CELL, cellsOf } from "./density.js";
import { attribute, paletteTexture, programOf, rowList, sumTarget, sumTexture } from "./programs.js";
import { CELL_FRAGMENT, CELL_VERTEX, COUNT_FRAGMENT, COUNT_VERTEX, POINT_FRAGMENT, POINT_VERTEX } from "./shaders.js";

const SLOW_MS = 100; // for a million points; a card that needs longer leaves the sums to the processor
const SAMPLE = 20_000; // points on which that is tried
const A_MILLION = 1e6;
const PATIENCE_MS = 2000;
const AWAY = 1e6; // a place that the programs do not draw

/** The places with NaN as AWAY: not every card knows NaN. Kept as long as the places are. */
function drawable() {
  let from = null;
  let clean = null;
  return points => {
    if (points !== from) [from, clean] = [points, points.map(value => (Number.isNaN(value) ? AWAY : value))];
    return clean;
  };
}

/** All that lives on the card; made again when the card has lost it. */
function onCard(gl) {
  const array = gl.createVertexArray();
  gl.bindVertexArray(array);
  return {
    array,
    bare: gl.createVertexArray(),
    points: programOf(gl, POINT_VERTEX, POINT_FRAGMENT),
    counts: programOf(gl, COUNT_VERTEX, COUNT_FRAGMENT),
    cells: programOf(gl, CELL_VERTEX, CELL_FRAGMENT),
    place: attribute(gl, 0, { width: 2, type: gl.FLOAT }),
    code: attribute(gl, 1, { width: 1, type: gl.UNSIGNED_SHORT }),
    strength: attribute(gl, 2, { width: 1, type: gl.UNSIGNED_BYTE, normalized: true }),
    chosen: attribute(gl, 3, { width: 1, type: gl.UNSIGNED_BYTE }),
    palette: paletteTexture(gl),
    list: rowList(gl),
    sums: sumTarget(gl),
    sent: sumTexture(gl),
    slow: null,
    clean: drawable(),
  };
}

function send(gl, card, scene) {
  gl.bindVertexArray(card.array);
  card.place.send(card.clean(scene.points));
  card.code.send(scene.codes);
  card.strength.send(scene.strengths, 0);
  card.chosen.send(scene.chosen, 0);
  card.palette.use(scene.palette);
}

function see(gl, at, { scale, left, top, width, height }) {
  gl.uniform3f(at.view, scale, left, top);
  gl.uniform2f(at.size, width, height);
  gl.uniform1i(at.palette, 0);
}

function drawRows(gl, card, scene, list) {
  if (!list) return void gl.drawArrays(gl.POINTS, 0, scene.points.length / 2);
  card.list.use(list);
  gl.drawElements(gl.POINTS, list.length, gl.UNSIGNED_INT, 0);
}

function drawPoints(gl, card, scene, { frame, ratio, radius, list }, onlyChosen = false) {
  const { program, at } = card.points;
  gl.useProgram(program);
  see(gl, at, frame);
  gl.uniform1f(at.radius, radius);
  gl.uniform1f(at.ratio, ratio);
  gl.uniform1f(at.width, ratio);
  gl.uniform1f(at.cross, scene.cross);
  gl.uniform1i(at.some, Number(Boolean(scene.chosen)));
  gl.uniform1i(at.onlyChosen, Number(onlyChosen));
  gl.uniform1i(at.standout, Number(Boolean(scene.strengths)));
  gl.enable(gl.DEPTH_TEST);
  gl.depthFunc(gl.LEQUAL);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  drawRows(gl, card, scene, list);
  gl.disable(gl.DEPTH_TEST);
}

/** Sums per cell on the card, of the first n rows. */
function sumUp(gl, card, scene, { frame }, onlyChosen, n = scene.codes.length) {
  const [columns, lines] = [Math.ceil(frame.width / CELL), Math.ceil(frame.height / CELL)];
  const [width, height] = [columns * CELL, lines * CELL];
  card.sums.begin(columns, lines);
  gl.viewport(0, 0, columns, lines);
  gl.clear(gl.COLOR_BUFFER_BIT);
  card.palette.use(scene.palette);
  gl.useProgram(card.counts.program);
  see(gl, card.counts.at, { ...frame, width, height, top: frame.top + height - frame.height });
  gl.uniform1i(card.counts.at.onlyChosen, Number(onlyChosen));
  gl.blendFunc(gl.ONE, gl.ONE);
  gl.drawArrays(gl.POINTS, 0, n);
  gl.bindFramebuffer(gl.FRAMEBUFFER, null);
}

/** Whether the card sums up slower than the processor would, as one that is only played by it; tried once, on some rows. */
function isSlow(gl, card, scene, look) {
  if (card.slow !== null) return card.slow;
  const n = Math.min(SAMPLE, scene.codes.length);
  const wait = () => gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
  wait(); // for what was asked before
  const begun_ms = performance.now();
  sumUp(gl, card, scene, look, false, n);
  wait();
  card.slow = (performance.now() - begun_ms) * (A_MILLION / n) > SLOW_MS;
  return card.slow;
}

function drawDensity(gl, card, scene, look, dim, onlyChosen = false) {
  const byCard = card.sums && !isSlow(gl, card, scene, look);
  if (byCard) sumUp(gl, card, scene, look, onlyChosen);
  const { program, at } = card.cells;
  gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
  gl.useProgram(program);
  gl.bindVertexArray(card.bare);
  if (byCard) card.sums.use();
  else card.sent.use(cellsOf(scene, look.frame, onlyChosen));
  gl.uniform1i(at.cells, 0);
  gl.uniform1i(at.fromTop, Number(!byCard));
  gl.uniform1f(at.cell, (gl.drawingBufferWidth / look.frame.width) * CELL);
  gl.uniform1f(at.top, look.top);
  gl.uniform1f(at.dim, dim);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  gl.drawArrays(gl.TRIANGLES, 0, 3);
  gl.bindVertexArray(card.array);
  card.palette.use(scene.palette);
}

function drawScene(gl, card, scene, look) {
  if (!look.dense) return void drawPoints(gl, card, scene, look);
  drawDensity(gl, card, scene, look, scene.chosen ? BESIDE_DIM : 1);
  if (scene.chosen && look.picked) drawDensity(gl, card, scene, look, 1, true);
  else if (scene.chosen) drawPoints(gl, card, scene, look, true);
}

/** Calls gone() when the card does not come back in time after it was lost, else restored(). */
function onLoss(canvas, gl, { lost, restored, gone }) {
  let timer = 0;
  canvas.addEventListener("webglcontextlost", event => {
    event.preventDefault();
    lost();
    timer = setTimeout(() => gl.isContextLost() && gone(), PATIENCE_MS);
  });
  canvas.addEventListener("webglcontextrestored", () => {
    clearTimeout(timer);
    restored();
  });
}

/**
 * null where the browser has no WebGL2. acts: restored(): the card has forgotten all and is there again: draw once more;
 * gone(): it does not come back.
 */
export function createCardSurface(canvas, { restored, gone }) {
  const gl = canvas.getContext("webgl2", { antialias: false, premultipliedAlpha: true, preserveDrawingBuffer: true });
  if (!gl) return null;
  let card = onCard(gl);
  const again = () => {
    card = onCard(gl);
    restored();
  };
  onLoss(canvas, gl, { lost: () => (card = null), restored: again, gone });

  /** scene: {points, codes, palette, strengths, chosen, cross}; look: of scene.js. */
  function draw(scene, look) {
    if (!card || gl.isContextLost()) return;
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    if (!scene) return;
    gl.enable(gl.BLEND);
    send(gl, card, scene);
    drawScene(gl, card, scene, look);
  }

  return { draw, kind: "webgl2" };
}
