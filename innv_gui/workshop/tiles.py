"""The eighteen training images that the Workshop offers (ShapeShop's), 28 x 28, white on black.

Shapes are in the middle or, smaller, in two corners. The two noises are drawn again for each copy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy  # its parts are imported when they are first used: half a second each

SIDE = 28  # pixels
SIGMA_PX = 1.0  # of the blurred noise
FAR = 21  # pixels from the small triangle in the top left corner to that in the bottom right one
ROWS, COLUMNS = np.mgrid[:SIDE, :SIDE]


@dataclass(frozen=True)
class Tile:
    """noise: it has no pixels of its own, each copy is another."""

    id: str
    label: str
    noise: bool = False


def pixels(tile: str) -> np.ndarray:
    """(28, 28) float32, 0 and 1. KeyError for a noise, and for what is no tile."""
    return SHAPES[tile]().astype(np.float32)


def drawn(tile: str, rng: np.random.Generator) -> np.ndarray:
    """One copy, (28, 28) float32 in [0, 1]; only a noise takes numbers of `rng`."""
    if not TILES[tile].noise:
        return pixels(tile)
    noise = rng.random((SIDE, SIDE), np.float32)
    return noise if tile == "noise" else np.asarray(scipy.ndimage.gaussian_filter(noise, SIGMA_PX))


def _box(top: int, bottom: int, left: int, right: int) -> np.ndarray:
    """(28, 28) bool; the ends are outside."""
    inside = np.zeros((SIDE, SIDE), bool)
    inside[top:bottom, left:right] = True
    return inside


def _disk(centre: int, radius: int) -> np.ndarray:
    return (ROWS - centre) ** 2 + (COLUMNS - centre) ** 2 <= radius**2


def _middle_disk() -> np.ndarray:
    return _disk(14, 8) & _box(7, 22, 7, 22)


def _triangle(apex: int, base: int, middle: int) -> np.ndarray:
    """One pixel at the apex row, two more in each row down to the base."""
    return _box(apex, base + 1, 0, SIDE) & (abs(COLUMNS - middle) <= ROWS - apex)


SHAPES: dict[str, Callable[[], np.ndarray]] = {
    "box": lambda: _box(7, 21, 7, 21),
    "hollow_box": lambda: _box(7, 21, 7, 21) & ~_box(9, 19, 9, 19),
    "vertical_line": lambda: _box(7, 21, 13, 15),
    "horizontal_line": lambda: _box(13, 15, 7, 21),
    "disk": _middle_disk,
    "ring": lambda: _middle_disk() & ~_disk(14, 5),
    "triangle": lambda: _triangle(9, 18, 14),
    "hollow_triangle": lambda: _triangle(9, 18, 14) & ~_triangle(11, 17, 14),
    "top_box": lambda: _box(0, 6, 0, 6),
    "bottom_box": lambda: _box(22, 28, 22, 28),
    "top_line": lambda: _box(0, 6, 2, 4),
    "bottom_line": lambda: _box(22, 28, 25, 27),
    "top_disk": lambda: _disk(3, 2),
    "bottom_disk": lambda: _disk(24, 2),
    "top_triangle": lambda: _triangle(0, 3, 3),
    "bottom_triangle": lambda: _triangle(FAR, FAR + 3, FAR + 3),
}

WORDS = {"top": "corner {}, top", "bottom": "corner {}, bottom"}


def _label(name: str) -> str:
    where, _, what = name.partition("_")
    return WORDS[where].format(what) if where in WORDS else name.replace("_", " ")


TILES = {name: Tile(name, _label(name)) for name in SHAPES} | {
    name: Tile(name, _label(name), noise=True) for name in ("noise", "blurred_noise")
}
