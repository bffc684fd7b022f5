"""How much a picture is like the images that a class was trained on: Pearson's r, signed.

ShapeShop shows |r| alone, which cannot tell a class that is shown from one that is shown by the absence of another.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from innv_gui.workshop import tiles
from innv_gui.workshop.copies import WHITE, Copies
from innv_gui.workshop.recipe import Recipe


@dataclass(frozen=True)
class Likeness:
    """signed: r with the class's own prototype; others: with that of each other class, by name.

    NaN where a picture is of one value. mean: the prototype is the mean of the training images.
    """

    signed: float
    others: dict[str, float] = field(default_factory=dict)
    mean: bool = False

    @property
    def absolute(self) -> float:
        """|r|, as ShapeShop has it."""
        return abs(self.signed)


def likenesses(recipe: Recipe, copies: Copies, pictures: np.ndarray) -> tuple[Likeness, ...]:
    """pictures: (K, 28, 28), one per class, in the recipe's order."""
    clean = prototypes(recipe, copies)
    names = [one.name for one in recipe.classes]
    found = [[correlation(picture, one) for one in clean] for picture in pictures]
    return tuple(
        Likeness(row[k], {name: r for name, r in zip(names, row, strict=True) if name != names[k]}, _mean(recipe, k))
        for k, row in enumerate(found)
    )


def prototypes(recipe: Recipe, copies: Copies) -> np.ndarray:
    """(K, 28, 28) float32: a tile or a drawing as it is, without noise; else the mean training image."""
    return np.stack([_prototype(recipe, copies, k) for k in range(len(recipe.classes))])


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Pearson's r of two pictures; NaN where one is of one value."""
    x, y = (np.asarray(one, np.float64).ravel() - np.mean(one, dtype=np.float64) for one in (a, b))
    size = np.sqrt((x @ x) * (y @ y))
    return float(x @ y / size) if size > 0 else float("nan")


def _mean(recipe: Recipe, k: int) -> bool:
    """Whether a class has more than one picture."""
    one = recipe.classes[k]
    return tiles.TILES[one.tile].noise if one.pixels is None else len(one.pixels) > 1


def _prototype(recipe: Recipe, copies: Copies, k: int) -> np.ndarray:
    one = recipe.classes[k]
    if _mean(recipe, k):
        return copies.x[copies.y == k].mean(axis=0)
    return tiles.pixels(one.tile) if one.pixels is None else one.pixels[0].astype(np.float32) / WHITE
