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


UNKNOWN = Interval(float("nan"), float("nan"), float("nan"), 0)


@lru_cache(maxsize=8)
def _counts(n: int) -> np.ndarray:
    """(n, RESAMPLES) float64: how often each image is in each resample."""
    draws = np.random.default_rng(0).integers(0, n, (RESAMPLES, n))
    return np.array([np.bincount(drawn, minlength=n) for drawn in draws], np.float64).T


def _ends(values: np.ndarray) -> np.ndarray:
    """values (m, n), all known -> (2, m): where the middle 95 % of the means of the resamples begin and end."""
    return np.percentile(values @ _counts(values.shape[1]) / values.shape[1], (LOW, HIGH), axis=1)


def interval(values: np.ndarray) -> Interval:
    """values (n,), NaN where an image has none -> mean over those that have one, with its interval."""
    known = np.asarray(values, np.float64)
    known = known[np.isfinite(known)]
    if not len(known):
        return UNKNOWN
    if len(known) == 1:
        return Interval(float(known[0]), float("nan"), float("nan"), 1)
    ((low,), (high,)) = _ends(known[None])
    return Interval(float(known.mean()), float(low), float(high), len(known))


def wins(values: np.ndarray, better: str) -> np.ndarray:
    """values (m, n), NaN where an image has none -> (m, m) bool: a row's method is clearly better than a column's.

    That is where the interval of their difference, over the images where both are known, is clear of zero. All pairs at
    once: a table is made again each time a number comes in.
    """
    one, other = np.triu_indices(len(values), 1)
    differences = values[one] - values[other]
    known = np.isfinite(differences)
    low, high = np.full((2, len(one)), np.nan)
    for pattern in np.unique(known, axis=0):
        pairs = np.flatnonzero((known == pattern).all(axis=1))
        if pattern.sum() > 1:
            low[pairs], high[pairs] = _ends(differences[pairs][:, pattern])
    found = np.zeros((len(values),) * 2, bool)
    found[one, other], found[other, one] = (low > 0, high < 0) if better == "high" else (high < 0, low > 0)
    return found
