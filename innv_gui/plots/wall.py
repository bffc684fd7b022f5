"""Tiles of a wall of small pictures."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

QUALITY = 80


def tile(pictures: np.ndarray, size_px: int) -> bytes:
    """WebP of size_px x size_px: pictures (k, s, s, 3) uint8 row by row; transparent where there are no more."""
    side = pictures.shape[1] if len(pictures) else size_px
    across = size_px // side
    wall = np.zeros((across, side, across, side, 4), np.uint8)
    for place, picture in enumerate(pictures[: across**2]):
        wall[place // across, :, place % across, :, :3] = picture
        wall[place // across, :, place % across, :, 3] = 255
    content = io.BytesIO()
    Image.fromarray(wall.reshape(across * side, across * side, 4)).save(content, "WEBP", quality=QUALITY, method=0)
    return content.getvalue()
