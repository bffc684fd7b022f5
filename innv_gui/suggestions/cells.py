"""Many points as cells: for each number of groups, how many images fall into each slice of confidence."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

SLICES = 120


@dataclass(frozen=True)
class Cells:
    """k cells that are not empty. low, high (k,): ends of the slice; row (k,): number of groups; count (k,);

    example (k,): index of the first image in it.
    """

    low: np.ndarray = field(repr=False)
    high: np.ndarray = field(repr=False)
    row: np.ndarray = field(repr=False)
    count: np.ndarray = field(repr=False)
    example: np.ndarray = field(repr=False)


def cells(
    x: np.ndarray, rows: np.ndarray, index: np.ndarray, x_range: tuple[float, float], n_slices: int = SLICES
) -> Cells:
    """Count N points with x within x_range, ends included. rows (N,): small whole numbers >= 0; index (N,): images."""
    low, width = x_range[0], (x_range[1] - x_range[0]) or 1.0
    inside = np.flatnonzero((x >= x_range[0]) & (x <= x_range[1]))
    which = np.clip(((x[inside] - low) / width * n_slices).astype(np.int64), 0, n_slices - 1)
    cell = rows[inside].astype(np.int64) * n_slices + which
    counts = np.bincount(cell)
    first = np.full(len(counts), -1, np.int64)
    first[cell[::-1]] = index[inside][::-1]
    full = np.flatnonzero(counts)
    step = full % n_slices
    ends = low + width * np.arange(n_slices + 1) / n_slices
    return Cells(ends[step], ends[step + 1], full // n_slices, counts[full], first[full])
