"""Maps to be looked at, not to be measured: small, and in [-1, 1]."""

from __future__ import annotations

import base64

import numpy as np

SIDE = 64  # pixels at most


def small(values: np.ndarray) -> np.ndarray:
    """(H, W, C) -> (h, w) float16: sum over channels by block means, divided by its largest absolute value."""
    total = np.nan_to_num(np.asarray(values, np.float64).sum(axis=-1), posinf=0.0, neginf=0.0)
    height, width = total.shape
    rows, columns = (np.arange(n) * min(n, SIDE) // n for n in (height, width))
    cells = rows[:, None] * min(width, SIDE) + columns[None, :]
    means = np.bincount(cells.ravel(), total.ravel()) / np.bincount(cells.ravel())
    largest = np.abs(means).max()
    return (means / (largest or 1)).reshape(min(height, SIDE), min(width, SIDE)).astype(np.float16)


def as_text(maps: np.ndarray) -> dict:
    """(S, h, w) float16 as JSON can hold it."""
    return {"shape": list(maps.shape), "values": base64.b64encode(maps.astype("<f2").tobytes()).decode()}


def from_text(kept: dict) -> np.ndarray:
    """The same again, float32."""
    return np.frombuffer(base64.b64decode(kept["values"]), "<f2").reshape(kept["shape"]).astype(np.float32)
