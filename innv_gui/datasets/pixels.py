"""A decoded picture of any colour mode -> numbers in [0, 255], or a reason."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from PIL import Image

from innv_gui.datasets.layout import NotImages, scale_of, scaled

# What Pillow raises on damaged files, beside UnidentifiedImageError.
BROKEN = (
    *(OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, IndexError, KeyError, TypeError),
    *(ArithmeticError, AttributeError, RuntimeError, AssertionError, Image.DecompressionBombError),
)
_DEEP_MODES = ("I", "I;16", "I;16L", "I;16B", "I;16N")
_GREY_MODES = ("1", "L", "LA", "La")


class Refused(Exception):
    """Why an image cannot be used, and what to do; the name is added by who knows it."""

    def __init__(self, reason: str, hint: str = ""):
        super().__init__(reason)
        self.reason, self.hint = reason, hint


def pixels_of(image: Image.Image) -> np.ndarray:
    """(H, W, 1 or 3) uint8, or float32 in [0, 255]."""
    try:
        if image.mode in _DEEP_MODES:
            return _deep(np.asarray(image), image.info.get("transparency"))
        if image.mode == "F":
            return _float(np.asarray(image))
        pixels = np.asarray(_flat(image))
    except (*BROKEN, NotImages) as error:
        raise Refused(f"has the colour mode {image.mode}, which cannot be shown: {error}") from None
    return pixels[..., None] if pixels.ndim == 2 else pixels


def _flat(image: Image.Image) -> Image.Image:
    """L or RGB; what is transparent shows white, as on a page."""
    kept = "L" if image.mode in _GREY_MODES else "RGB"
    if image.mode in ("La", "RGBa"):
        image = image.convert("LA" if image.mode == "La" else "RGBA")
    if image.mode in ("LA", "PA", "RGBA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image if image.mode == kept else image.convert(kept)


def _deep(values: np.ndarray, key: int | None) -> np.ndarray:
    """16-bit grey, also where Pillow keeps it in 32 bit; what has the key's value is transparent."""
    if values.min(initial=0) < 0 or values.max(initial=0) > 65535:
        raise NotImages(f"its numbers go from {values.min()} to {values.max()}, expected 0 to 65535")
    bright = values.astype(np.float32) * np.float32(255 / 65535)
    return (bright if key is None else np.where(values == key, np.float32(255), bright))[..., None]


def _float(values: np.ndarray) -> np.ndarray:
    return scaled(values, scale_of(values.dtype, values))[..., None]


def over_white(pixels: np.ndarray) -> np.ndarray:
    """(H, W, 4) -> (H, W, 3)."""
    opaque = pixels[..., 3:].astype(np.float32) / 255
    colours = pixels[..., :3] * opaque + 255 * (1 - opaque)
    return colours.astype(np.float32) if pixels.dtype != np.uint8 else np.round(colours).astype(np.uint8)
