"""Metrics that read a map alone, or a map and a region."""

from __future__ import annotations

import numpy as np

from innv_gui.agreement import spearman

TOLERANCE = 15 / 224  # of the shorter side: how far from the region the strongest pixel may lie


def gini(values: np.ndarray) -> float:
    """Of |values|: 0 when all are equal, near 1 when one holds everything; NaN where all are zero or not finite."""
    sizes = np.sort(np.abs(np.asarray(values, np.float64)).ravel())
    total = sizes.sum()
    if not np.isfinite(total) or total == 0:
        return float("nan")
    n = len(sizes)
    return float((2 * np.arange(1, n + 1) - n - 1) @ sizes / (n * total))


def region_mass(evidence: np.ndarray, region: np.ndarray) -> float:
    """Share of the positive evidence (H, W) inside the region (H, W) bool; NaN where there is none at all."""
    positive = np.maximum(np.asarray(evidence, np.float64), 0)
    total = positive.sum()
    return float(positive[region].sum() / total) if total > 0 and np.isfinite(total) else float("nan")


def pointing(evidence: np.ndarray, region: np.ndarray) -> float:
    """1.0 where the strongest pixel is at most the tolerance away from the region, else 0.0.

    Of several strongest pixels each counts its share. NaN for an empty map or region.
    """
    if not np.isfinite(evidence).all() or not (evidence > 0).any() or not region.any():
        return float("nan")
    from scipy.ndimage import distance_transform_edt  # when it is used: the web process starts without it

    away = np.asarray(distance_transform_edt(~np.asarray(region, bool)))
    return float(np.mean(away[evidence == evidence.max()] <= TOLERANCE * min(evidence.shape)))


def relative_change(values: np.ndarray, changed: np.ndarray) -> float:
    """Length of the change over the length of the map; NaN where the map is all zero."""
    length = np.linalg.norm(np.asarray(values, np.float64))
    if not length:
        return float("nan")
    return float(np.linalg.norm(np.asarray(changed, np.float64) - values) / length)


def resemblance(values: np.ndarray, other: np.ndarray) -> float:
    """Spearman of two maps (H, W, C) by |sum over channels|.

    NaN where the first is constant or not finite: there is nothing to compare with. 0 where only the other is: a map
    that has vanished has nothing in common with the first.
    """
    one, two = (np.abs(np.asarray(each, np.float64).sum(axis=-1)) for each in (values, other))
    if not np.isfinite(one).all() or np.ptp(one) == 0:
        return float("nan")
    if not np.isfinite(two).all():
        return 0.0
    found = spearman(one, two)
    return 0.0 if np.isnan(found) else found
