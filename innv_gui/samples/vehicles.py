"""Vehicles from the side: their outlines as numbers, and how one is painted.

Outlines are in units of the vehicle's length: x runs from the rear (0) to the front (1), y up from the road.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from innv_gui.samples.canvas import Canvas, Colour, Points, rounded, tint


@dataclass(frozen=True)
class Shape:
    """length_px: from..to in the finished picture; load: a box on the chassis that is not painted like the cab."""

    length_px: tuple[float, float]
    body: Points
    windows: tuple[Points, ...]
    wheels: tuple[float, ...]
    wheel_radius: float
    waist: float  # height of the line under the windows
    doors: tuple[float, ...] = ()
    load: Points | None = None
    two_tone: bool = False


SEDAN = Shape(
    (33, 42),
    [(0, 0.09), (0, 0.25), (0.04, 0.3), (0.19, 0.315), (0.3, 0.455), (0.58, 0.455), (0.72, 0.31), (0.94, 0.275)]
    + [(1, 0.21), (1, 0.09)],
    (
        [(0.25, 0.315), (0.33, 0.42), (0.45, 0.42), (0.45, 0.315)],
        [(0.48, 0.315), (0.48, 0.42), (0.57, 0.42), (0.67, 0.315)],
    ),
    (0.2, 0.8), 0.087, 0.29, (0.465, 0.7),
)  # fmt: skip
HATCHBACK = Shape(
    (28, 36),
    [(0, 0.1), (0, 0.28), (0.07, 0.47), (0.14, 0.52), (0.52, 0.52), (0.72, 0.35), (0.94, 0.3), (1, 0.23), (1, 0.1)],
    (
        [(0.11, 0.35), (0.16, 0.48), (0.34, 0.48), (0.34, 0.35)],
        [(0.38, 0.35), (0.38, 0.48), (0.51, 0.48), (0.66, 0.35)],
    ),
    (0.19, 0.8), 0.105, 0.32, (0.36, 0.68),
)  # fmt: skip
ESTATE = Shape(
    (34, 42),
    [(0, 0.1), (0, 0.28), (0.05, 0.44), (0.1, 0.47), (0.56, 0.47), (0.72, 0.32), (0.95, 0.29), (1, 0.22), (1, 0.1)],
    (
        [(0.07, 0.32), (0.1, 0.43), (0.24, 0.43), (0.24, 0.32)],
        [(0.27, 0.32), (0.27, 0.43), (0.42, 0.43), (0.42, 0.32)],
        [(0.45, 0.32), (0.45, 0.43), (0.55, 0.43), (0.66, 0.32)],
    ),
    (0.19, 0.81), 0.09, 0.3, (0.255, 0.435, 0.69),
)  # fmt: skip
VAN = Shape(
    (33, 41),
    [(0, 0.1), (0, 0.56), (0.03, 0.6), (0.66, 0.6), (0.83, 0.38), (0.96, 0.33), (1, 0.26), (1, 0.1)],
    ([(0.58, 0.38), (0.58, 0.54), (0.65, 0.54), (0.77, 0.38)],),
    (0.19, 0.81), 0.092, 0.3, (0.3, 0.55, 0.79),
)  # fmt: skip
CAMPER = Shape(
    (31, 38),
    [(0, 0.1), (0, 0.55), (0.05, 0.61), (0.84, 0.61), (0.96, 0.38), (1, 0.32), (1, 0.1)],
    (
        [(0.06, 0.38), (0.06, 0.54), (0.26, 0.54), (0.26, 0.38)],
        [(0.3, 0.38), (0.3, 0.54), (0.5, 0.54), (0.5, 0.38)],
        [(0.54, 0.38), (0.54, 0.54), (0.7, 0.54), (0.7, 0.38)],
        [(0.74, 0.38), (0.74, 0.54), (0.83, 0.54), (0.9, 0.38)],
    ),
    (0.2, 0.78), 0.095, 0.35, (0.52, 0.72), two_tone=True,
)  # fmt: skip
PICKUP = Shape(
    (35, 43),
    [(0, 0.13), (0, 0.31), (0.38, 0.31), (0.42, 0.48), (0.61, 0.48), (0.73, 0.33), (0.96, 0.3), (1, 0.24), (1, 0.13)],
    ([(0.44, 0.33), (0.46, 0.445), (0.6, 0.445), (0.69, 0.33)],),
    (0.19, 0.8), 0.1, 0.3, (0.4, 0.7),
)  # fmt: skip
TRUCK = Shape(
    (36, 44),
    [(0.64, 0.13), (0.64, 0.5), (0.67, 0.53), (0.85, 0.53), (0.95, 0.36), (1, 0.32), (1, 0.13)],
    ([(0.72, 0.35), (0.72, 0.485), (0.83, 0.485), (0.91, 0.35)],),
    (0.17, 0.82), 0.088, 0.32, (0.7,),
    load=[(0, 0.16), (0, 0.62), (0.63, 0.62), (0.63, 0.16)],
)  # fmt: skip
SHAPES = (SEDAN, HATCHBACK, ESTATE, VAN, CAMPER, PICKUP, TRUCK)

PAINTS: tuple[Colour, ...] = (
    (205, 46, 44), (235, 168, 36), (38, 92, 178), (44, 52, 64), (236, 238, 240), (160, 168, 176), (46, 125, 88),
    (232, 112, 38), (34, 148, 160), (126, 34, 52), (214, 196, 160), (110, 78, 160), (120, 170, 60), (88, 160, 220),
)  # fmt: skip
LOADS: tuple[Colour, ...] = ((232, 234, 236), (214, 206, 190), (70, 110, 160), (190, 70, 56), (84, 96, 104))
GLASS: tuple[tuple[Colour, Colour], ...] = (((52, 64, 78), (104, 122, 136)), ((150, 184, 204), (96, 130, 152)))
TYRE, ARCH, RIM, HUB = (30, 31, 34), (22, 23, 26), (196, 200, 206), (108, 114, 122)


@dataclass(frozen=True)
class Placed:
    """Turns a vehicle's own units into picture coordinates."""

    left: float
    road: float
    length: float
    tall: float
    forward: bool  # faces right

    def at(self, points: Points) -> Points:
        """Outline in the picture."""
        return [(self.x(x), self.y(y)) for x, y in points]

    def x(self, x: float) -> float:
        """Picture coordinate of a place along the vehicle."""
        return self.left + (x if self.forward else 1 - x) * self.length

    def y(self, y: float) -> float:
        """Picture coordinate of a height."""
        return self.road - y * self.length * self.tall


def draw_vehicle(canvas: Canvas, rng: np.random.Generator, road_y: float) -> None:
    """Paints one vehicle whose wheels stand at `road_y`."""
    shape = SHAPES[rng.integers(len(SHAPES))]
    length = rng.uniform(*shape.length_px)
    left = rng.uniform(2.5, 61.5 - length)
    placed = Placed(left, road_y, length, rng.uniform(0.97, 1.1), rng.random() < 0.5)
    paint, glass = PAINTS[rng.integers(len(PAINTS))], GLASS[rng.integers(len(GLASS))]
    load = LOADS[rng.integers(len(LOADS))]
    canvas.shadow(left + length / 2, road_y + 0.2, length * 0.53, 0.075, 0.6)
    _draw_body(canvas, placed, shape, paint, load)
    for window in shape.windows:
        canvas.shaded(rounded(placed.at(window), 1), *glass)
        _draw_reflection(canvas, placed, window, glass)
    _draw_trim(canvas, placed, shape, paint)
    for x in shape.wheels:
        _draw_wheel(canvas, placed, x, shape.wheel_radius)


def _draw_body(canvas: Canvas, placed: Placed, shape: Shape, paint: Colour, load: Colour) -> None:
    if shape.load:
        canvas.polygon(placed.at([(0.02, 0.1), (0.02, 0.17), (0.98, 0.17), (0.98, 0.1)]), (52, 54, 58))
        canvas.shaded(placed.at(shape.load), tint(load, 1.15), tint(load, 0.84))
        for x in (0.13, 0.27, 0.41, 0.55):
            canvas.stroke(placed.at([(x, 0.2), (x, 0.58)]), tint(load, 0.86), 0.35)
    canvas.shaded(rounded(placed.at(shape.body)), tint(paint, 1.22), tint(paint, 0.72))
    if shape.two_tone:
        roof = [(0.005, 0.36), (0.005, 0.55), (0.05, 0.6), (0.84, 0.6), (0.965, 0.36)]
        canvas.shaded(rounded(placed.at(roof), 1), (250, 250, 246), (226, 226, 220))


def _draw_reflection(canvas: Canvas, placed: Placed, window: Points, glass: tuple[Colour, Colour]) -> None:
    (x0, y0), (x1, y1) = np.min(window, axis=0), np.max(window, axis=0)
    x, slant = x0 + 0.45 * (x1 - x0), 0.2 * (x1 - x0)
    band = [(x, y0 + 0.02), (x + slant, y1 - 0.02), (x + 1.8 * slant, y1 - 0.02), (x + 0.8 * slant, y0 + 0.02)]
    canvas.polygon(placed.at(band), tint(glass[0], 1.35))


def _draw_trim(canvas: Canvas, placed: Placed, shape: Shape, paint: Colour) -> None:
    start = 0.66 if shape.load else 0.02
    canvas.stroke(placed.at([(start, shape.waist), (0.95, shape.waist - 0.02)]), tint(paint, 1.42), 0.45)
    for x in shape.doors:
        canvas.stroke(placed.at([(x, 0.13), (x, shape.waist)]), tint(paint, 0.62), 0.3)
        if x < 0.68:
            canvas.stroke(
                placed.at([(x - 0.075, shape.waist - 0.04), (x - 0.035, shape.waist - 0.04)]), (34, 36, 40), 0.4
            )
    foot = shape.body[0][1]
    canvas.polygon(
        rounded(placed.at([(start, foot), (start, foot + 0.045), (1, foot + 0.045), (1, foot)]), 1), tint(paint, 0.42)
    )
    canvas.polygon(rounded(placed.at([(0.93, 0.215), (0.945, 0.255), (0.99, 0.235), (0.995, 0.2)]), 1), (255, 244, 200))
    canvas.polygon(rounded(placed.at([(0.003, 0.2), (0.003, 0.27), (0.035, 0.27), (0.035, 0.2)]), 1), (206, 30, 34))


def _draw_wheel(canvas: Canvas, placed: Placed, x: float, radius: float) -> None:
    size = radius * placed.length
    x, y = placed.x(x), placed.road - size
    canvas.disc(x, y - 0.1 * size, 1.22 * size, ARCH)
    canvas.disc(x, y, size, TYRE)
    canvas.disc(x, y, 0.6 * size, RIM)
    for turn in np.arange(5) * 2 * np.pi / 5:
        canvas.disc(x + 0.36 * size * np.sin(turn), y - 0.36 * size * np.cos(turn), 0.13 * size, HUB)
    canvas.disc(x, y, 0.16 * size, HUB)
