"""What it takes to train a person's model again with a part of the pictures painted out, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from innv_gui.records import ImageRef, ModelSource, Preprocessing

WAYS = ("filling", "penalty", "both")
FILLS = ("pictures", "noise", "colour")
MOST_MEASURED = 200  # held-out images


@dataclass(frozen=True, eq=False)
class RetrainPlan:
    """All that the new weights follow from; the same id means the same images.

    labels: (n,) int32 class indices. held: (n,) bool, the images that are measured and never trained on. masks: bool
    (n, H, W), or (1, H, W) for all images alike, in the geometry of the network's input: what is painted. way: one of
    WAYS; fill: one of FILLS. strength: of the penalty; at 1 it costs the model as it is as much as knowing no class.
    forget: 0 keeps the weights, 1 replaces them by fresh ones; between, w <- (1 - forget) w + forget fresh
    (Ash and Adams 2020). learning_rate: of Adam at the first step, from which it falls to almost nothing.
    """

    id: str
    source: ModelSource
    preprocessing: Preprocessing
    refs: tuple[ImageRef, ...]
    labels: np.ndarray
    held: np.ndarray
    masks: np.ndarray
    way: str = "both"
    fill: str = "pictures"
    strength: float = 0.1
    steps: int = 1500
    learning_rate: float = 0.002
    forget: float = 1.0
    seed: int = 0
    batch: int = 32

    @property
    def every(self) -> int:
        """Steps between two looks at the held-out images."""
        return max(1, self.steps // 20)

    @cached_property
    def painted(self) -> np.ndarray:
        """(n,) bool: images of which something is painted."""
        found = np.asarray(self.masks.any(axis=(1, 2)))
        return found if len(found) > 1 else np.repeat(found, len(self.refs))

    def masks_of(self, rows: np.ndarray) -> np.ndarray:
        """(b, H, W) bool, of some images."""
        return self.masks[rows] if len(self.masks) > 1 else np.repeat(self.masks, len(rows), axis=0)


@dataclass(frozen=True, eq=False)
class RetrainState:
    """All that training needs to go on. weights: of the layers that learn, in the network's order; first, second:
    Adam's two means of each. scale: what a strength of 1 multiplies the penalty by; 0 without one."""

    weights: tuple[np.ndarray, ...]
    first: tuple[np.ndarray, ...]
    second: tuple[np.ndarray, ...]
    step: int = 0
    scale: float = 0.0


@dataclass(frozen=True, eq=False)
class RetrainSlice:
    """Some steps further. losses: (steps,) float32, cross-entropy of each batch.

    looks: rows of (step, accuracy as usual, accuracy with the painted part replaced), on the held-out images.
    seconds: in the worker, without the wait for it.
    """

    state: RetrainState
    losses: np.ndarray
    looks: np.ndarray
    seconds: float


@dataclass(frozen=True, eq=False)
class Behaviour:
    """What a model does on the n held-out images that are measured. Shares are 0 to 1, NaN where not known.

    usual: right as they are; replaced: right with the painted part taken from images of other classes. share: of the
    positive relevance (gradient times input, of the label's class) that lies in the painted part; shares: by image.
    answers: (n,) predicted classes. undecided: it (nearly) always says one class, or says nothing clearly.
    n_replaced: of how many of them `replaced` is the share, those that are painted; None in records without it.
    """

    n: int
    usual: float
    replaced: float
    share: float
    shares: np.ndarray
    answers: np.ndarray
    undecided: bool = False
    n_replaced: int | None = None

    @property
    def n_painted(self) -> int:
        """Of how many images `replaced` is the share."""
        return self.n if self.n_replaced is None else self.n_replaced


def split(labels: np.ndarray, part: float, seed: int) -> np.ndarray:
    """(n,) bool: which images are held out, by chance; the same part of each class, at least one of it."""
    held = np.zeros(len(labels), bool)
    for class_ in np.unique(labels):
        places = np.random.default_rng((seed, int(class_))).permutation(np.flatnonzero(labels == class_))
        held[places[: max(1, round(part * len(places)))]] = True
    return held


def typical(masks: np.ndarray) -> np.ndarray:
    """(n, H, W) bool, some empty -> the same, where the empty ones have what at least half of the others have."""
    painted = np.asarray(masks.any(axis=(1, 2)))
    usual = masks[painted].mean(axis=0) >= 0.5
    return np.where(painted[:, None, None], masks, usual) if painted.any() else masks
