// Points on a canvas without WebGL2. Same interface as webgl.js.
import { CELL, cellPicture, cellsOf } from "./density.js";

export const BESIDE_DIM = 0.3; // of density beside a selection
const TURN = 2 * Math.PI;

/** How the point of a row is drawn: what the program POINT_VERTEX says. */
export function dotOf({ codes, strengths, chosen, cross }, row, radius) {
  const faint = Boolean(chosen) && !chosen[row];
  const strength = strengths ? strengths[row] / 255 : 0;
  const crossed = !faint && codes[row] === cross;
  const alpha = faint ? 0.13 : strengths ? 0.18 + 0.77 * strength : chosen ? 0.95 : 0.72;
  const reach = strengths ? 1.3 + 3.3 * strength * strength : radius + (chosen && !faint ? 0.9 : 0);
  const extra = crossed ? 1 : 0; // a cross is as plain as a dot only when it is larger
  return { crossed, reach: reach + extra, alpha: crossed ? Math.max(alpha, 0.85) : alpha };
}

function drawDot(ink, { crossed, reach, alpha }, x, y) {
  ink.globalAlpha = alpha;
  ink.beginPath();
  if (crossed) {
    ink.moveTo(x - reach, y - reach);
    ink.lineTo(x + reach, y + reach);
    ink.moveTo(x + reach, y - reach);
    ink.lineTo(x - reach, y + reach);
    ink.stroke();
  } else {
    ink.arc(x, y, reach, 0, TURN);
    ink.fill();
  }
}

function seenRows({ points, codes, palette }, frame) {
  const rows = [];
  for (let row = 0; row < codes.length; row += 1) {
    const x = frame.left + points[2 * row] * frame.scale;
    const y = frame.top - points[2 * row + 1] * frame.scale;
    if (palette[4 * codes[row] + 3] && x > -8 && y > -8 && x < frame.width + 8 && y < frame.height + 8) rows.push(row);
  }
  return rows;
}

/** Rows that are seen, the selected ones last, with "Loss stands out" the highest loss last, else crosses last. */
export function inOrder(scene, { frame, list }) {
  const { codes, strengths, chosen, cross } = scene;
  const rows = list ? [...list] : seenRows(scene, frame);
  if (!chosen && !strengths && cross < 0) return rows;
  const front = row => (chosen?.[row] ? 1000 : 0) + (strengths ? strengths[row] : Number(codes[row] === cross));
  return rows.sort((a, b) => front(a) - front(b));
}

function drawPoints(ink, scene, look, onlyChosen = false) {
  const { points, codes, palette } = scene;
  const { frame, radius } = look;
  ink.lineWidth = 1.6;
  for (const row of inOrder(scene, look)) {
    if (onlyChosen && !scene.chosen[row]) continue;
    const at = 4 * codes[row];
    ink.fillStyle = ink.strokeStyle = `rgb(${palette[at]} ${palette[at + 1]} ${palette[at + 2]})`;
    const [x, y] = [frame.left + points[2 * row] * frame.scale, frame.top - points[2 * row + 1] * frame.scale];
    drawDot(ink, dotOf(scene, row, radius), x, y);
  }
  ink.globalAlpha = 1;
}

function drawDensity(ink, scene, { frame, top }, dim, onlyChosen = false) {
  const cells = cellsOf(scene, frame, onlyChosen);
  const picture = new ImageData(cellPicture(cells, top, dim), cells.columns, cells.lines);
  const small = new OffscreenCanvas(cells.columns, cells.lines);
  small.getContext("2d").putImageData(picture, 0, 0);
  ink.drawImage(small, 0, 0, cells.columns * CELL, cells.lines * CELL);
}

function drawScene(ink, scene, look) {
  if (!look.dense) return void drawPoints(ink, scene, look);
  drawDensity(ink, scene, look, scene.chosen ? BESIDE_DIM : 1);
  if (scene.chosen && look.picked) drawDensity(ink, scene, look, 1, true);
  else if (scene.chosen) drawPoints(ink, scene, look, true);
}

export function createCellSurface(canvas) {
  const ink = canvas.getContext("2d");
  function draw(scene, look) {
    ink.setTransform(look.ratio, 0, 0, look.ratio, 0, 0);
    ink.clearRect(0, 0, look.frame.width, look.frame.height);
    if (scene) drawScene(ink, scene, look);
  }
  return { draw, kind: "canvas" };
}
