// Strokes on 28 by 28 values: which places a brush covers, the way between two of them, and what can be undone.
import { PIXELS, SIDE } from "../packing.js";

const inside = ([row, column]) => row >= 0 && column >= 0 && row < SIDE && column < SIDE;
const held = value => Math.max(0, Math.min(SIDE - 1, value));

/**
 * A place inside the square, moved by rows and columns.
 * @param {number[]} cell
 * @param {number[]} by
 */
export const moved = (cell, by) => [held(cell[0] + by[0]), held(cell[1] + by[1])];

/**
 * The square of a brush; even widths reach further down and to the right.
 * @param {number[]} cell
 * @param {number} wide
 */
export function square([row, column], wide) {
  const before = Math.floor((wide - 1) / 2);
  const cells = [];
  for (let y = row - before; y < row - before + wide; y += 1)
    for (let x = column - before; x < column - before + wide; x += 1) cells.push([y, x]);
  return cells;
}

const MIRRORS = {
  off: () => [],
  sides: ([row, column]) => [[row, SIDE - 1 - column]],
  updown: ([row, column]) => [[SIDE - 1 - row, column]],
};

/**
 * Indices that a brush covers, with their mirror images. mirror: off, sides or updown.
 * @param {number[]} cell
 * @param {number} wide
 * @param {string} mirror
 */
export function covered(cell, wide, mirror) {
  const cells = square(cell, wide).flatMap(one => [one, ...MIRRORS[mirror](one)]);
  return [...new Set(cells.filter(inside).map(([row, column]) => row * SIDE + column))];
}

/**
 * Cells from one to another without a gap, so that a quick stroke is a line; without the first.
 * @param {number[]} from
 * @param {number[]} to
 */
export function between(from, to) {
  const [row, column] = from;
  const [to_row, to_column] = to;
  const n = Math.max(Math.abs(to_row - row), Math.abs(to_column - column));
  return Array.from({ length: n }, (_, place) => {
    const share = (place + 1) / n;
    return [Math.round(row + share * (to_row - row)), Math.round(column + share * (to_column - column))];
  });
}

export const blank = () => new Array(PIXELS).fill(0);

export const painted = (values, places, value) => {
  const next = [...values];
  for (const place of places) next[place] = value;
  return next;
};

/** A tile over a drawing: the brighter pixel of both. */
export const merged = (values, others) => values.map((value, place) => Math.max(value, others[place]));

const MOST_KEPT = 200;

/** Values before each stroke, the newest last. */
export class Strokes {
  constructor(values) {
    this.values = values;
    this.past = [];
  }

  /** Before a stroke. */
  keep() {
    this.past = [...this.past, this.values].slice(-MOST_KEPT);
  }

  /** Takes the last stroke back; whether there was one. */
  undo() {
    if (!this.past.length) return false;
    this.values = this.past.at(-1);
    this.past = this.past.slice(0, -1);
    return true;
  }

  get isChanged() {
    return this.past.length > 0;
  }
}
