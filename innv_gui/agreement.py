"""How far two heatmaps of the same image agree, as a number.

A heatmap here is (H, W): relevance summed over channels. NaN marks pixels that a model never saw; two maps are
compared where both have a number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

TOP_SHARE = 0.1  # of the pixels


def spearman(one: np.ndarray, other: np.ndarray) -> float:
    """Rank correlation over the pixels, -1 .. 1, ties with their mean rank; NaN when either map is constant."""
    a, b = _seen_by_both(one, other)
    if len(a) < 2 or a.min() == a.max() or b.min() == b.max():
        return float("nan")
    a, b = _ranks(a), _ranks(b)
    a, b = a - a.mean(), b - b.mean()
    return float(np.clip((a @ b) / np.sqrt((a @ a) * (b @ b)), -1, 1))


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    """Intersection over union of the pixels that hold the strongest tenth of the relevance and speak for the target.

    NaN when either map has no positive relevance.
    """
    a, b = (_strongest(values) for values in _seen_by_both(one, other))
    if not a.any() or not b.any():
        return float("nan")
    return float((a & b).sum() / (a | b).sum())


def matrix(maps: Sequence[np.ndarray | None], measure: str) -> np.ndarray:
    """(n, n) float64 of every pair; NaN where there is no map or the measure says nothing. measure: of MEASURES."""
    agree = MEASURES[measure]
    found = np.full((len(maps), len(maps)), np.nan)
    for i, one in enumerate(maps):
        for j in range(i + 1):
            if one is not None and maps[j] is not None:
                found[i, j] = found[j, i] = agree(one, maps[j])
    return found


def _seen_by_both(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if one.shape != other.shape:
        raise ValueError(f"maps of different sizes cannot be compared: {one.shape} and {other.shape}")
    seen = np.isfinite(one) & np.isfinite(other)
    return one[seen].astype(np.float64), other[seen].astype(np.float64)


def _ranks(values: np.ndarray) -> np.ndarray:
    """(n,) -> ranks from 1, equal values with their mean rank; scipy.stats has it, and takes a second to import."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[places]


def _strongest(values: np.ndarray) -> np.ndarray:
    if not len(values):
        return np.zeros(0, bool)
    return (values >= np.quantile(values, 1 - TOP_SHARE)) & (values > 0)


MEASURES: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {"spearman": spearman, "iou": overlap}
