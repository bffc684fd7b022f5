"""RISE (Petsiuk et al. 2018): what the answer is, on average, when a pixel is seen behind a random mask.

S(pixel) = E[f(picture behind M) | M(pixel)], which is estimated by the mean of f weighed by the masks themselves. The
paper divides by the share of open cells instead; the masks' own sum has the same limit and needs fewer masks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from innv_gui.agreement import spearman
from innv_gui.runtimes.keras.attribution.question import Question
from innv_gui.runtimes.keras.perturbation import compiled
from innv_gui.runtimes.keras.perturbation.occlusion import answered

SLICE = 200  # masks between two looks at whether they suffice; even, so that halves keep their places
ENOUGH = 0.95  # rank correlation of the map of even masks with that of odd ones


@dataclass(frozen=True)
class Masks:
    """grids (n, s, s) of 0 and 1; shifts (n, 2) pixels. The same seed gives the same masks, whatever the picture."""

    grids: np.ndarray
    shifts: np.ndarray

    @classmethod
    def drawn(cls, shape: tuple[int, ...], params: dict) -> Masks:
        """For pictures of (H, W)."""
        draw, count, size = np.random.default_rng(params["seed"]), params["masks"], params["cells"]
        grids = (draw.random((count, size, size)) < params["open"]).astype(np.float32)
        cells = [-(-length // size) for length in shape]
        return cls(grids, draw.integers(0, cells, (count, 2)).astype(np.int32))

    def __len__(self) -> int:
        return len(self.grids)


def rise(question: Question) -> np.ndarray:
    """(n, H, W): of each pixel how likely the class is where it is seen, less the least of the picture's pixels.

    At an inner layer the neuron's activation stands for the probability.
    """
    masks = Masks.drawn(question.shape[:2], question.params)
    fills, found = question.filled(question.params["fill"]), []
    for row in range(len(question.x)):
        seen = question.met.setdefault((rise, row), Seen(question, masks, question.x[row], fills[row]))
        found.append(_map(question, seen, question.weights[row]))
    return np.stack(found)


class Seen:
    """What one picture's neurons said behind the masks so far: asked for once, whichever neuron is explained."""

    def __init__(self, question: Question, masks: Masks, picture: np.ndarray, fill: np.ndarray):
        self._question, self.masks = question, masks
        self._run = compiled.shown(question.network, question.layer, question.shape)
        self._pictures = tf.constant(picture), tf.constant(fill)
        self._slices: list[np.ndarray] = []

    def slice(self, place: int) -> np.ndarray:
        """(k, U) of the masks of one slice; the last one has what is left."""
        while len(self._slices) <= place:
            start = SLICE * len(self._slices)
            self._slices.append(self._asked(start, min(start + SLICE, len(self.masks))))
        return self._slices[place]

    def _asked(self, start: int, stop: int) -> np.ndarray:
        parts, batch = [], compiled.at_once(self._question.shape)
        for first in range(start, stop, batch):
            self._question.check()
            rows = slice(first, min(first + batch, stop))
            parts.append(self._run(*self._pictures, self.masks.grids[rows], self.masks.shifts[rows]).numpy())
        return answered(self._question, np.concatenate(parts))[1]


def _map(question: Question, seen: Seen, weights: np.ndarray) -> np.ndarray:
    """(H, W) of the neurons' mean by weights (U,); notes after how many masks it stood."""
    add, masks = compiled.sums(question.network, question.shape), seen.masks
    total, agreed, stop = np.zeros((2, 2, *question.shape[:2]), np.float64), 0.0, 0
    while stop < len(masks) and not (stop > SLICE and agreed > ENOUGH):
        rows = slice(stop, min(stop + SLICE, len(masks)))
        said = (seen.slice(stop // SLICE) @ weights).astype(np.float32)
        total += add(masks.grids[rows], masks.shifts[rows], said).numpy()
        agreed, stop = spearman(*(_divided(*half) for half in total)), rows.stop
    question.note(_words(stop, len(masks), agreed))
    shown = _divided(*total.sum(axis=0))
    return (shown - shown.min()).astype(np.float32)


def _divided(values: np.ndarray, times: np.ndarray) -> np.ndarray:
    """(H, W): the mean over masks; where none is open, the mean of the rest."""
    rest = values.sum() / max(times.sum(), np.finfo(np.float64).tiny)
    return np.divide(values, times, out=np.full_like(values, rest), where=times > 1e-6)


def _words(count: int, most: int, agreed: float) -> str:
    agreement = "a map of one value" if np.isnan(agreed) else f"two halves agree {agreed:.2f}".replace("0.", ".")
    if count < most or agreed > ENOUGH:
        return f"Stopped at {count:,} masks: {agreement}."
    return f"All {most:,} masks were used and {agreement}: the map is not settled, more masks would change it."
