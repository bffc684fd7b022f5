"""Images brought to a network's size and channels. Pixels stay in [0, 255].

Pillow speaks of (width, height), arrays of (height, width): the two meet in `_scaled` only.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

DEFAULT_SIDE_PX = 224  # for a network that takes any size
COMPARED_SIDE_PX = 448  # longest side at which maps of different networks are compared
LUMA = np.asarray((0.299, 0.587, 0.114), np.float32)  # ITU-R BT.601, as in most image software


def size_of(input_shape: tuple[int | None, int | None, int]) -> tuple[int, int]:
    """(H, W) that images are brought to for a network of this input shape; open sides take the other or a default."""
    height, width, _ = input_shape
    return height or width or DEFAULT_SIDE_PX, width or height or DEFAULT_SIDE_PX


def open_sides(input_shape: tuple[int | None, int | None, int]) -> str:
    """The images that a network with open sides takes, as a phrase: "images of any size"; empty without open sides."""
    height, width, _ = input_shape
    if height is None and width is None:
        return "images of any size"
    if height is None:
        return f"images of any height that are {width} pixels wide"
    return f"images of any width that are {height} pixels high" if width is None else ""


def fitted(image: np.ndarray, height: int, width: int, channels: int, resize: str) -> np.ndarray:
    """(h, w, 1 or 3) in [0, 255] -> (height, width, channels) float32 in [0, 255], by the resize rule."""
    image = with_channels(np.asarray(image, np.float32), channels)
    return _RULES[resize](image, height, width)


def placed_back(values: np.ndarray, image_size: tuple[int, int], resize: str) -> np.ndarray:
    """What a network found, (H, W), in the geometry of the image it was made of: the way back of `fitted`.

    image_size: (height, width) in pixels; of a larger image the longest side becomes COMPARED_SIDE_PX. The border that
    "pad" added is taken off; what "crop" cut off is NaN. -> (h, w) float32.
    """
    height, width = image_size
    shrink = min(1.0, COMPARED_SIDE_PX / max(image_size))
    size = max(1, round(height * shrink)), max(1, round(width * shrink))
    planes = np.asarray(values, np.float32)[..., None]
    if resize == "pad":
        top, left, inner = _padded_part(height, width, *planes.shape[:2])
        planes = planes[top : top + inner[0], left : left + inner[1]]
    if resize != "crop":
        return _scaled(planes, *size)[..., 0]
    top, left, inner = _cropped_part(*size, *planes.shape[:2])
    found = np.full(size, np.nan, np.float32)
    found[top : top + inner[0], left : left + inner[1]] = _scaled(planes, *inner)[..., 0]
    return found


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
    top, left, inner = _padded_part(*image.shape[:2], height, width)
    result = np.zeros((height, width, image.shape[2]), np.float32)
    result[top : top + inner[0], left : left + inner[1]] = _scaled(image, *inner)
    return result


def _padded_part(h: int, w: int, height: int, width: int) -> tuple[int, int, tuple[int, int]]:
    """(top, left, (h, w)) of an image of h x w inside height x width."""
    scale = min(height / h, width / w)
    inner = min(height, max(1, round(h * scale))), min(width, max(1, round(w * scale)))
    return (height - inner[0]) // 2, (width - inner[1]) // 2, inner


def _crop(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """The centre of the image, as much as the proportions allow."""
    top, left, (h, w) = _cropped_part(*image.shape[:2], height, width)
    return _scaled(image[top : top + h, left : left + w], height, width)


def _cropped_part(h: int, w: int, height: int, width: int) -> tuple[int, int, tuple[int, int]]:
    """(top, left, (h, w)) of what is used of an image of h x w for a network of height x width."""
    scale = max(height / h, width / w)
    inner = max(1, min(h, round(height / scale))), max(1, min(w, round(width / scale)))
    return (h - inner[0]) // 2, (w - inner[1]) // 2, inner


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
