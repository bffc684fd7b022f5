"""A feature vector as a smooth curve, to be compared by eye."""

from __future__ import annotations

import numpy as np

WINDOW, ORDER, MOST_POINTS = 81, 3, 256


def window_of(length: int) -> int:
    """WINDOW, or the largest odd number that fits into a vector of this length; 0 for an empty one."""
    return min(WINDOW, length if length % 2 else length - 1)


def wave(features: np.ndarray) -> np.ndarray:
    """(D,) -> (D,) float64: Savitzky-Golay of order 3; a vector too short to be smoothed is given as it is."""
    from scipy.signal import savgol_filter  # slow to import, and seldom needed

    values = np.asarray(features, float)
    window = window_of(len(values))
    return values if window <= ORDER else np.asarray(savgol_filter(values, window, ORDER))


def drawn(features: np.ndarray) -> list[float]:
    """At most MOST_POINTS of the curve, evenly spaced."""
    curve = wave(features)
    places = np.linspace(0, len(curve) - 1, min(len(curve), MOST_POINTS)).round().astype(int)
    return [float(value) for value in curve[places]]
