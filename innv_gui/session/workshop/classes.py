"""The classes that a small network is to tell apart: tiles, drawings, and pictures of datasets; checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from innv_gui.errors import BadInput
from innv_gui.records import ImageRef, Problem
from innv_gui.session.datasets import Dataset
from innv_gui.workshop import tiles
from innv_gui.workshop.recipe import MOST_CLASSES, ShapeClass
from innv_gui.workshop.tiles import SIDE, TILES

MOST_PICTURES = 200  # of one class
LONGEST_NAME = 80
FEWEST = "Expected at least two classes"

Read = Callable[[list[ImageRef]], tuple[np.ndarray, list[Problem]]]


@dataclass(frozen=True)
class Wanted:
    """One class and how it was asked for. asked: the JSON form; notes: what a person should know of it."""

    shape: ShapeClass
    label: str
    asked: dict
    notes: tuple[str, ...] = field(default=())


def check_classes(given: Sequence, read: Read) -> tuple[Wanted, ...]:
    """Tiles by name, and pairs of a name and a drawing, of a name and images, or ready ones. Raises BadInput.

    read: makes grey squares of images.
    """
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Sequence):
        raise BadInput(f"{FEWEST}, got {type(given).__name__}.", "Give a list of tiles and drawings.", "classes")
    if len(given) > MOST_CLASSES:
        raise BadInput(f"Expected at most {MOST_CLASSES} classes, got {len(given)}.", "Leave some out.", "classes")
    found = tuple(_class(one, read) for one in given)
    if len(found) < 2:
        got = f"got {found[0].label} alone" if found else "got none"
        raise BadInput(f"{FEWEST}, {got}.", "A network learns what tells one class from another.", "classes")
    _check_names(found)
    _check_different(found)
    return found


def _class(one, read: Read) -> Wanted:
    if isinstance(one, Wanted):
        return one
    if isinstance(one, str):
        return _tile(one)
    if not isinstance(one, tuple | list) or len(one) != 2 or not isinstance(one[0], str):
        what = "Expected the name of a tile, or a pair of a name and a drawing or images"
        raise BadInput(f"{what}, got {type(one).__name__}.", "", "classes")
    name = checked_name(one[0])
    images = [one[1]] if isinstance(one[1], ImageRef) else one[1]
    if isinstance(images, Dataset) or isinstance(images, list) and all(isinstance(ref, ImageRef) for ref in images):
        return _of_images(name, images, read)
    return drawing(name, one[1])


def _tile(text: str) -> Wanted:
    found = next((tile for tile in TILES.values() if text in (tile.id, tile.label)), None)
    if found is None:
        raise BadInput(f"There is no tile {text[:60]!r}.", f"Expected one of {', '.join(TILES)}.", "classes", (*TILES,))
    return Wanted(ShapeClass(found.id, tile=found.id), found.label, {"tile": found.id})


def checked_name(text: str) -> str:
    """A name of a class, without spaces around it."""
    name = " ".join(text.split())
    if not name or not name.isprintable() or len(name) > LONGEST_NAME:
        raise BadInput(f"Expected a name of 1 to {LONGEST_NAME} characters, got {text[:80]!r}.", "", "classes")
    return name


def drawing(name: str, values) -> Wanted:
    """A class of one drawing (28, 28) or of several pictures (n, 28, 28): 0 to 255, or numbers from 0 to 1."""
    pixels = _as_bytes(name, values)
    if pixels.ndim == 2 or len(pixels) == 1:
        one = pixels.reshape(1, SIDE, SIDE)
        if len(np.unique(one)) == 1:
            what = "is empty" if not one.any() else "has the same grey everywhere"
            raise BadInput(f"The drawing {name!r} {what}.", "Draw something, or remove the class.", "classes")
        return Wanted(ShapeClass(name, pixels=one), name, {"name": name, "pixels": one.ravel().tolist()})
    return pictures(name, pixels, {"name": name, "dataset": None, "images": None})


def pictures(name: str, pixels: np.ndarray, asked: dict, notes: tuple[str, ...] = ()) -> Wanted:
    """A class of pictures (n, 28, 28) uint8."""
    if not 1 <= len(pixels) <= MOST_PICTURES:
        got = f"The class {name!r} has {len(pixels)} pictures; expected 1 to {MOST_PICTURES}."
        raise BadInput(got, "Choose some of them.", "classes", (f"1 to {MOST_PICTURES}",))
    if not any(len(np.unique(one)) > 1 for one in pixels):
        raise BadInput(f"Every picture of {name!r} is a single uniform grey.", "Choose others.", "classes")
    return Wanted(ShapeClass(name, pixels=pixels), name, asked, notes)


def _as_bytes(name: str, values) -> np.ndarray:
    """uint8 as it is; numbers from 0 to 1 become 0 to 255, whole ones of other types too."""
    try:
        array = np.asarray(values)
    except ValueError:  # rows of different lengths
        array = np.zeros(0)
    is_right = array.shape[-2:] == (SIDE, SIDE) and array.ndim in (2, 3) and array.size
    if not is_right or array.dtype.kind not in "fiub":
        expected = f"Expected {SIDE} x {SIDE} numbers for {name!r}"
        raise BadInput(f"{expected}, got {array.shape} of {array.dtype}.", "", "classes")
    whole = array.dtype == np.uint8 or array.dtype.kind in "iu" and array.max() > 1
    most = 255 if whole else 1
    if not ((array >= 0) & (array <= most)).all():
        kind = "whole numbers" if whole else "numbers"
        raise BadInput(f"The drawing {name!r} needs {kind} from 0 to {most}.", "Scale it first.", "classes")
    return array.astype(np.uint8) if whole else np.rint(np.float64(array) * 255).astype(np.uint8)


def _of_images(name: str, images: Dataset | list[ImageRef], read: Read) -> Wanted:
    refs, asked, notes = _chosen(name, images)
    pixels, problems = read(refs)
    if not len(pixels):
        reason = problems[0].reason if problems else "none was chosen"
        raise BadInput(f"No picture of {name!r} can be used: {reason}", "Choose others.", "classes")
    if problems:
        count = f"{len(problems)} of {len(refs)} pictures of {name} are left out"
        notes += (f"{count}: {problems[0].name} {problems[0].reason}",)
    return pictures(name, pixels, asked, notes)


def _chosen(name: str, images: Dataset | list[ImageRef]) -> tuple[list[ImageRef], dict, tuple[str, ...]]:
    """Of a whole dataset that is larger than a class, pictures spread evenly over it."""
    if isinstance(images, list):
        return images, {"name": name, "dataset": None, "images": None}, ()
    positions, notes = np.asarray(images.positions(), np.int64), ()
    if images.indices is None and len(positions) > MOST_PICTURES:
        notes = (f"{name}: {MOST_PICTURES} of {len(positions):,} pictures, spread evenly over {images.name}.",)
        positions = positions[np.linspace(0, len(positions) - 1, MOST_PICTURES).round().astype(int)]
    if len(positions) > MOST_PICTURES:
        got = f"The class {name!r} has {len(positions):,} pictures; expected at most {MOST_PICTURES}."
        raise BadInput(got, "Choose some of them.", "classes", (f"1 to {MOST_PICTURES}",))
    refs = [images.collection.ref(int(position)) for position in positions]
    return refs, {"name": name, "dataset": images.id, "images": positions.tolist()}, notes


def _check_names(found: Sequence[Wanted]) -> None:
    seen: dict[str, Wanted] = {}
    for one in found:
        for word in {one.shape.name, one.label}:
            if word in seen:
                what = "The tile" if one.shape.tile and seen[word].shape.tile else "The name"
                raise BadInput(f"{what} {one.label!r} appears twice.", "Keep one of them.", "classes")
        seen |= dict.fromkeys({one.shape.name, one.label}, one)


def _check_different(found: Sequence[Wanted]) -> None:
    """A network cannot distinguish two classes with the same pictures."""
    seen: dict[bytes, str] = {}
    for one in found:
        content = _content(one.shape)
        if content in seen:
            message = f"{seen[content]} and {one.label} are the same picture."
            raise BadInput(message, "A network cannot distinguish them: change one, or remove it.", "classes")
        seen[content] = one.label


def _content(shape: ShapeClass) -> bytes:
    if shape.pixels is not None:
        return np.unique(shape.pixels.reshape(len(shape.pixels), -1), axis=0).tobytes()
    if TILES[shape.tile].noise:
        return shape.tile.encode()
    return np.rint(tiles.pixels(shape.tile) * 255).astype(np.uint8).tobytes()
