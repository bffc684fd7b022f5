"""Weights for models that are kept: one row of numbers over and over, which takes no room in a packed file."""

from __future__ import annotations

import numpy as np

LENGTH = 251  # prime, so that no two axes of a weight can be mistaken for each other


class Weights:
    """Goes on in the row with each weight that it gives."""

    def __init__(self, seed: int = 0):
        self._row, self._place = np.random.default_rng(seed).random(LENGTH), 0

    def uniform(self, low: float, high: float, shape) -> np.ndarray:
        """As a generator of random numbers has it."""
        count = int(np.prod(shape))
        places = (self._place + np.arange(count)) % LENGTH
        self._place = (self._place + count) % LENGTH
        return low + (high - low) * self._row[places].reshape(shape)
