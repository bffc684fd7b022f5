"""What an array of numbers means as images: which axis is which, and which number is white."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MAX_PIXELS = 100_000_000  # of one image
MAX_ROW_BYTES = 2**30
MAX_IMAGES = 50_000_000
EXPECTED = "(N, H, W), (N, H, W, 1), (N, H, W, 3), (N, H, W, 4) or (N, 3, H, W)"
DARK = 16  # of 255: a ramp of sixteen greys, or a mask of 0 and 1, that was not stretched
_COLOURS = (1, 3, 4)
_SLACK = 1e-3  # rounding that resizing and interpolation leave outside [0, 1]
_OVERSHOOT = 0.1  # of a scale: what sharp interpolation leaves outside it, which is cut off


class NotImages(ValueError):
    """An array that is no batch of images; the message is the reason, without the array's name."""


@dataclass(frozen=True)
class Layout:
    """shape: as stored, images first; channels_first: (N, C, H, W); dtype: as stored."""

    shape: tuple[int, ...]
    dtype: np.dtype
    channels_first: bool

    @property
    def n(self) -> int:
        """Number of images."""
        return self.shape[0]

    @property
    def row_bytes(self) -> int:
        """Bytes of one image."""
        return int(np.prod(self.shape[1:], dtype=np.int64)) * self.dtype.itemsize

    def picture(self, row: np.ndarray) -> np.ndarray:
        """One stored row as (H, W, C), C in 1, 3, 4."""
        row = np.moveaxis(row, 0, -1) if self.channels_first else row
        return row[..., None] if row.ndim == 2 else row


def layout_of(shape: tuple[int, ...], dtype: np.dtype) -> Layout:
    """The layout of a whole array, or NotImages with what was expected and got."""
    dtype = np.dtype(dtype)
    if dtype.kind not in "buif":
        raise NotImages(f"holds {_kind(dtype)}; expected numbers")
    if len(shape) not in (3, 4):
        raise NotImages(f"has the shape {tuple(shape)}; expected {EXPECTED}")
    if len(shape) == 3 and shape[2] in _COLOURS and shape[1] > shape[2]:  # grey images would be narrow strips
        one = "grey" if shape[2] == 1 else "colour"
        raise NotImages(
            f"has the shape {tuple(shape)}, which is one {one} image or {shape[0]} grey ones; expected {EXPECTED}"
        )
    channels_last = len(shape) == 3 or shape[3] in _COLOURS
    if not channels_last and shape[1] not in (1, 3):
        raise NotImages(f"has the shape {tuple(shape)}; expected {EXPECTED}")
    return _checked(Layout(tuple(map(int, shape)), dtype, not channels_last))


def _checked(layout: Layout) -> Layout:
    height, width = layout.shape[2:4] if layout.channels_first else layout.shape[1:3]
    if 0 in (height, width):
        raise NotImages(f"has the shape {layout.shape}: its images have no pixels")
    if height * width > MAX_PIXELS or layout.row_bytes > MAX_ROW_BYTES:
        raise NotImages(f"has images of {height} x {width} pixels; up to {MAX_PIXELS:,} pixels are read")
    if layout.n > MAX_IMAGES:
        raise NotImages(f"declares {layout.n:,} images; up to {MAX_IMAGES:,} are read")
    return layout


def _kind(dtype: np.dtype) -> str:
    names = {"O": "Python objects", "U": "text", "S": "text", "c": "complex numbers", "V": "records", "M": "dates"}
    return names.get(dtype.kind, str(dtype))


@dataclass(frozen=True)
class Scale:
    """Stored number -> brightness in [0, 255]: (number - low) * factor. deep: keep more than 8 bit."""

    low: float
    factor: float
    deep: bool


BYTES = Scale(0, 1, False)


def scale_of(dtype: np.dtype, sample: np.ndarray) -> Scale:
    """Which numbers are black and white, from the type and some of the numbers.

    uint8 as it is; bool 0 and 255; other integers [0, 255], or [0, 65535] when some are larger; floats [0, 1] or
    [-1, 1] when all are within, else [0, 255]. Raises NotImages for numbers that fit none of these.
    """
    if dtype == np.uint8:
        return BYTES
    if dtype.kind == "b":
        return Scale(0, 255, False)
    finite = sample[np.isfinite(sample)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    if dtype.kind == "f":
        return _float_scale(low, high)
    if low < 0 or high > 65535:
        raise NotImages(f"holds whole numbers from {low:g} to {high:g}; expected 0 to 255, or 0 to 65535")
    return BYTES if high <= 255 else Scale(0, 255 / 65535, True)


def of_most(ends: np.ndarray) -> np.ndarray:
    """Smallest and largest numbers of rows, in turn, without rows in [0, 255] where most are in [0, 1] or [-1, 1].

    Those are refused by themselves when they are read; with them the others would be black.
    """
    if ends.dtype.kind != "f" or not ends.size:
        return ends
    pairs = ends.reshape(-1, 2)
    is_unit = np.abs(pairs).max(axis=1) <= 1 + _SLACK
    has_light = pairs[is_unit, 1] > 0  # an image that is all black fits both
    return pairs[is_unit].ravel() if 2 * has_light.sum() > len(pairs) else ends


def _float_scale(low: float, high: float) -> Scale:
    if high <= 1 + _SLACK and low >= -1 - _SLACK:
        return Scale(0, 255, True) if low >= -_SLACK else Scale(-1, 127.5, True)
    if low < -_SLACK or high > 255 + 255 * _SLACK:
        raise NotImages(f"holds numbers from {low:g} to {high:g}; expected [0, 1], [-1, 1] or [0, 255]")
    return Scale(0, 1, True)


def why_dark(scale: Scale, sample: np.ndarray) -> str:
    """What to say of numbers that are all far below white, on a scale nobody may have meant; else empty."""
    brightest = float(np.max(sample, initial=0))
    if scale.factor != 1 or not 0 < brightest <= DARK:
        return ""
    said = f"holds numbers up to {brightest:g} where 255 is white, so its images are almost black"
    return f"{said}; expected [0, 1] as floats, true and false, or [0, 255]."


def scaled(row: np.ndarray, scale: Scale) -> np.ndarray:
    """A row of numbers as uint8, or float32 in [0, 255] where the scale is deep.

    Raises NotImages for NaN, and for numbers on another scale than that of the other rows.
    """
    if row.dtype == np.uint8 and scale == BYTES:
        return row
    if row.dtype.kind == "f" and not np.isfinite(row).all():
        raise NotImages("holds NaN or infinity where a brightness was expected")
    bright = (row.astype(np.float32) - scale.low) * np.float32(scale.factor)
    if bright.min(initial=0) < -255 * _OVERSHOOT or bright.max(initial=0) > 255 * (1 + _OVERSHOOT):
        white = scale.low + 255 / scale.factor
        raise NotImages(
            f"holds numbers from {row.min():g} to {row.max():g} where the other images have {scale.low:g} to {white:g}"
        )
    bright = np.clip(bright, 0, 255)
    return bright if scale.deep else bright.astype(np.uint8)
