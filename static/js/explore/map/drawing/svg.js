// The text of an SVG of a map.
import { cssColour } from "./palette.js";
import { dotOf, inOrder } from "./cells.js";

const BAND = 40; // pixels above the map, for its title
const FOOT = 28; // below, for the legend

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const safe = text => String(text).replace(/[&<>"]/g, sign => ENTITIES[sign]);
const short = value => Number(value.toFixed(2)).toString();

function dot(scene, frame, row, radius) {
  const { crossed, reach, alpha } = dotOf(scene, row, radius);
  const X = frame.left + scene.points[2 * row] * frame.scale;
  const Y = frame.top - scene.points[2 * row + 1] * frame.scale;
  const colour = cssColour(scene.palette, scene.codes[row]);
  if (!crossed)
    return `<circle cx="${short(X)}" cy="${short(Y)}" r="${short(reach)}" fill="${colour}" fill-opacity="${short(alpha)}"/>`;
  const [l, r, t, b] = [X - reach, X + reach, Y - reach, Y + reach].map(short);
  return `<path d="M${l} ${t}L${r} ${b}M${r} ${t}L${l} ${b}" stroke="${colour}" stroke-width="1.6" stroke-opacity="${short(alpha)}"/>`;
}

const name = (inks, { text, X, Y }) =>
  `<text x="${short(X)}" y="${short(Y + 4)}" text-anchor="middle" font-weight="650" fill="${inks.ink}" stroke="${inks.surface}" stroke-width="4" paint-order="stroke" stroke-linejoin="round">${safe(text)}</text>`;

/** What the colours mean, side by side; what has no room is left out. */
function legend(scene, { groups, ramp }, inks, width, Y) {
  if (ramp)
    return `<text x="12" y="${Y}" fill="${inks.ink}">${safe(`${ramp.title}: pale ${ramp.low}, deep ${ramp.high}`)}</text>`;
  const parts = [];
  let X = 12;
  for (const one of groups.filter(({ code }) => scene.palette[4 * code + 3])) {
    if (X > width - 60) break;
    parts.push(`<circle cx="${X + 4}" cy="${Y - 4}" r="4" fill="${cssColour(scene.palette, one.code)}"/>`);
    parts.push(`<text x="${X + 12}" y="${Y}" fill="${inks.ink}">${safe(one.name)}</text>`);
    X += 30 + 7 * one.name.length;
  }
  return parts.join("");
}

/** labels: on the screen, as marks.js places them. look: of scene.js. */
export function svgText({ scene, look, title, inks, labels, colouring }) {
  const { frame, radius } = look;
  const { width } = frame;
  const height = BAND + frame.height + FOOT;
  const rows = inOrder(scene, look);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${short(width)}" height="${short(height)}" viewBox="0 0 ${short(width)} ${short(height)}" font-family="Inter, sans-serif" font-size="13">`,
    `<title>${safe(title)}</title>`,
    `<rect width="100%" height="100%" fill="${inks.surface}"/>`,
    `<text x="12" y="24" font-weight="600" fill="${inks.ink}">${safe(title)}</text>`,
    `<g transform="translate(0 ${BAND})">`,
    ...rows.map(row => dot(scene, frame, row, radius)),
    ...labels.map(label => name(inks, label)),
    "</g>",
    legend(scene, colouring, inks, width, height - 9),
    "</svg>",
  ].join("\n");
}
