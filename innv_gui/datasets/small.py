"""Images as tiny squares, many at a time: for thumbnails, for comparing pixels, and, grey, for small networks."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial

import numpy as np

from innv_gui.datasets import geometry
from innv_gui.datasets.decoding import decode, decoded_or_reason
from innv_gui.datasets.stamps import stamps
from innv_gui.records import ImageRef, Problem

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
        return square_of(decode(ref), side)
    except Exception:  # the border around one image: scoring reports it, the others go on
        return _black(1, side)[0]


def square_of(pixels: np.ndarray, side: int = SIDE) -> np.ndarray:
    """The middle square of an image (H, W, C) in [0, 255] as (side, side, 3) uint8.

    A large one is a mean over whole blocks of pixels, which takes a tenth of the time of a filter.
    """
    block = min(pixels.shape[:2]) // side
    if block > 1:
        top, left = ((length - block * side) // 2 for length in pixels.shape[:2])
        pixels = _means(pixels[top : top + block * side, left : left + block * side], block)
    fitted = geometry.fitted(np.asarray(pixels, np.float32), side, side, 3, "crop")
    return np.clip(np.round(fitted), 0, 255).astype(np.uint8)


def _means(pixels: np.ndarray, block: int) -> np.ndarray:
    """(S·block, S·block, C) -> (S, S, C) float32, the mean of each block, rows first: an eighth of the time."""
    side = len(pixels) // block
    exact = np.uint32 if pixels.dtype == np.uint8 else np.float32
    rows = np.add.reduce(pixels.reshape(side, block, side * block, -1), axis=1, dtype=exact)
    return np.add.reduce(rows.reshape(side, side, block, -1), axis=2).astype(np.float32) / block**2


def greys(refs: list[ImageRef], side: int) -> tuple[np.ndarray, list[Problem]]:
    """(n, side, side) uint8 of the images that can be used, and the others with their reasons.

    The middle square, each pixel the mean over its area; colours are weighted as ITU-R BT.601 says.
    """
    read = [(ref, decoded_or_reason(ref)) for ref in refs]
    squares = [grey_square(one, side) for _, one in read if not isinstance(one, str)]
    problems = [Problem(ref.name, one) for ref, one in read if isinstance(one, str)]
    return np.stack(squares) if squares else np.zeros((0, side, side), np.uint8), problems


def grey_square(pixels: np.ndarray, side: int) -> np.ndarray:
    """(H, W, C) in [0, 255] -> (side, side) uint8."""
    grey = geometry.with_channels(np.asarray(pixels, np.float32), 1)[..., 0]
    rows, columns = (_shares(length, min(grey.shape), side) for length in grey.shape)
    return np.clip(np.rint(rows @ grey @ columns.T), 0, 255).astype(np.uint8)


def _shares(length: int, edge: int, side: int) -> np.ndarray:
    """(side, length) float32: how much each of `length` pixels counts in each of the `side` parts of the middle."""
    ends = (length - edge) / 2 + np.arange(side + 1) * (edge / side)
    inside = np.clip(ends[:, None] - np.arange(length), 0, 1)  # of each pixel, what is before each end
    return np.diff(inside, axis=0).astype(np.float32) * np.float32(side / edge)
