// Maps of the same places of a picture: pointing at a place, or the arrow keys, show its window and all values there.
import { h, replace } from "../lib/dom.js";
import { colours, legend, picture, tile } from "./heat.js";

const SIDE = 256; // pixels of the drawn picture's longer side
const MAP = 160; // and of a map's
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const DOT = 3;

const digits = value => (value === null || value === undefined ? "–" : value.toFixed(3));
const within = (value, count) => Math.max(0, Math.min(count - 1, value));

function canvasOf(height, width, side, more) {
  const scale = side / Math.max(height, width);
  return h("canvas", { height: Math.max(1, Math.round(height * scale)), width: Math.max(1, Math.round(width * scale)), ...more });
}

/** What was drawn with a frame that is seen on light and on dark. */
function frame(context, x, y, width, height) {
  for (const [colour, line] of [["#18181d", 4], ["#ffffff", 2]]) {
    context.strokeStyle = colour;
    context.lineWidth = line;
    context.strokeRect(x, y, width, height);
  }
}

/** The picture with all centres, and the window at one place covered as the network saw it. */
function drawPicture(canvas, { part, shown, cover }, [row, column]) {
  const { tops, lefts, size } = part.windows;
  const context = canvas.getContext("2d");
  const [down, right] = [canvas.height / part.height, canvas.width / part.width];
  const place = [lefts[column] * right, tops[row] * down, size[1] * right, size[0] * down];
  context.imageSmoothingEnabled = false;
  context.drawImage(shown, 0, 0, canvas.width, canvas.height);
  if (cover) context.drawImage(cover, lefts[column], tops[row], size[1], size[0], ...place);
  for (const top of tops) {
    for (const left of lefts) {
      const [x, y] = [(left + size[1] / 2) * right, (top + size[0] / 2) * down];
      context.fillStyle = "#18181d";
      context.fillRect(x - DOT / 2 - 1, y - DOT / 2 - 1, DOT + 2, DOT + 2);
      context.fillStyle = "#b8b2ee";
      context.fillRect(x - DOT / 2, y - DOT / 2, DOT, DOT);
    }
  }
  frame(context, ...place);
}

function drawMap(canvas, colouring, rows, columns, [row, column]) {
  const context = canvas.getContext("2d");
  const [down, right] = [canvas.height / rows, canvas.width / columns];
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingEnabled = false;
  context.drawImage(colouring, 0, 0, canvas.width, canvas.height);
  frame(context, column * right + 1, row * down + 1, Math.max(2, right - 2), Math.max(2, down - 2));
}

/** "goldfish 0.912 → 0.340", a line a map. */
const valueLine = ({ name, whole, values }, [row, column]) => [
  h("dt", { class: "clip" }, name),
  h("dd", { class: "num" }, whole === null ? "" : `${digits(whole)} → `, h("b", {}, digits(values[row][column]))),
];

export function grids(part, layer) {
  const [rows, columns] = [part.windows.tops.length, part.windows.lefts.length];
  const example = canvasOf(part.height, part.width, SIDE, { class: "grids-picture", role: "img", "aria-label": `${part.title} with one window` });
  const values = h("dl", { class: "grids-values", "aria-live": "polite" });
  const maps = h("div", { class: "grids-maps" });
  const scale = h("div");
  const box = h("div", { class: "grids-box" }, h("div", {}, example, values), h("div", {}, maps, scale, h("p", { class: "why" }, part.caption)));
  fill().catch(() => box.append(h("p", { class: "why" }, "The maps could not be drawn.")));
  return box;

  async function fill() {
    const [tables, shown, cover] = await Promise.all([colours(), picture(layer(0)), part.covered ? picture(layer(1)) : null]);
    const table = tables[part.colormap];
    const drawn = part.maps.map(map => [map, canvasOf(part.height, part.width, MAP, aboutMap(map)), tile(map.values, part.span, table)]);
    let at = /** @type {[number, number]} */ ([Math.floor(rows / 2), Math.floor(columns / 2)]);
    function go(place) {
      at = [within(place[0], rows), within(place[1], columns)];
      drawPicture(example, { part, shown, cover }, at);
      for (const [, canvas, colouring] of drawn) drawMap(canvas, colouring, rows, columns, at);
      replace(values, part.maps.flatMap(map => valueLine(map, at)));
    }
    for (const [, canvas] of drawn) listen(canvas, go, () => at);
    replace(maps, drawn.map(([{ name, whole }, canvas]) => h("figure", {}, canvas, h("figcaption", { class: "small" }, name, whole === null ? "" : h("span", { class: "num quiet" }, ` ${digits(whole)}`)))));
    replace(scale, legend(table, part.span, part.words));
    go(at);
  }

  function aboutMap({ name }) {
    return { class: "grids-map", tabindex: "0", role: "img", "aria-label": `${name}: ${rows} × ${columns} places; arrow keys move the window` };
  }

  function listen(canvas, go, now) {
    canvas.addEventListener("pointermove", ({ offsetX, offsetY }) =>
      go([Math.floor((offsetY / canvas.clientHeight) * rows), Math.floor((offsetX / canvas.clientWidth) * columns)]),
    );
    canvas.addEventListener("keydown", event => {
      const step = STEPS[event.key];
      if (!step) return;
      event.preventDefault();
      go(now().map((value, side) => value + step[side]));
    });
  }
}
