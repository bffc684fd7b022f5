"""Integrated gradients and SmoothGrad: averages of a gradient over many inputs, in blocks, noise from a fixed seed.

Both runtimes average here. iNNvestigate's own wrappers hold all copies of an image in memory at once (32 copies of a
224 x 224 image in VGG16: over 10 GB), draw other noise each time, and ignore `noise_scale`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

NOISE_SEED = 20240601
BLOCK_VALUES = 2**20  # network input values in a block, where the images alone are not more

Gradient = Callable[[np.ndarray], np.ndarray]  # (copies * N, H, W, C), all images copy by copy -> the same shape


def integrated_gradients(gradient: Gradient, x: np.ndarray, params: dict[str, Any]) -> np.ndarray:
    """x (N, H, W, C) -> (N, H, W, C): (x - r) times the mean gradient at r + (x - r) k / steps, k = 0 .. steps - 1.

    Sundararajan et al. 2017, eq. 3, as the left sum that iNNvestigate takes; r is the constant reference.
    """
    steps, reference = params["steps"], np.float32(params["reference_inputs"])
    difference = x - reference

    def copies(block: range) -> np.ndarray:
        share = np.arange(block.start, block.stop, dtype=np.float32) / np.float32(steps)
        return reference + difference * share.reshape(-1, 1, 1, 1, 1)

    return difference * _mean(gradient, x, steps, copies)


def smoothgrad(gradient: Gradient, x: np.ndarray, params: dict[str, Any]) -> np.ndarray:
    """x (N, H, W, C) -> (N, H, W, C): mean gradient of noisy copies of x (Smilkov et al. 2017, eq. 1).

    The noise is the same for every image and model, so that their maps differ by what they look at alone.
    """
    generator = np.random.default_rng(NOISE_SEED)

    def copies(block: range) -> np.ndarray:
        noise = generator.standard_normal((len(block), 1, *x.shape[1:]), dtype=np.float32)
        return x + np.float32(params["noise_scale"]) * noise

    return _mean(gradient, x, params["augment_by_n"], copies)


def _mean(gradient: Gradient, x: np.ndarray, count: int, copies: Callable[[range], np.ndarray]) -> np.ndarray:
    """Mean gradient of `count` copies; copies(block): (len(block), N, H, W, C). Sums are in double precision."""
    total = np.zeros(x.shape, np.float64)
    length = int(np.clip(BLOCK_VALUES // x.size, 1, 32))
    for start in range(0, count, length):
        block = range(start, min(start + length, count))
        found = gradient(copies(block).reshape(-1, *x.shape[1:])).reshape(len(block), *x.shape)
        for one in found:
            total += one
    return (total / count).astype(np.float32)


def random(x: np.ndarray, params: dict[str, Any]) -> np.ndarray:
    """x (N, H, W, C) with the same noise on every image."""
    noise = np.random.default_rng(NOISE_SEED).standard_normal(x.shape[1:]).astype(np.float32)
    return x + noise * np.float32(params["stddev"])
