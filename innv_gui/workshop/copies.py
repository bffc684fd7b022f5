"""The training images of a recipe: copies of each class with a little noise, some of them held out.

ShapeShop's numbers: ten copies, U[0, 0.01) added to each, a fifth held out. The same seed gives the same images, and a
class has the same ones whichever classes come after it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from innv_gui.workshop import tiles
from innv_gui.workshop.recipe import Recipe, ShapeClass

COPIES = 10  # at least, of a class
HELD_OUT = 0.2
NOISE = 0.01
APART = 5  # pictures of a class, from which those that are held out are others than those that are trained on
STREAM = 1  # of random numbers: others belong to weights and batches
WHITE = 255.0


@dataclass(frozen=True, eq=False)
class Copies:
    """x, held: float32 (N, 28, 28) in [0, 1.01); y, held_y: int32 (N,), the index of the class."""

    x: np.ndarray
    y: np.ndarray
    held: np.ndarray
    held_y: np.ndarray


def copies(recipe: Recipe) -> Copies:
    """All classes, one after the other."""
    pairs = [_split(one, np.random.default_rng((recipe.seed, STREAM, k))) for k, one in enumerate(recipe.classes)]
    trained, held = zip(*pairs, strict=True)
    return Copies(np.concatenate(trained), _indices(trained), np.concatenate(held), _indices(held))


def _indices(parts: tuple[np.ndarray, ...]) -> np.ndarray:
    return np.repeat(np.arange(len(parts), dtype=np.int32), [len(part) for part in parts])


def _split(one: ShapeClass, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """To be trained on, and held out."""
    if one.pixels is None:
        pictures = np.stack([tiles.drawn(one.tile, rng) for _ in range(COPIES)])
    else:
        pictures = rng.permutation(one.pixels).astype(np.float32) / WHITE
    if len(pictures) < APART:
        pictures = _at_least(pictures, COPIES)
    count = round(len(pictures) * HELD_OUT)
    fewest = round(COPIES * HELD_OUT)
    parts = (_at_least(pictures[count:], COPIES - fewest), _at_least(pictures[:count], fewest))
    trained, held = (part + NOISE * rng.random(part.shape, np.float32) for part in parts)
    return trained, held


def _at_least(pictures: np.ndarray, count: int) -> np.ndarray:
    """As they are, or, where they are too few, again from the first."""
    return pictures[np.arange(max(len(pictures), count)) % len(pictures)]
