"""Labels that are probably wrong: confident learning (Northcutt, Jiang and Chuang 2021, https://doi.org/10.1613/jair.1.12125).

In two passes over the probabilities, block by block, so that a million images with a thousand classes need no more
memory than one block. Its premise is that the probabilities are out of sample: a model has learnt its training labels,
wrong ones, too.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Suspects:
    """suggested (N,) int32: the class the models are confident of when it is not the label, else -1.

    own, other (N,) float64: probability of the label and of the suggested class; strength (N,): other - own, NaN
    where there is no suspicion.
    """

    suggested: np.ndarray = field(repr=False)
    own: np.ndarray = field(repr=False)
    other: np.ndarray = field(repr=False)

    @property
    def strength(self) -> np.ndarray:
        """How much likelier the suggested class is than the label."""
        return np.where(self.suggested >= 0, self.other - self.own, np.nan)


class ClassThresholds:
    """Mean self-confidence per class: t_j = mean of p_j over the images labelled j. Fed block by block."""

    def __init__(self, n_classes: int):
        self._sums, self._counts = np.zeros(n_classes), np.zeros(n_classes, np.int64)

    def add(self, probabilities: np.ndarray, labels: np.ndarray) -> None:
        """probabilities (N, K), labels (N,): -1 has no label and does not count."""
        known = np.flatnonzero(labels >= 0)
        own = probabilities[known, labels[known]].astype(np.float64)
        self._sums += np.bincount(labels[known], own, len(self._sums))
        self._counts += np.bincount(labels[known], minlength=len(self._counts))

    @property
    def values(self) -> np.ndarray:
        """(K,) float64; infinite for a class that no image is labelled with: nothing can be confident of it."""
        mean = np.divide(self._sums, self._counts, where=self._counts > 0, out=np.full(len(self._sums), np.inf))
        return mean


def suspects(probabilities: np.ndarray, labels: np.ndarray, thresholds: np.ndarray) -> Suspects:
    """The confident class of an image is the likeliest of those that reach their threshold (eq. 1 of the paper).

    probabilities (N, K), labels (N,) with -1 for none, thresholds (K,). An image off the diagonal of the confident
    joint, that is with a confident class that is not its label, is a suspect.
    """
    p = np.asarray(probabilities, np.float64)
    reached = np.where(p >= thresholds, p, -1)
    confident = reached.argmax(axis=1).astype(np.int32)
    every = np.arange(len(p))
    other, own = p[every, confident], p[every, np.maximum(labels, 0)]
    wrong = (labels >= 0) & (reached[every, confident] >= 0) & (confident != labels)
    return Suspects(np.where(wrong, confident, -1).astype(np.int32), own, other)
