"""Weights that follow from a seed alone, whatever else a worker does meanwhile.

Keras draws the seed of each initializer from Python's global generator. The thread by which a worker talks to the
server draws from it as well (Dask samples what it measures), so a seed given to all of them is not enough.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator

import keras
from keras.src.random import seed_generator


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """What Keras draws inside follows from the seed, with the numbers of keras.utils.set_random_seed(seed)."""
    keras.utils.set_random_seed(seed)
    shared = seed_generator.python_random
    seed_generator.python_random = random.Random(seed)
    try:
        yield
    finally:
        seed_generator.python_random = shared
