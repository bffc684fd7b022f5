"""A request of the workshop in its JSON form, as pages send it and as the workspace keeps it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from innv_gui.errors import BadInput, shown_value
from innv_gui.session.workshop.classes import checked_name
from innv_gui.workshop.tiles import SIDE

OPTIONS = ("way", "strength", "initial", "step_size", "epochs", "seed", "seeds")


def given_classes(asked: Sequence[dict], images: Callable[[dict], object]) -> list:
    """What `check_classes` takes. images: of a class of pictures, its images or the ready class."""
    return [_given(one, images) for one in asked]


def _given(one: dict, images: Callable[[dict], object]):
    kinds = [kind for kind in ("tile", "pixels", "dataset", "run") if one.get(kind) is not None]
    if "tile" in kinds and len(kinds) == 1:
        return one["tile"]
    if not kinds or "tile" in kinds or "pixels" in kinds and len(kinds) > 1 or not one.get("name"):
        expected = "Expected a tile, or a name with pixels, or a name with a dataset"
        raise BadInput(f"{expected}, got {', '.join(kinds) or 'nothing'}.", "", "classes")
    return (one["name"], _pixels(one["name"], one["pixels"])) if "pixels" in kinds else images(one)


def _pixels(name: str, values: Sequence) -> np.ndarray:
    """uint8: in JSON a drawing has 0 to 255 always, so that one of 0 and 1 alone is nearly black and not scaled."""
    pixels = square(name, values, "classes")
    if pixels.dtype.kind not in "iuO":  # O: whole numbers of more than 64 bits
        return pixels
    outside = [value for value in values if not 0 <= value <= 255]
    if outside:
        got = shown_value(outside[0], 30)
        message = f"The drawing {checked_name(name)!r} needs whole numbers from 0 to 255, got {got}."
        raise BadInput(message, "", "classes")
    return pixels.astype(np.uint8)


def square(name: str, values: Sequence, field: str) -> np.ndarray:
    """784 numbers, row after row, as (28, 28)."""
    if len(values) != SIDE * SIDE:
        expected = f"Expected {SIDE} x {SIDE} = {SIDE * SIDE} numbers for {checked_name(name)!r}"
        raise BadInput(f"{expected}, got {len(values)}.", "", field)
    return np.asarray(values).reshape(SIDE, SIDE)
