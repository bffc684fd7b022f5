"""Fill pictures: what stands where a part of a picture is removed.

A fill is meant in pixels, before preprocessing. Preprocessing is a straight line for each channel, so a mean or a blur
of network input is what preprocessing makes of the mean or the blur of the pixels; grey, black and white go through it.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from innv_gui.runtimes.keras.predict.feeding import WHITE, Feeding

GREY = 128
LEVELS = {"grey": GREY, "black": 0, "white": WHITE}
BLUR_SIGMA_PX, AT_SIDE_PX = 8.0, 224  # of the shorter side; scaled with it
FILLS = (*LEVELS, "mean", "blur")


def fill_pictures(x: np.ndarray, fill: str, feeding: Feeding) -> np.ndarray:
    """(n, H, W, C) network input -> float32 of the same shape, network input: what each picture is filled with.

    fill: one of FILLS. grey (128), black and white are plain; mean is each picture's own, channel by channel; blur is
    the picture itself, by a Gaussian of 8 pixels at 224.
    """
    if fill in LEVELS:
        return np.repeat(feeding.plain(LEVELS[fill], x.shape[1:])[None], len(x), axis=0)
    if fill == "mean":
        mean = x.mean(axis=(1, 2), keepdims=True, dtype=np.float64).astype(np.float32)
        return np.broadcast_to(mean, x.shape).copy()
    if fill == "blur":
        sigma = blur_sigma(*x.shape[1:3])
        return ndimage.gaussian_filter(x.astype(np.float32, copy=False), (0, sigma, sigma, 0), mode="reflect")
    raise KeyError(fill)


def blur_sigma(height: int, width: int) -> float:
    """In pixels, for a picture of this size."""
    return BLUR_SIGMA_PX * min(height, width) / AT_SIDE_PX
