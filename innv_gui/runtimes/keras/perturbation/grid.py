"""Where the windows of an occlusion lie: every window lies inside the picture and has its full size. NumPy alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Axis:
    """Windows along one side of a picture, in pixels. share: of the side, that a window takes; count: of windows."""

    length: int
    share: float
    count: int

    @property
    def window(self) -> int:
        """How long a window is: round(share * length), at least one pixel."""
        return min(max(1, round(self.share * self.length)), self.length)

    @cached_property
    def centres(self) -> np.ndarray:
        """(count,) int64: trunc(linspace(pad, length - pad, count)), pad being half a window."""
        pad = self.window // 2
        return np.trunc(np.linspace(pad, self.length - pad, self.count)).astype(np.int64)

    @cached_property
    def corners(self) -> np.ndarray:
        """(count,) int64, the first pixel of each window: the last window of odd length is moved inside."""
        return np.minimum(self.centres - self.window // 2, self.length - self.window)

    @cached_property
    def inside(self) -> np.ndarray:
        """(count, length) bool: which pixels each window takes."""
        place = np.arange(self.length)
        return (place >= self.corners[:, None]) & (place < self.corners[:, None] + self.window)

    @cached_property
    def nearest(self) -> np.ndarray:
        """(length,) int64: of each pixel the window whose centre is nearest, the first of equals."""
        return np.abs(np.arange(self.length) - self.centres[:, None]).argmin(axis=0)


@dataclass(frozen=True)
class Grid:
    """count x count windows, row by row."""

    rows: Axis
    columns: Axis

    @classmethod
    def of(cls, shape: tuple[int, ...], share: float, count: int) -> Grid:
        """For a picture of (H, W) pixels; window and centres go with each side."""
        return cls(*(Axis(length, share, count) for length in shape))

    @property
    def window(self) -> tuple[int, int]:
        """(h, w) pixels."""
        return self.rows.window, self.columns.window

    @property
    def corners(self) -> np.ndarray:
        """(count * count, 2) int64: (row, column) of each window's first pixel."""
        return np.stack(np.meshgrid(self.rows.corners, self.columns.corners, indexing="ij"), axis=-1).reshape(-1, 2)

    @property
    def outside(self) -> np.ndarray:
        """(1, 2) int64: a corner that leaves the picture as it is."""
        return np.array([[self.rows.length, self.columns.length]])

    @property
    def covered(self) -> float:
        """Share of the picture that lies in at least one window."""
        return float(self.rows.inside.any(axis=0).mean() * self.columns.inside.any(axis=0).mean())

    def spread(self, values: np.ndarray) -> np.ndarray:
        """(count, count), a value per window -> (H, W) float32: of each pixel the mean over the windows that take it.

        A pixel that no window takes has the value of the window whose centre is nearest.
        """
        rows, columns = self.rows.inside.astype(np.float64), self.columns.inside.astype(np.float64)
        times = np.outer(rows.sum(axis=0), columns.sum(axis=0))
        nearest = values[np.ix_(self.rows.nearest, self.columns.nearest)].astype(np.float64)
        return np.divide(rows.T @ values @ columns, times, out=nearest, where=times > 0).astype(np.float32)

    def words(self) -> str:
        """How much of the picture the windows look at, as a sentence."""
        height, width = self.window
        windows = f"{self.rows.count * self.columns.count:,} windows of {height} × {width} pixels"
        if self.covered == 1:
            return f"{windows} cover the whole picture."
        share = f"{100 * self.covered:.0f} %" if self.covered >= 0.01 else "less than 1 %"
        return f"{windows} cover {share} of the picture; what lies between them was not tried."
