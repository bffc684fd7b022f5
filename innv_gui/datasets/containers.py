"""Many images in one file: which array holds them, which the labels, and how one row becomes a picture."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from innv_gui.datasets import numpy_files
from innv_gui.datasets.array_labels import IMAGE_WORDS, base_name, labels_beside
from innv_gui.datasets.collection import Collection, ProblemList, coded, fingerprint_of, given_labels
from innv_gui.datasets.declared import is_hollow
from innv_gui.datasets.layout import BYTES, Layout, NotImages, Scale, layout_of, of_most, scale_of, scaled, why_dark
from innv_gui.datasets.names import quoted, shown
from innv_gui.datasets.numpy_files import Stored
from innv_gui.errors import BadInput
from innv_gui.file_state import State, file_state
from innv_gui.records import ImageRef

IMAGE_NAMES = ("x", "images", "image", "x_test", "x_train", "x_val", "data", "input", "inputs", "arr_0")
SPLIT_WORDS = (("test", "testing"), ("train", "training"), ("val", "valid", "validation"))
_BETWEEN_WORDS = re.compile(r"[_\-. ]+|(?<=^x)(?=t|v)|(?<=[tnl])(?=x$)")  # also xtest, trainx
_SAMPLE_ROWS, _FEW_ROWS, _FEW_BYTES = 64, 2048, 32 * 2**20
_SAMPLE_BYTES = 256 * 2**20


def open_container(path: str, kind: str, labels: Sequence | None = None) -> Collection:
    """The images in a .npy, .npz or HDF5 file; kind: "npy", "npz" or "hdf5"."""
    path = os.path.abspath(path)
    name, problems = os.path.basename(path), ProblemList()
    try:
        arrays = _arrays(path, kind, problems)
        key, layout = _images(arrays, problems)
        where = path, file_state(path), kind, key
        dark = why_dark(_scale(*where), _sample(*where))
        if dark:
            problems.add(key or name, dark)
        beside = None if labels is not None else labels_beside(arrays, key, layout.n, problems)
    except NotImages as error:
        raise BadInput(f"{quoted(name)} {error}.", field="images") from None
    except _broken(kind) as error:
        raise BadInput(f"{quoted(name)} is damaged or cut short: it cannot be read.", field="images") from error
    class_names, codes = coded(beside.texts if beside else given_labels(labels, layout.n))
    content = fingerprint_of(
        kind, str(file_state(path)[:2]), key, "\0".join(class_names or ()), codes.tobytes() if class_names else None
    )
    known = "hdf5" if kind == "hdf5" else "array"
    listed = (problems.listed(), problems.n)
    order = beside.order if beside else None
    return Collection(
        *(shown(name), known, path, content, layout.n, class_names, *listed),
        codes=codes,
        key=key,
        keras_class_names=order,
    )


def picture_of_row(ref: ImageRef, kind: str) -> np.ndarray:
    """(H, W, C) uint8, or float32 in [0, 255]; C is 1, 3 or 4. Raises NotImages with the reason."""
    stored, row = _row(ref, kind)
    layout = layout_of(stored.shape, stored.dtype)
    return layout.picture(scaled(row, _scale(ref.path, file_state(ref.path), kind, ref.key)))


def stored_row(ref: ImageRef, kind: str) -> np.ndarray:
    """One row as it is stored."""
    return _row(ref, kind)[1]


def _row(ref: ImageRef, kind: str) -> tuple[Stored, np.ndarray]:
    try:
        stored = _known(ref.path, file_state(ref.path), kind).get(ref.key)
        if stored is None or not 0 <= ref.index < stored.shape[0]:
            raise NotImages("is gone: the file has changed")
        return stored, stored.row(ref.index)
    except NotImages:
        raise
    except _broken(kind):
        raise NotImages("is damaged or cut short: it cannot be read") from None


def _arrays(path: str, kind: str, problems: ProblemList) -> dict[str | None, Stored]:
    if kind == "hdf5":
        from innv_gui.datasets import hdf5_files  # h5py is wanted by few

        return hdf5_files.hdf5_arrays(path, problems)
    return numpy_files.npy_arrays(path) if kind == "npy" else numpy_files.npz_arrays(path, problems)


def _broken(kind: str) -> tuple[type[Exception], ...]:
    if kind == "hdf5":
        from innv_gui.datasets import hdf5_files

        return hdf5_files.BROKEN
    return numpy_files.BROKEN


@lru_cache(maxsize=8)
def _known(path: str, changed: State, kind: str) -> dict[str | None, Stored]:
    return _arrays(path, kind, ProblemList())


@lru_cache(maxsize=32)
def _scale(path: str, changed: State, kind: str, key: str | None) -> Scale:
    stored = _known(path, changed, kind)[key]
    return BYTES if stored.dtype == np.uint8 else scale_of(stored.dtype, of_most(_sample(path, changed, kind, key)))


@lru_cache(maxsize=32)
def _sample(path: str, changed: State, kind: str, key: str | None) -> np.ndarray:
    """The ends of all rows of a small array, else of rows spread evenly: every worker comes to the same answer."""
    stored = _known(path, changed, kind)[key]
    layout = layout_of(stored.shape, stored.dtype)
    is_small = layout.n <= _FEW_ROWS and layout.n * layout.row_bytes <= _FEW_BYTES
    most = layout.n if is_small else min(_SAMPLE_ROWS, layout.n)
    n_rows = max(1, min(most, _SAMPLE_BYTES // layout.row_bytes))
    places = np.unique(np.linspace(0, layout.n - 1, n_rows).astype(int))
    return np.concatenate([_ends(stored.row(int(place))) for place in places])


def _ends(row: np.ndarray) -> np.ndarray:
    """Smallest and largest number of a row that are finite; empty when none is."""
    finite = row[np.isfinite(row)]
    return np.array([finite.min(), finite.max()]) if finite.size else np.zeros(0, row.dtype)


def _images(arrays: dict[str | None, Stored], problems: ProblemList) -> tuple[str | None, Layout]:
    """The array of images: by its name, or the only one that can be it."""
    layouts, reasons = {}, {}
    for key, stored in arrays.items():
        try:
            layouts[key] = layout_of(stored.shape, stored.dtype)
        except NotImages as error:
            reasons[key] = f"{key} {error}" if key else str(error)
    named = sorted((key for key in layouts if _rank(key) is not None), key=lambda key: (_rank(key), key))
    if not named and len(layouts) != 1:
        raise NotImages(_why_none(layouts, reasons))
    chosen = named[0] if named else next(iter(layouts))
    for key in sorted(named[1:]):
        problems.add(key, f"is another array of images; only {chosen} is opened.")
    if layouts[chosen].n == 0:
        raise NotImages("holds no image: its array has no rows")
    _check_held(arrays[chosen], layouts[chosen])
    return chosen, layouts[chosen]


def _rank(key: str | None) -> int | None:
    """Place among the names that arrays of images have: x, images, ..., then one of them and a split (train_images)."""
    name = base_name(key)
    if name in IMAGE_NAMES:
        return IMAGE_NAMES.index(name)
    words = {word for word in _BETWEEN_WORDS.split(name) if word != "set"}
    splits = [place for place, spelt in enumerate(SPLIT_WORDS) if words & set(spelt)]
    is_split = len(words) == 2 and len(words & set(IMAGE_WORDS)) == 1 and len(splits) == 1
    return len(IMAGE_NAMES) + splits[0] if is_split else None


def _check_held(stored: Stored, layout: Layout) -> None:
    declared = layout.n * layout.row_bytes
    if is_hollow(declared, stored.held):
        raise NotImages(
            f"declares {layout.n:,} images ({declared / 1e9:,.1f} GB), but no more than {stored.held:,} bytes of them"
            " were written; write the images into it, or declare as many as there are"
        )


def _why_none(layouts: dict, reasons: dict) -> str:
    if layouts:
        return f"holds several arrays that could be images ({_some(layouts)}); call one of them x or images"
    wanted = [key for key in reasons if base_name(key) in (*IMAGE_NAMES, "")]
    if wanted or len(reasons) == 1:
        return reasons[wanted[0] if wanted else next(iter(reasons))]
    return f"holds no array of images (it has: {_some(reasons)})" if reasons else "holds no array of images"


def _some(names) -> str:
    names = [quoted(str(name)) for name in names]
    return ", ".join(names[:6]) + (", ..." if len(names) > 6 else "")
