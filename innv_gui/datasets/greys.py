"""Images as small grey squares: training images of a small network."""

from __future__ import annotations

import numpy as np
from PIL import Image

from innv_gui.datasets import geometry
from innv_gui.datasets.decoding import decoded_or_reason
from innv_gui.records import ImageRef, Problem


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
    height, width = grey.shape
    edge = min(height, width)
    left, top = (width - edge) / 2, (height - edge) / 2
    middle = (left, top, left + edge, top + edge)
    shrunk = Image.fromarray(np.ascontiguousarray(grey)).resize((side, side), Image.Resampling.BOX, middle)
    return np.clip(np.rint(np.asarray(shrunk)), 0, 255).astype(np.uint8)
