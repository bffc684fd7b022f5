"""Images as a person gives them in Python: arrays, tensors and lists of them, and what is neither."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from innv_gui.errors import BadInput
from innv_gui.records import ImageRef

EXPECTED = "Give a dataset or part of one, paths of image files, or an array (N, H, W, C) of numbers."


def as_images(images) -> np.ndarray | list:
    """One array (N, H, W, C), which is network input, or a list of paths and images of datasets."""
    if images is None:
        return []
    if isinstance(images, ImageRef | str | Path):
        return [images]
    if hasattr(images, "__array__"):
        return _array_or_paths(_as_array(images))
    if not isinstance(images, Iterable) or isinstance(images, bytes | Mapping):
        raise not_images(images)
    listed = list(images)
    return _stacked(listed) if listed and all(hasattr(one, "__array__") for one in listed) else listed


def not_images(given) -> BadInput:
    """The refusal of something that is no image."""
    return BadInput(f"Expected images, got {_shown(given)}.", EXPECTED, field="images")


def _shown(given) -> str:
    """What it is, and the value where that is short."""
    text = repr(given)
    return f"{type(given).__name__} {text}" if len(text) <= 40 and "\n" not in text else type(given).__name__


def _as_array(images) -> np.ndarray:
    try:
        return np.asarray(images)
    except Exception:  # whatever a library raises for a tensor without values
        raise not_images(images) from None


def _array_or_paths(array: np.ndarray) -> np.ndarray | list:
    return array.tolist() if array.ndim == 1 and array.dtype.kind in "OU" else array


def _stacked(listed: list) -> np.ndarray | list:
    arrays = [_as_array(one) for one in listed]
    if all(array.ndim == 0 for array in arrays):  # numpy's own numbers and texts
        return [array.item() for array in arrays]
    shapes = list(dict.fromkeys(array.shape for array in arrays))
    if len(shapes) > 1:
        raise BadInput(
            f"Expected arrays of one shape, got {shapes[0]} and {shapes[1]}.", "Bring them to one size.", field="images"
        )
    return np.stack(arrays)
