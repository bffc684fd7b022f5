"""Comparing methods on the same images: means with bootstrap intervals, differences image by image.

Images are drawn with replacement, the same draws for every method, and the middle 95 % of what comes out is the
interval (percentile bootstrap, Efron and Tibshirani 1993, chapter 13). One image has no interval, and then nothing is
decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

RESAMPLES = 2000
LOW, HIGH = 2.5, 97.5


@dataclass(frozen=True)
class Interval:
    """mean, and the ends of its interval; NaN where unknown. n: images that count."""

    mean: float
    low: float
    high: float
    n: int

    @property
    def above_zero(self) -> bool:
        """Whether all of it is."""
        return self.low > 0

    @property
    def below_zero(self) -> bool:
        """Whether all of it is."""
        return self.high < 0


UNKNOWN = Interval(float("nan"), float("nan"), float("nan"), 0)


@lru_cache(maxsize=64)
def _draws(n: int) -> np.ndarray:
    """(RESAMPLES, n) int: images of each resample."""
    return np.random.default_rng(0).integers(0, n, (RESAMPLES, n))


def interval(values: np.ndarray) -> Interval:
    """values (n,), NaN where an image has none -> mean over those that have one, with its interval."""
    known = np.asarray(values, np.float64)
    known = known[np.isfinite(known)]
    if not len(known):
        return UNKNOWN
    if len(known) == 1:
        return Interval(float(known[0]), float("nan"), float("nan"), 1)
    means = known[_draws(len(known))].mean(axis=1)
    low, high = np.percentile(means, (LOW, HIGH))
    return Interval(float(known.mean()), float(low), float(high), len(known))


def difference(one: np.ndarray, other: np.ndarray) -> Interval:
    """Of one method minus another, over the images where both are known: the paired comparison."""
    return interval(np.asarray(one, np.float64) - np.asarray(other, np.float64))


def is_better(one: np.ndarray, other: np.ndarray, better: str) -> bool:
    """Whether one is clearly better than the other: the interval of the difference is clear of zero."""
    found = difference(one, other)
    return found.above_zero if better == "high" else found.below_zero
