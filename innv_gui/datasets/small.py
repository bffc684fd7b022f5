"""Images as tiny squares, many at a time: for walls of thumbnails and for comparing raw pixels."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial

import numpy as np

from innv_gui.datasets import geometry
from innv_gui.datasets.stamps import stamps
from innv_gui.datasets.thumbnails import pixels_about
from innv_gui.records import ImageRef

SIDE = 32


@cache
def _readers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count() or 2, thread_name_prefix="small")


@dataclass(frozen=True)
class Small:
    """pixels (N, side, side, 3) uint8, black where an image cannot be read; stamps (N, 2) int64 of their files."""

    pixels: np.ndarray = field(repr=False)
    stamps: np.ndarray = field(repr=False)


def small(refs: list[ImageRef], side: int = SIDE) -> Small:
    """The middle square of each image."""
    stamped = stamps(refs)  # first: an image that changes meanwhile is then made again
    pixels = np.stack(list(_readers().map(partial(_one, side=side), refs))) if refs else _black(0, side)
    return Small(pixels, stamped)


def _black(n: int, side: int) -> np.ndarray:
    return np.zeros((n, side, side, 3), np.uint8)


def _one(ref: ImageRef, side: int) -> np.ndarray:
    try:
        pixels = geometry.fitted(pixels_about(ref, side), side, side, 3, "crop")
    except Exception:  # the border around one image: scoring reports it, the others go on
        return _black(1, side)[0]
    return np.clip(np.round(pixels), 0, 255).astype(np.uint8)
