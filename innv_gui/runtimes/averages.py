"""Integrated gradients and SmoothGrad: averages of a gradient over many inputs, in blocks, noise from a fixed seed.

Both runtimes average here. iNNvestigate's own wrappers hold all copies of an image in memory at once (32 copies of a
224 x 224 image in VGG16: over 10 GB), draw other noise each time, and ignore `noise_scale`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

NOISE_SEED = 20240601
BLOCK_VALUES = 2**20  # network input values in a block: 32 copies of a small image, 6 of a 224 x 224 one

Gradient = Callable[[np.ndarray], np.ndarray]  # (n, H, W, C) -> (n, H, W, C)


def integrated_gradients(gradient: Gradient, x: np.ndarray, params: dict[str, Any]) -> np.ndarray:
    """x (H, W, C) -> (H, W, C): (x - r) times the mean gradient at r + (x - r) k / steps, k = 0 .. steps - 1.

    Sundararajan et al. 2017, eq. 3, as the left sum that iNNvestigate takes; r is the constant reference.
    """
    steps, reference = params["steps"], np.float32(params["reference_inputs"])
    difference = x - reference
    total = np.zeros(x.shape, np.float64)
    for block in _blocks(steps, x.size):
        share = np.arange(block.start, block.stop, dtype=np.float32) / np.float32(steps)
        total += gradient(reference + difference * share[:, None, None, None]).sum(axis=0, dtype=np.float64)
    return difference * (total / steps).astype(np.float32)


def smoothgrad(gradient: Gradient, x: np.ndarray, params: dict[str, Any]) -> np.ndarray:
    """x (H, W, C) -> (H, W, C): mean gradient of noisy copies of x (Smilkov et al. 2017, eq. 1).

    The noise is the same for every image and model, so that their maps differ by what they look at alone.
    """
    copies = params["augment_by_n"]
    generator = np.random.default_rng(NOISE_SEED)
    total = np.zeros(x.shape, np.float64)
    for block in _blocks(copies, x.size):
        noise = generator.standard_normal((len(block), *x.shape), dtype=np.float32)
        total += gradient(x + np.float32(params["noise_scale"]) * noise).sum(axis=0, dtype=np.float64)
    return (total / copies).astype(np.float32)


def random(x: np.ndarray, params: dict[str, Any]) -> np.ndarray:
    """x (N, H, W, C) with the same noise on every image."""
    noise = np.random.default_rng(NOISE_SEED).standard_normal(x.shape[1:]).astype(np.float32)
    return x + noise * np.float32(params["stddev"])


def _blocks(count: int, size: int) -> Iterator[range]:
    """0 .. count - 1 in ranges; their length depends on the image size alone, so numbers repeat."""
    length = int(np.clip(BLOCK_VALUES // size, 1, 32))
    return (range(start, min(start + length, count)) for start in range(0, count, length))


BY_NAME = {"integrated_gradients": integrated_gradients, "smoothgrad": smoothgrad}
