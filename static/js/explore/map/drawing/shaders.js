// The programs of webgl.js, GLSL ES 3.00.

const PLACE = `#version 300 es
precision highp float;
layout(location=0) in vec2 place;
layout(location=1) in float code;
layout(location=2) in float strength;
layout(location=3) in float chosen;
uniform vec3 view;      // scale, left, top in pixels
uniform vec2 size;      // of the screen in pixels
uniform sampler2D palette;
vec4 inkOf() { int at = int(code + 0.5); return texelFetch(palette, ivec2(at & 255, at >> 8), 0); }
vec2 clipOf() {
  vec2 pixel = vec2(view.y + place.x * view.x, view.z - place.y * view.x);
  return vec2(pixel.x / size.x, 1.0 - pixel.y / size.y) * 2.0 - vec2(1.0, 1.0);
}
`;

export const POINT_VERTEX = `${PLACE}
uniform float radius;    // pixels
uniform float ratio;     // device pixels per pixel
uniform bool some;       // something is selected
uniform bool onlyChosen;
uniform bool standout;
uniform float cross;     // code that is drawn as a cross, or -1
out vec4 ink;
flat out float crossed;
out float extent;
void main() {
  vec4 colour = inkOf();
  bool faint = some && chosen < 0.5;
  float reach = standout ? 1.3 + 3.3 * strength * strength : radius;
  if (some && !faint && !standout) reach += 0.9;
  crossed = !faint && abs(code - cross) < 0.25 ? 1.0 : 0.0;
  if (crossed > 0.5) reach += 1.0;
  float alpha = faint ? 0.13 : standout ? 0.18 + 0.77 * strength : some ? 0.95 : 0.72;
  if (crossed > 0.5) alpha = max(alpha, 0.85);
  ink = vec4(colour.rgb, alpha);
  extent = 2.0 * reach * ratio + 2.0;
  float front = some && !faint ? 0.0 : standout ? 0.5 + 0.4 * (1.0 - strength) : crossed > 0.5 ? 0.4 : 0.9;
  bool away = colour.a < 0.5 || abs(place.x) > 8.0 || (onlyChosen && chosen < 0.5);
  gl_Position = away ? vec4(4.0, 4.0, 4.0, 1.0) : vec4(clipOf(), front, 1.0);
  gl_PointSize = extent;
}`;

export const POINT_FRAGMENT = `#version 300 es
precision highp float;
in vec4 ink;
flat in float crossed;
in float extent;
uniform float width;     // device pixels per pixel
out vec4 colour;
void main() {
  vec2 from = (gl_PointCoord - 0.5) * extent;
  float edge = extent * 0.5 - 1.0;
  float cover = clamp(edge + 0.5 - length(from), 0.0, 1.0);
  if (crossed > 0.5) {
    float bar = min(abs(from.x - from.y), abs(from.x + from.y)) * 0.7071;
    cover = clamp(0.85 * width + 0.5 - bar, 0.0, 1.0) * step(max(abs(from.x), abs(from.y)), edge * 0.9);
  }
  if (cover < 0.02) discard;
  colour = vec4(ink.rgb, 1.0) * (ink.a * cover);
}`;

export const COUNT_VERTEX = `${PLACE}
uniform bool onlyChosen;
out vec3 ink;
void main() {
  vec4 colour = inkOf();
  ink = colour.rgb * 255.0;
  bool away = colour.a < 0.5 || abs(place.x) > 8.0 || (onlyChosen && chosen < 0.5);
  gl_Position = away ? vec4(4.0, 4.0, 4.0, 1.0) : vec4(clipOf(), 0.0, 1.0);
  gl_PointSize = 1.0;
}`;

export const COUNT_FRAGMENT = `#version 300 es
precision highp float;
in vec3 ink;
out vec4 colour;
void main() { colour = vec4(ink, 1.0); }`;

export const CELL_VERTEX = `#version 300 es
void main() {
  vec2 corner = vec2(float((gl_VertexID & 1) << 2), float((gl_VertexID & 2) << 1));
  gl_Position = vec4(corner - 1.0, 0.0, 1.0);
}`;

export const CELL_FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D cells;
uniform float cell;      // device pixels on a side of a cell
uniform float top;       // points in the fullest cell
uniform float dim;
uniform bool fromTop;    // lines of cells begin at the top
out vec4 colour;
vec4 drawn(ivec2 at) {
  ivec2 last = textureSize(cells, 0) - 1;
  if (fromTop) at.y = last.y - at.y;
  vec4 sum = texelFetch(cells, clamp(at, ivec2(0), last), 0);
  if (sum.a < 0.5) return vec4(0.0);
  float strength = min(1.0, 0.1 + 0.9 * log(1.0 + sum.a) / log(1.0 + max(2.0, 0.6 * top)));
  return vec4(sum.rgb / (255.0 * sum.a), 1.0) * strength;
}
void main() {
  vec2 at = gl_FragCoord.xy / cell - 0.5;
  ivec2 low = ivec2(floor(at));
  vec2 part = at - vec2(low);
  vec4 upper = mix(drawn(low + ivec2(0, 1)), drawn(low + ivec2(1, 1)), part.x);
  vec4 lower = mix(drawn(low), drawn(low + ivec2(1, 0)), part.x);
  colour = mix(lower, upper, part.y) * dim;
}`;
