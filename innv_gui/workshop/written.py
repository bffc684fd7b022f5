"""A recipe as text, as a network's file carries it, and back. What is read may be anything: it is checked.

A .keras file is a zip archive; the recipe is in its metadata.json, beside what Keras wrote there.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import math
import zipfile
import zlib
from pathlib import Path

import numpy as np

from innv_gui.workshop.recipe import INITIALS, MODELS, MOST_CLASSES, WAYS, Recipe, ShapeClass
from innv_gui.workshop.tiles import SIDE, TILES

KEY, MEMBER = "innv_gui_workshop", "metadata.json"
MOST_METADATA = 2**20  # bytes; what opens a model file refuses more
MOST_TEXT = MOST_METADATA * 3 // 4  # of a recipe
LONGEST_NAME = 200
VALUES = ("initial", "step_size", "epochs", "seed", "way", "strength")


def as_json(recipe: Recipe) -> dict:
    """Plain values; pictures and marks as compressed text. The source of a "file" is its hash alone, without place."""
    classes = [
        {"name": one.name, "tile": one.tile, "pixels": _text(one.pixels), "marks": _text(one.marks)}
        for one in recipe.classes
    ]
    file = recipe.source.sha256 if recipe.source else ""
    return {"classes": classes, "model": recipe.model, "file": file, **{name: getattr(recipe, name) for name in VALUES}}


def with_recipe(file: bytes, recipe: Recipe) -> bytes:
    """A .keras archive with the recipe in its metadata, or, of one with too many pictures, the names of its classes."""
    written = {"class_names": [one.name for one in recipe.classes], "recipe": as_json(recipe)}
    if len(json.dumps(written)) > MOST_TEXT:
        del written["recipe"]
    return with_metadata(file, {KEY: written})


def with_metadata(file: bytes, more: dict) -> bytes:
    """A .keras archive with more in its metadata; readers of Keras look for nothing there but its version."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as given, zipfile.ZipFile(result, "w") as archive:
        for name in given.namelist():
            content = given.read(name)
            if name == MEMBER:
                content = json.dumps(json.loads(content) | more).encode()
            archive.writestr(name, content)
    return result.getvalue()


def recipe_in(file: str | Path | bytes) -> Recipe | None:
    """The recipe of a .keras file, without the source of a "file"; None where there is none that can be read."""
    try:
        return _recipe(_written(file)["recipe"])
    except (KeyError, TypeError, ValueError, OverflowError, binascii.Error, zlib.error):
        return None


def class_names_in(file: str | Path | bytes) -> tuple[str, ...] | None:
    """The names of the classes in a .keras file; None where the Workshop wrote none."""
    try:
        names = _written(file)["class_names"]
    except (KeyError, TypeError, ValueError):
        return None
    return tuple(names) if isinstance(names, list) and names and all(map(_is_name, names)) else None


def _written(file: str | Path | bytes) -> dict:
    """What the Workshop wrote into an archive. KeyError or ValueError where there is nothing."""
    try:
        with zipfile.ZipFile(io.BytesIO(file) if isinstance(file, bytes) else file) as archive:
            if archive.getinfo(MEMBER).file_size > MOST_METADATA:
                raise ValueError("too long")
            return json.loads(archive.read(MEMBER))[KEY]
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, RecursionError, zlib.error) as error:
        raise ValueError("no archive") from error


def _recipe(given: dict) -> Recipe:
    classes = tuple(_class(one) for one in given["classes"])
    chosen = given["model"] in MODELS and given["initial"] in INITIALS and given["way"] in WAYS
    whole = [given[name] for name in ("epochs", "seed")]
    real = [float(given[name]) for name in ("step_size", "strength")]
    counted = all(isinstance(one, int) and 0 <= one < 2**63 for one in whole) and all(map(math.isfinite, real))
    if not (chosen and counted and 2 <= len(classes) <= MOST_CLASSES):
        raise ValueError("no recipe")
    return Recipe(classes, given["model"], None, **{name: given[name] for name in VALUES})


def _class(given: dict) -> ShapeClass:
    pixels, marks = (_array(given[name], kind) for name, kind in (("pixels", np.uint8), ("marks", np.int8)))
    if not _is_name(given["name"]) or (pixels is None) != (given["tile"] in TILES):
        raise ValueError("no class")
    return ShapeClass(
        given["name"], given["tile"] if pixels is None else "", pixels, None if marks is None else marks[0]
    )


def _is_name(name) -> bool:
    return isinstance(name, str) and 0 < len(name) <= LONGEST_NAME


def _text(array: np.ndarray | None) -> dict | None:
    if array is None:
        return None
    packed = zlib.compress(np.ascontiguousarray(array).tobytes(), 9)
    return {"count": array.size // SIDE**2, "values": base64.b64encode(packed).decode()}


def _array(given: dict | None, kind: type) -> np.ndarray | None:
    """(count, 28, 28). ValueError where there are fewer values, or more."""
    if given is None:
        return None
    size = int(given["count"]) * SIDE**2
    found = zlib.decompressobj().decompress(base64.b64decode(given["values"], validate=True), size + 1)
    if size <= 0 or len(found) != size:
        raise ValueError("another number of pixels")
    return np.frombuffer(found, kind).reshape(-1, SIDE, SIDE).copy()
