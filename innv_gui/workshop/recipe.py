"""What a network of the Workshop is trained on and how, and what comes of it, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from innv_gui.records import ModelSource
from innv_gui.workshop.tiles import SIDE

MODELS = ("mlp", "cnn", "file")
INITIALS = ("black", "white", "noise", "blurred")
STEP_SIZES = (0.001, 0.005, 0.01)
EPOCHS = (50, 100, 150, 200, 250)
WAYS = ("none", "penalty", "filling", "both")
RECOMMENDED_WAY, RECOMMENDED_STRENGTH = "filling", 1.0  # measured: docs/measure_workshop.py
BATCH = 4  # images
MOST_CLASSES = 18
STOPS = ("probability", "iterations", "flat", "not finite")  # why an ascent ended


@dataclass(frozen=True, eq=False)
class ShapeClass:
    """A class: a tile, or pixels uint8 (n, 28, 28), which are a drawing (n = 1) or pictures.

    marks: int8 (28, 28), +1 look here, -1 not here, 0 neither; None is all 0.
    """

    name: str
    tile: str = ""
    pixels: np.ndarray | None = None
    marks: np.ndarray | None = None


@dataclass(frozen=True)
class Recipe:
    """All that a trained network, and the pictures of its classes, follow from.

    source: the file of the model "file". initial, step_size: of the ascent. way: what marks do, one of WAYS.
    strength: of the penalty; at 1 it weighs as much in the first batch as the cross-entropy, whatever the network.
    """

    classes: tuple[ShapeClass, ...]
    model: str = "mlp"
    source: ModelSource | None = None
    initial: str = "black"
    step_size: float = 0.005
    epochs: int = 100
    seed: int = 0
    way: str = "none"
    strength: float = 1.0


@dataclass(frozen=True, eq=False)
class TrainState:
    """All that training needs to go on: weights and Adadelta's two means of each, in the network's order.

    epoch: how many are done. scale: what a strength of 1 multiplies the penalty by.
    """

    weights: tuple[np.ndarray, ...]
    slots: tuple[np.ndarray, ...]
    epoch: int = 0
    scale: float = 0.0


@dataclass(frozen=True, eq=False)
class Film:
    """An ascent, each step kept.

    frames: float32 (steps + 1, 28, 28), not clipped; p: float32 (steps + 1,), of its class; stopped: one of STOPS.
    """

    frames: np.ndarray
    p: np.ndarray
    stopped: str


def marked(recipe: Recipe) -> bool:
    """Whether any class has a mark."""
    return any(one.marks is not None and np.any(one.marks) for one in recipe.classes)


def regions(recipe: Recipe) -> np.ndarray:
    """(K, 28, 28) bool: where the pictures of each class are not to be looked at.

    What is marked "not here" on one class counts for all, because a network that looks does not know the class yet.
    A class with "look here" marks has, in addition, all that is outside them, and never what is inside.
    """
    marks = np.stack([np.zeros((SIDE, SIDE)) if one.marks is None else one.marks for one in recipe.classes])
    looked = marks > 0
    outside = looked.any(axis=(1, 2), keepdims=True) & ~looked
    return ((marks < 0).any(axis=0) | outside) & ~looked
