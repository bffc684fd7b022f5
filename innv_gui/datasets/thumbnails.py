"""Pictures of images for the pages: small ones, and as a network sees them."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from innv_gui.datasets import geometry
from innv_gui.datasets.decoding import decode, opened_picture, refusal
from innv_gui.datasets.pixels import Refused, pixels_of
from innv_gui.records import ImageRef, Preprocessing


def thumbnail(ref: ImageRef, size_px: int) -> bytes:
    """PNG whose longest side is size_px; an image smaller than that is enlarged without blur. Raises ImageRefused."""
    image = Image.fromarray(_drawable(_pixels(ref, size_px)))
    scale = size_px / max(image.size)
    size = tuple(max(1, round(side * scale)) for side in image.size)
    small = image.resize(size, Image.Resampling.NEAREST if scale >= 1 else Image.Resampling.LANCZOS, reducing_gap=3.0)
    return _png(small)


def as_seen(ref: ImageRef, input_shape: tuple[int | None, int | None, int], rule: Preprocessing) -> bytes:
    """PNG of the image as a network of this input shape (H, W, C) gets it, before preprocessing."""
    height, width = geometry.size_of(input_shape)
    return png_of(geometry.fitted(decode(ref), height, width, input_shape[2], rule.resize))


def png_of(pixels: np.ndarray) -> bytes:
    """PNG of pixels (H, W, 1 or 3) in [0, 255]."""
    return _png(Image.fromarray(_drawable(pixels)))


def _png(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, "PNG", compress_level=3)
    return content.getvalue()


def _pixels(ref: ImageRef, size_px: int) -> np.ndarray:
    if ref.index is not None:
        return decode(ref)
    try:
        return pixels_of(opened_picture(ref.path, about_px=2 * size_px))
    except Refused as refused:
        raise refusal(ref, refused) from None


def _drawable(pixels: np.ndarray) -> np.ndarray:
    """uint8, (H, W) or (H, W, 3)."""
    pixels = np.clip(np.round(pixels), 0, 255).astype(np.uint8)
    return pixels[..., 0] if pixels.shape[-1] == 1 else pixels
