"""Which training images come when, and what painted regions are filled from: by seed and epoch alone.

An epoch's batches do not depend on how many epochs are asked for at once, so that slices give the numbers of one run.
"""

from __future__ import annotations

import numpy as np

from innv_gui.workshop.recipe import BATCH

NOBODY = -1  # in place of an image where a batch is not full
STREAM = 3  # of random numbers: others belong to images and weights


def steps_of(n_images: int) -> int:
    """Batches of an epoch."""
    return -(-n_images // BATCH)


def orders(seed: int, first: int, epochs: int, n_images: int) -> tuple[np.ndarray, np.ndarray]:
    """Images and donors of `epochs` epochs from number `first`: int32 (epochs, steps, 4) each."""
    pairs = [_of_epoch(np.random.default_rng((seed, STREAM, first + one)), n_images) for one in range(epochs)]
    images, donors = zip(*pairs, strict=True)
    return np.stack(images), np.stack(donors)


def _of_epoch(rng: np.random.Generator, n_images: int) -> tuple[np.ndarray, np.ndarray]:
    shape = (steps_of(n_images), BATCH)
    order = np.full(shape[0] * BATCH, NOBODY, np.int32)
    order[:n_images] = rng.permutation(n_images)
    return order.reshape(shape), rng.integers(0, n_images, shape, np.int32)


def looks(n_images: int, chunk: int) -> np.ndarray:
    """All images once, in chunks: int32 (ceil(n / chunk), chunk)."""
    places = np.full(-(-n_images // chunk) * chunk, NOBODY, np.int32)
    places[:n_images] = np.arange(n_images)
    return places.reshape(-1, chunk)
