"""Images as tiny squares, many at a time: for walls of thumbnails and for comparing raw pixels."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial

import numpy as np

from innv_gui.datasets import geometry
from innv_gui.datasets.thumbnails import pixels_about
from innv_gui.records import ImageRef

SIDE = 32


@cache
def _readers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count() or 2, thread_name_prefix="small")


def small(refs: list[ImageRef], side: int = SIDE) -> np.ndarray:
    """(N, side, side, 3) uint8, the middle square of each image; black where one cannot be read."""
    return np.stack(list(_readers().map(partial(_one, side=side), refs))) if refs else _black(0, side)


def _black(n: int, side: int) -> np.ndarray:
    return np.zeros((n, side, side, 3), np.uint8)


def _one(ref: ImageRef, side: int) -> np.ndarray:
    try:
        pixels = geometry.fitted(pixels_about(ref, side), side, side, 3, "crop")
    except Exception:  # the border around one image: scoring reports it, the others go on
        return _black(1, side)[0]
    return np.clip(np.round(pixels), 0, 255).astype(np.uint8)
