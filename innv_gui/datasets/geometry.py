"""Images brought to a network's size and channels. Pixels stay in [0, 255].

Pillow speaks of (width, height), arrays of (height, width): the two meet in `_scaled` only.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

DEFAULT_SIDE_PX = 224  # for a network that takes any size
LUMA = np.asarray((0.299, 0.587, 0.114), np.float32)  # ITU-R BT.601, as in most image software


def size_of(input_shape: tuple[int | None, int | None, int]) -> tuple[int, int]:
    """(H, W) that images are brought to for a network of this input shape; open sides take the other or a default."""
    height, width, _ = input_shape
    return height or width or DEFAULT_SIDE_PX, width or height or DEFAULT_SIDE_PX


def fitted(image: np.ndarray, height: int, width: int, channels: int, resize: str) -> np.ndarray:
    """(h, w, 1 or 3) in [0, 255] -> (height, width, channels) float32 in [0, 255], by the resize rule."""
    image = with_channels(np.asarray(image, np.float32), channels)
    return _RULES[resize](image, height, width)


def with_channels(image: np.ndarray, channels: int) -> np.ndarray:
    """Grey repeated to RGB, or RGB weighted to grey."""
    if image.ndim == 2:
        image = image[..., None]
    if image.shape[2] == channels:
        return image
    if channels == 3:
        return np.repeat(image[..., :1], 3, axis=2)
    return (image[..., :3] @ LUMA)[..., None]


def as_pixels(image: np.ndarray) -> np.ndarray:
    """float in [0, 255] -> uint8."""
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def _stretch(image: np.ndarray, height: int, width: int) -> np.ndarray:
    return _scaled(image, height, width)


def _pad(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """The whole image, centred on black."""
    scale = min(height / image.shape[0], width / image.shape[1])
    inner = _scaled(image, *_sides(image, scale, height, width))
    result = np.zeros((height, width, image.shape[2]), np.float32)
    top, left = (height - inner.shape[0]) // 2, (width - inner.shape[1]) // 2
    result[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
    return result


def _crop(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """The centre of the image, as much as the proportions allow."""
    scale = max(height / image.shape[0], width / image.shape[1])
    h, w = min(image.shape[0], round(height / scale)), min(image.shape[1], round(width / scale))
    top, left = (image.shape[0] - h) // 2, (image.shape[1] - w) // 2
    return _scaled(image[top : top + max(h, 1), left : left + max(w, 1)], height, width)


def _sides(image: np.ndarray, scale: float, height: int, width: int) -> tuple[int, int]:
    return min(height, max(1, round(image.shape[0] * scale))), min(width, max(1, round(image.shape[1] * scale)))


def _scaled(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Bilinear, averaging when it shrinks; each channel as 32-bit floats so that 16-bit sources keep their depth."""
    if image.shape[:2] == (height, width):
        return image
    planes = [
        np.asarray(
            Image.fromarray(np.ascontiguousarray(image[..., c])).resize((width, height), Image.Resampling.BILINEAR)
        )
        for c in range(image.shape[2])
    ]
    return np.stack(planes, axis=-1)


_RULES = {"stretch": _stretch, "pad": _pad, "crop": _crop}
