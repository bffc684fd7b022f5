"""Trees: round crowns, wide oaks, poplars, birches, firs and pines, in summer green, autumn colours and blossom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from innv_gui.samples.canvas import Canvas, Colour, rounded, tint


@dataclass(frozen=True)
class Shape:
    """Sizes of the crown in units of the tree's height; leaf: size of its tufts in the same unit."""

    height_px: tuple[float, float]
    width: float
    foot: float  # where the crown begins
    leaf: float
    trunk: float  # width at the ground
    birch: bool = False
    tiers: int = 0  # more than 0: a conifer


ROUND = Shape((32, 42), 0.8, 0.26, 0.15, 0.085)
OAK = Shape((31, 39), 1.1, 0.24, 0.15, 0.115)
POPLAR = Shape((38, 46), 0.36, 0.13, 0.1, 0.06)
BIRCH = Shape((36, 44), 0.58, 0.3, 0.09, 0.05, birch=True)
FIR = Shape((36, 46), 0.58, 0.13, 0.0, 0.07, tiers=5)
SPRUCE = Shape((36, 46), 0.44, 0.1, 0.0, 0.06, tiers=7)
SHAPES = (ROUND, OAK, POPLAR, BIRCH, FIR, SPRUCE)

LEAVES: tuple[Colour, ...] = (
    (54, 128, 56), (38, 104, 54), (96, 148, 50), (74, 134, 74), (128, 158, 54), (40, 112, 84),
    (222, 134, 34), (196, 74, 40), (226, 178, 52), (164, 52, 48), (232, 160, 184),
)  # fmt: skip
NEEDLES: tuple[Colour, ...] = ((30, 92, 62), (44, 108, 70), (56, 104, 88), (74, 112, 56), (36, 78, 60))
BARK: tuple[Colour, ...] = ((98, 70, 46), (84, 66, 54), (118, 88, 58), (74, 56, 44))


@dataclass(frozen=True)
class Placed:
    """Where the tree stands, how high it is and from which side the light falls (-1 left, 1 right)."""

    x: float
    ground: float
    height: float
    light: int

    def y(self, share: float) -> float:
        """Picture coordinate of a share of the height."""
        return self.ground - share * self.height


def draw_tree(canvas: Canvas, rng: np.random.Generator, ground_y: float) -> None:
    """Paints one tree whose trunk stands at `ground_y`; it stays inside the picture."""
    shape = SHAPES[rng.integers(len(SHAPES))]
    height = min(rng.uniform(*shape.height_px), ground_y - 3)
    half = max(shape.width * height / 2, 8)
    placed = Placed(rng.uniform(half + 1, 63 - half), ground_y, height, rng.choice((-1, 1)))
    canvas.shadow(placed.x, ground_y, half * 0.9, 0.13, 0.42)
    _draw_trunk(canvas, rng, placed, shape)
    if shape.tiers:
        _draw_tiers(canvas, rng, placed, shape, NEEDLES[rng.integers(len(NEEDLES))])
    else:
        _draw_crown(canvas, rng, placed, shape, LEAVES[rng.integers(len(LEAVES))])


def _draw_trunk(canvas: Canvas, rng: np.random.Generator, placed: Placed, shape: Shape) -> None:
    bark = (226, 224, 214) if shape.birch else BARK[rng.integers(len(BARK))]
    half, top = shape.trunk * placed.height / 2, placed.y(shape.foot + 0.25)
    x, ground = placed.x, placed.ground
    outline = [(x - 1.5 * half, ground + 0.4), (x - 0.9 * half, ground - 2), (x - 0.6 * half, top)]
    outline += [(x + 0.6 * half, top), (x + 0.9 * half, ground - 2), (x + 1.5 * half, ground + 0.4)]
    canvas.polygon(outline, tint(bark, 0.78))
    lit = [(x, ground), (x, top), (x + placed.light * 0.6 * half, top), (x + placed.light * half, ground - 1)]
    canvas.polygon(lit, tint(bark, 1.12))
    if shape.birch:
        for _ in range(9):
            y = rng.uniform(top, ground - 1)
            canvas.stroke([(x - half, y), (x + rng.uniform(-half, half), y + 0.2)], (52, 48, 46), 0.4)
    elif not shape.tiers:
        for side in (-1, 1):
            fork = placed.y(shape.foot + 0.02)
            canvas.stroke([(x, fork), (x + side * 4 * half, placed.y(shape.foot + 0.2))], tint(bark, 0.78), 0.9 * half)


def _draw_crown(canvas: Canvas, rng: np.random.Generator, placed: Placed, shape: Shape, leaf: Colour) -> None:
    """Tufts inside an ellipse, drawn from the shaded side to the lit one; small flecks of leaf on top."""
    middle, tall = (1 + shape.foot) / 2, (1 - shape.foot) / 2
    tufts = []
    for _ in range(round(7.5 * shape.width * tall / shape.leaf**2) // 2):
        turn, reach = rng.uniform(0, 2 * np.pi), np.sqrt(rng.random())
        tufts.append((reach * np.sin(turn), reach * np.cos(turn)))
    tufts.sort(key=lambda t: 0.5 * placed.light * t[0] + t[1])
    for size, lift, steps in ((1.0, 0.0, 0.62), (0.82, 0.02, 0.8), (0.55, 0.04, 1.0)):
        for across, up in tufts:
            lit = np.clip(0.5 + 0.5 * (0.5 * placed.light * across + up), 0, 1)
            radius = size * shape.leaf * placed.height * rng.uniform(0.75, 1.1)
            x = placed.x + across * (shape.width / 2 - 0.8 * shape.leaf) * placed.height + placed.light * lift * 20
            y = placed.y(middle + up * (tall - 0.8 * shape.leaf) + lift)
            canvas.disc(x, y, radius, tint(leaf, steps * (0.8 + 0.42 * lit)))
    _draw_flecks(canvas, rng, placed, shape, leaf)


def _draw_flecks(canvas: Canvas, rng: np.random.Generator, placed: Placed, shape: Shape, leaf: Colour) -> None:
    middle, tall = (1 + shape.foot) / 2, (1 - shape.foot) / 2
    for _ in range(90):
        turn, reach = rng.uniform(0, 2 * np.pi), 0.94 * np.sqrt(rng.random())
        across, up = reach * np.sin(turn), reach * np.cos(turn)
        lit = 0.5 + 0.5 * (0.5 * placed.light * across + up)
        x = placed.x + across * shape.width / 2 * placed.height
        canvas.disc(
            x,
            placed.y(middle + up * tall),
            rng.uniform(0.35, 0.8),
            tint(leaf, 0.74 + 0.3 * lit + 0.24 * lit * rng.random()),
        )


def _draw_tiers(canvas: Canvas, rng: np.random.Generator, placed: Placed, shape: Shape, needle: Colour) -> None:
    """Skirts of branches, the lowest first, each with a ragged hem and a lit flank."""
    step = (1 - shape.foot) / shape.tiers
    for tier in range(shape.tiers):
        low = shape.foot + tier * step
        tip = min(low + 2.1 * step, 1.0)
        half = shape.width / 2 * placed.height * (1 - tier / shape.tiers) ** 0.85
        top, hem = (placed.x, placed.y(tip)), placed.y(low)
        teeth = np.linspace(-half, half, 9)
        ragged = [(placed.x + t, hem + (0.9 if i % 2 else -0.7) + rng.uniform(-0.4, 0.4)) for i, t in enumerate(teeth)]
        canvas.polygon(rounded([top, *ragged], 1), tint(needle, 0.72 + 0.04 * tier))
        flank = [p for p in ragged if placed.light * (p[0] - placed.x) >= -0.12 * half]
        flank = sorted(flank, key=lambda p: placed.light * p[0])
        canvas.polygon([top, *((x, y - 0.7) for x, y in flank)], tint(needle, 1.02 + 0.05 * tier))
