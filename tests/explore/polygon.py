"""Which points lie inside a polygon: the even-odd rule, as the lasso of the page has it."""

from __future__ import annotations

import numpy as np


def inside(points: np.ndarray, polygon: np.ndarray) -> np.ndarray:
    """(n,) bool: points (n, 2), NaN lie nowhere; polygon (m, 2), closed by itself; below 3 corners it holds nothing."""
    x, y = points[:, 0].astype(float), points[:, 1].astype(float)
    held = np.zeros(len(points), bool)
    corners = np.asarray(polygon, float)
    if len(corners) < 3:
        return held
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y0 != y1:
            crosses = (y0 > y) != (y1 > y)
            held ^= crosses & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return held & np.isfinite(x) & np.isfinite(y)
