"""Pictures of vehicles and trees under cloudy or sunny skies, drawn from a seed.

The scene (object, ground, road, hills) depends on seed and kind alone: the same seed under the other sky is the same
scene under the other sky, so that whatever a model answers differently is due to the sky.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from innv_gui.errors import BadInput
from innv_gui.samples.canvas import SIZE_PX, Canvas, Colour, between, gradient, rounded, tint
from innv_gui.samples.trees import draw_tree
from innv_gui.samples.vehicles import draw_vehicle

KINDS = ("tree", "vehicle")  # sorted: also the order of the models' classes
SKIES = ("cloudy", "sunny")
SOFT = 2  # sky pixels a picture pixel, along each axis: skies have no hard edges
SKY_PX = SIZE_PX * SOFT

GRASS: tuple[Colour, ...] = (
    (104, 164, 70),
    (122, 158, 72),
    (84, 146, 74),
    (142, 160, 80),
    (94, 152, 92),
    (164, 160, 92),
)
ROADS: tuple[Colour, ...] = ((108, 100, 92), (92, 86, 80), (126, 116, 104), (172, 146, 108), (116, 106, 92))
HILLS: tuple[Colour, ...] = ((92, 128, 112), (112, 140, 120), (104, 124, 136), (84, 112, 92), (132, 146, 116))
FLOWERS: tuple[Colour, ...] = ((250, 250, 244), (250, 214, 70), (222, 92, 92), (190, 150, 220))


def draw(seed: int, kind: str, sky: str) -> tuple[np.ndarray, np.ndarray]:
    """One picture, (64, 64, 3) uint8, and its sky, (64, 64) bool: what neither object nor ground covers."""
    scene = _scene(seed, kind)
    _expect("sky", sky, SKIES)
    paint = _cloudy if sky == "cloudy" else _sunny
    behind = paint(np.random.default_rng((seed, 2 + KINDS.index(kind), SKIES.index(sky))))
    return scene.over(behind), scene.uncovered()


def sky_mask(seed: int, kind: str, sky: str) -> np.ndarray:
    """(64, 64) bool: the pixels of sky, clouds and sun in the picture that `draw` makes of the same values."""
    _expect("sky", sky, SKIES)
    return _scene(seed, kind).uncovered()


def _expect(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise BadInput(f"{name} should be one of {', '.join(allowed)}, not {value!r}.", field=name, allowed=allowed)


@lru_cache(maxsize=1)  # the same scene is often wanted twice in a row, under both skies
def _scene(seed: int, kind: str) -> Canvas:
    _expect("kind", kind, KINDS)
    rng = np.random.default_rng((seed, KINDS.index(kind)))
    canvas = Canvas()
    horizon, road = rng.uniform(41, 46), rng.uniform(50.5, 53.5)
    _draw_hills(canvas, rng, horizon)
    _draw_meadow(canvas, rng, horizon)
    _draw_road(canvas, rng, road)
    if kind == "vehicle":
        draw_vehicle(canvas, rng, road + rng.uniform(3, 5))
    else:
        draw_tree(canvas, rng, rng.uniform(horizon + 2.5, road - 1) if rng.random() < 0.7 else rng.uniform(60.5, 62.5))
    return canvas


def _draw_hills(canvas: Canvas, rng: np.random.Generator, horizon: float) -> None:
    colour = HILLS[rng.integers(len(HILLS))]
    for distance in range(rng.integers(0, 3)):
        height, phase, pace = rng.uniform(1.5, 4), rng.uniform(0, 6), rng.uniform(0.06, 0.14)
        xs = np.linspace(-1, 65, 34)
        ys = horizon - height * (0.6 + 0.4 * np.sin(pace * xs + phase) + 0.15 * np.sin(2.7 * pace * xs))
        ridge = [(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]
        canvas.polygon([*ridge, (65, horizon + 1), (-1, horizon + 1)], tint(colour, 1.18 - 0.18 * distance))


def _draw_meadow(canvas: Canvas, rng: np.random.Generator, horizon: float) -> None:
    grass = GRASS[rng.integers(len(GRASS))]
    canvas.shaded([(-1, horizon), (65, horizon), (65, 65), (-1, 65)], tint(grass, 1.12), tint(grass, 0.86))
    for _ in range(110):
        x, y = rng.uniform(0, 64), horizon + 1 + (64 - horizon) * rng.random()
        tall = 0.3 + 1.3 * (y - horizon) / (64 - horizon)
        canvas.stroke([(x, y), (x + rng.uniform(-0.3, 0.3), y - tall)], tint(grass, rng.uniform(0.78, 1.16)), 0.3)
    flower = FLOWERS[rng.integers(len(FLOWERS))]
    for _ in range(rng.integers(0, 14)):
        canvas.disc(rng.uniform(0, 64), rng.uniform(horizon + 3, 64), rng.uniform(0.3, 0.55), flower)


def _draw_road(canvas: Canvas, rng: np.random.Generator, middle: float) -> None:
    """A road across the picture, a little aslant; asphalt has a broken line, a dirt road has none."""
    kind = rng.integers(len(ROADS))
    colour, half, slant = ROADS[kind], rng.uniform(4.2, 5.4), rng.uniform(-1, 1)

    def band(upper: float, lower: float, left: float = -1, right: float = 65):
        rise = [slant * (x - 32) / 32 for x in (left, right)]
        ends = [(left, upper + rise[0]), (right, upper + rise[1]), (right, lower + rise[1]), (left, lower + rise[0])]
        return [(x, middle + y) for x, y in ends]

    canvas.polygon(band(-half - 0.7, half + 0.9), tint(colour, 1.28))
    canvas.shaded(band(-half, half), tint(colour, 1.06), tint(colour, 0.9))
    if colour[0] - colour[2] < 40:
        start, line = rng.uniform(-8, 0), (232, 228, 210)
        for x in np.arange(start, 64, 10.5):
            canvas.polygon(band(-0.35, 0.35, x, x + 5.5), line)


def _sunny(rng: np.random.Generator) -> Image.Image:
    zenith, low = between(rng, (52, 128, 220), (84, 158, 238)), between(rng, (170, 212, 246), (208, 230, 248))
    pixels = np.asarray(gradient((SKY_PX, SKY_PX), zenith, low), np.float32)
    x, y, radius = rng.uniform(7, 57), rng.uniform(6, 16), rng.uniform(3.6, 5.4)
    rows, columns = np.mgrid[:SKY_PX, :SKY_PX] / np.float32(SOFT)
    away = np.hypot(columns - x, rows - y)[..., None]
    glow = 0.75 * np.exp(-np.maximum(away - radius, 0) / 3.4) + 0.25 * np.exp(-away / 14)
    pixels += (np.array((255, 246, 206)) - pixels) * np.clip(glow, 0, 1)
    disc = np.clip((radius - away) * SOFT, 0, 1)
    pixels += (np.array((255, 216, 74)) + np.array((0, 30, 110)) * np.clip(1 - away / radius, 0, 1) - pixels) * disc
    sky = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
    for _ in range(rng.integers(0, 3)):
        _paint_wisp(sky, rng)
    return sky


def _paint_wisp(sky: Image.Image, rng: np.random.Generator) -> None:
    x, y, length = rng.uniform(0, 50), rng.uniform(12, 36), rng.uniform(10, 20)
    mask = Image.new("L", sky.size)
    for _ in range(3):
        dx, dy, part = rng.uniform(0, length / 2), rng.uniform(-0.8, 0.8), length * rng.uniform(0.4, 0.8)
        box = [v * SOFT for v in (x + dx, y + dy - 0.5, x + dx + part, y + dy + 0.5)]
        ImageDraw.Draw(mask).ellipse(box, fill=110)
    sky.paste((255, 255, 255), (0, 0), mask.filter(ImageFilter.BoxBlur(1.5)))


def _cloudy(rng: np.random.Generator) -> Image.Image:
    zenith, low = between(rng, (104, 112, 126), (140, 146, 156)), between(rng, (172, 177, 185), (196, 199, 204))
    sky = gradient((SKY_PX, SKY_PX), zenith, low)
    haze = Image.fromarray(rng.integers(96, 160, (5, 4), dtype=np.uint8)).resize(sky.size, Image.Resampling.BICUBIC)
    sky = Image.fromarray((np.asarray(sky, float) + (np.asarray(haze, float)[..., None] - 128) * 0.5).astype(np.uint8))
    for y in sorted(rng.uniform(4, 27, rng.integers(3, 6)), reverse=True):
        _paint_cloud(sky, rng, rng.uniform(-4, 66), y)
    return sky


def _paint_cloud(sky: Image.Image, rng: np.random.Generator, x: float, y: float) -> None:
    """Puffs on a flat base, dark below and bright above, with a shade around them."""
    width, bright = rng.uniform(16, 30), between(rng, (206, 210, 216), (244, 245, 248))
    mask = Image.new("L", sky.size)
    pen = ImageDraw.Draw(mask)
    for across in np.linspace(-0.5, 0.5, 9):
        radius = width * (0.09 + 0.16 * (1 - (2 * across) ** 2)) * rng.uniform(0.75, 1.2)
        middle = x + across * width, y - radius * 0.55
        pen.ellipse(
            [v * SOFT for v in (middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius)], 255
        )
    pen.rectangle([0, y * SOFT, SKY_PX, SKY_PX], fill=0)
    base = rounded(
        [
            (x - 0.55 * width, y - 1.2),
            (x + 0.55 * width, y - 1.2),
            (x + 0.5 * width, y + 0.9),
            (x - 0.5 * width, y + 0.9),
        ]
    )
    pen.polygon([(a * SOFT, b * SOFT) for a, b in base], fill=255)
    shade = mask.filter(ImageFilter.BoxBlur(2.5)).point(lambda v: v * 0.35)
    sky.paste((88, 95, 108), (0, SOFT), shade)
    top = max(int((y - 0.32 * width) * SOFT), 0)
    fill = Image.new("RGB", sky.size, tint(bright, 0.74))
    fill.paste(gradient((SKY_PX, max(int((y + 1) * SOFT) - top, 1)), bright, tint(bright, 0.74)), (0, top))
    fill.paste(bright, (0, 0, SKY_PX, top))
    sky.paste(fill, (0, 0), mask.filter(ImageFilter.BoxBlur(1)))
