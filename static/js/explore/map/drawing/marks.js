// What lies above the points: names of classes, rings, lines to similar images, pictures, the path that is being drawn.
import { apart } from "../labels.js";
import { cssColour } from "./palette.js";
import { sideAt, uncovered } from "../pictures.js";
import { toScreen } from "../view.js";

const TURN = 2 * Math.PI;
const FONT = "Inter, sans-serif";
const NAMED_UP_TO = 2.4; // times the whole map
const BELOW = 16; // pixels, where a name would hide the only dots that it names

const placeOf = ({ scene, frame }, row) => toScreen(frame, scene.points[2 * row], scene.points[2 * row + 1]);

function ring(ink, drawn, row, colour, radius) {
  const [X, Y] = placeOf(drawn, row);
  if (Number.isNaN(X)) return;
  ink.beginPath();
  ink.arc(X, Y, radius, 0, TURN);
  ink.lineWidth = 4;
  ink.strokeStyle = drawn.inks.surface;
  ink.stroke();
  ink.lineWidth = 2;
  ink.strokeStyle = colour;
  ink.stroke();
}

/** A name that is read on any colour: its edge is the paper's. */
export function drawName(ink, inks, { text, X, Y }) {
  ink.lineJoin = "round";
  ink.lineWidth = 4.5;
  ink.strokeStyle = inks.surface;
  ink.strokeText(text, X, Y);
  ink.fillStyle = inks.ink;
  ink.fillText(text, X, Y);
}

const shownLabels = ({ scene, labels }) => labels.filter(({ code }) => scene.palette[4 * code + 3]);

/** -> labels on the screen, in the font that is set. */
export function placedLabels(ink, drawn) {
  const few = drawn.labels.length <= 12;
  ink.textAlign = "center";
  ink.textBaseline = "middle";
  ink.font = `650 ${few ? 15 : 11.5}px ${FONT}`;
  const labels = shownLabels(drawn).map(label => {
    const [X, Y] = toScreen(drawn.frame, label.x, label.y);
    return { ...label, X, Y: label.sparse ? Y + BELOW : Y };
  });
  const seen = labels.filter(({ X, Y }) => X > 0 && Y > 0 && X < drawn.frame.width && Y < drawn.frame.height);
  return apart(seen, drawn.frame, text => ink.measureText(text).width);
}

function names(ink, drawn) {
  for (const label of placedLabels(ink, drawn)) drawName(ink, drawn.inks, label);
}

function similar(ink, drawn) {
  const [first, ...others] = drawn.similar;
  if (first === undefined) return;
  ink.strokeStyle = drawn.inks.accent;
  ink.lineWidth = 1;
  ink.globalAlpha = 0.55;
  for (const row of others) {
    ink.beginPath();
    ink.moveTo(...placeOf(drawn, first));
    ink.lineTo(...placeOf(drawn, row));
    ink.stroke();
  }
  ink.globalAlpha = 1;
  for (const row of others) ring(ink, drawn, row, drawn.inks.accent, 5.5);
}

function crossAt(ink, inks, X, Y) {
  ink.fillStyle = inks.surface;
  ink.beginPath();
  ink.arc(X, Y, 7, 0, TURN);
  ink.fill();
  ink.strokeStyle = inks.wrong;
  ink.lineWidth = 1.8;
  ink.beginPath();
  for (const way of [-3, 3]) {
    ink.moveTo(X - way, Y - 3);
    ink.lineTo(X + way, Y + 3);
  }
  ink.stroke();
}

function framed(ink, { scene, inks, wrong }, { row, X, Y, picture }, side) {
  const box = (edge, corner) => {
    ink.beginPath();
    ink.roundRect(X - side / 2 - edge, Y - side / 2 - edge, side + 2 * edge, side + 2 * edge, corner);
  };
  ink.globalAlpha = scene.chosen && !scene.chosen[row] ? 0.35 : 1;
  ink.fillStyle = cssColour(scene.palette, scene.codes[row]);
  box(2.5, 5);
  ink.fill();
  ink.save();
  box(0, 3);
  ink.clip();
  ink.drawImage(picture, X - side / 2, Y - side / 2, side, side);
  ink.restore();
  if (wrong?.(row)) crossAt(ink, inks, X + side / 2, Y - side / 2);
  ink.globalAlpha = 1;
}

/** Pictures of the rows that are in view, selected ones first; those that would be covered stay points. */
function pictures(ink, drawn) {
  const side = sideAt(drawn.view.k);
  const front = row => Number(drawn.scene.chosen?.[row] ?? 0) + 2 * Number(row === drawn.image);
  const points = [...drawn.rows]
    .sort((a, b) => front(b) - front(a) || a - b)
    .map(row => {
      const [X, Y] = placeOf(drawn, row);
      return { row, X, Y };
    });
  for (const point of uncovered(points, side)) {
    const picture = drawn.pictureOf(point.row);
    if (picture) framed(ink, drawn, { ...point, picture }, side);
  }
}

function path(ink, { path: corners, inks }) {
  ink.beginPath();
  corners.forEach(([X, Y], at) => (at ? ink.lineTo(X, Y) : ink.moveTo(X, Y)));
  ink.closePath();
  ink.strokeStyle = ink.fillStyle = inks.accent;
  ink.lineWidth = 1.5;
  ink.setLineDash([5, 4]);
  ink.stroke();
  ink.setLineDash([]);
  ink.globalAlpha = 0.08;
  ink.fill();
  ink.globalAlpha = 1;
}

/** drawn: {scene, frame, view, inks, labels, rows (for pictures), pictureOf, wrong, similar, image, hover, path}. */
export function drawMarks(ink, drawn, ratio) {
  ink.setTransform(ratio, 0, 0, ratio, 0, 0);
  ink.clearRect(0, 0, drawn.frame.width, drawn.frame.height);
  if (drawn.scene) {
    if (drawn.rows.length) pictures(ink, drawn);
    if (drawn.view.k < NAMED_UP_TO) names(ink, drawn);
    similar(ink, drawn);
    if (drawn.image !== null) ring(ink, drawn, drawn.image, drawn.inks.pick, 7);
    if (drawn.hover >= 0) ring(ink, drawn, drawn.hover, drawn.inks.pick, 6);
  }
  if (drawn.path.length > 1) path(ink, drawn);
}
