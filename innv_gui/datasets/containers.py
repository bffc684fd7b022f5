"""Many images in one file: which array holds them, which the labels, and how one row becomes a picture."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from innv_gui.datasets import numpy_files
from innv_gui.datasets.collection import Collection, ProblemList, coded, fingerprint_of, given_labels
from innv_gui.datasets.layout import MAX_IMAGES, Layout, NotImages, Scale, layout_of, scale_of, scaled
from innv_gui.datasets.names import quoted, shown
from innv_gui.datasets.numpy_files import Stored
from innv_gui.errors import BadInput
from innv_gui.records import ImageRef

IMAGE_NAMES = ("x", "images", "image", "x_test", "x_train", "x_val", "data", "input", "inputs", "arr_0")
LABEL_NAMES = {"x": ("y",), "x_test": ("y_test",), "x_train": ("y_train",), "x_val": ("y_val",), "arr_0": ("arr_1",)}
COMMON_LABEL_NAMES = ("labels", "label", "y", "targets", "target", "classes", "class")
_SAMPLE_ROWS = 64
_SAMPLE_BYTES = 256 * 2**20
_MAX_LABEL_BYTES = 2**30


def open_container(path: str, kind: str, labels: Sequence | None = None) -> Collection:
    """The images in a .npy, .npz or HDF5 file; kind: "npy", "npz" or "hdf5"."""
    path = os.path.abspath(path)
    name, problems = os.path.basename(path), ProblemList()
    try:
        arrays = _arrays(path, kind, problems)
        key, layout = _images(arrays, problems)
        _scale(path, _changed(path), kind, key)
        found = given_labels(labels, layout.n) or _labels(arrays, key, layout.n, problems)
    except NotImages as error:
        raise BadInput(f"{quoted(name)} {error}.", field="images") from None
    except _broken(kind) as error:
        raise BadInput(f"{quoted(name)} is damaged or cut short: it cannot be read.", field="images") from error
    class_names, codes = coded(found)
    content = fingerprint_of(
        kind, str(_changed(path)), key, "\0".join(class_names or ()), codes.tobytes() if class_names else None
    )
    known = "hdf5" if kind == "hdf5" else "array"
    listed = (problems.listed(), problems.n)
    return Collection(shown(name), known, path, content, layout.n, class_names, *listed, codes=codes, key=key)


def picture_of_row(ref: ImageRef, kind: str) -> np.ndarray:
    """(H, W, C) uint8, or float32 in [0, 255]; C is 1, 3 or 4. Raises NotImages with the reason."""
    stored, row = _row(ref, kind)
    layout = layout_of(stored.shape, stored.dtype)
    return layout.picture(scaled(row, _scale(ref.path, _changed(ref.path), kind, ref.key)))


def stored_row(ref: ImageRef, kind: str) -> np.ndarray:
    """One row as it is stored."""
    return _row(ref, kind)[1]


def _row(ref: ImageRef, kind: str) -> tuple[Stored, np.ndarray]:
    try:
        stored = _known(ref.path, _changed(ref.path), kind).get(ref.key)
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
    return (numpy_files.npy_arrays if kind == "npy" else numpy_files.npz_arrays)(path)


def _broken(kind: str) -> tuple[type[Exception], ...]:
    if kind == "hdf5":
        from innv_gui.datasets import hdf5_files

        return hdf5_files.BROKEN
    return numpy_files.BROKEN


def _changed(path: str) -> tuple[int, int]:
    """What differs when a file was written again."""
    stat = os.stat(path)
    return stat.st_size, stat.st_mtime_ns


@lru_cache(maxsize=8)
def _known(path: str, _changed: tuple[int, int], kind: str) -> dict[str | None, Stored]:
    return _arrays(path, kind, ProblemList())


@lru_cache(maxsize=32)
def _scale(path: str, _changed: tuple[int, int], kind: str, key: str | None) -> Scale:
    """From rows spread evenly over the array, so that every worker comes to the same answer."""
    stored = _known(path, _changed, kind)[key]
    layout = layout_of(stored.shape, stored.dtype)
    if layout.dtype == np.uint8:
        return scale_of(layout.dtype, np.zeros(0))
    n_rows = max(1, min(_SAMPLE_ROWS, layout.n, _SAMPLE_BYTES // layout.row_bytes))
    places = np.unique(np.linspace(0, layout.n - 1, n_rows).astype(int))
    return scale_of(layout.dtype, np.concatenate([_ends(stored.row(int(place))) for place in places]))


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
    rank = {name: place for place, name in enumerate(IMAGE_NAMES)}
    named = sorted((key for key in layouts if _base(key) in rank), key=lambda key: (rank[_base(key)], key))
    if not named and len(layouts) != 1:
        raise NotImages(_why_none(layouts, reasons))
    chosen = named[0] if named else next(iter(layouts))
    for key in sorted(named[1:]):
        problems.add(key, f"is a further array of images; only {chosen} is opened.")
    if layouts[chosen].n == 0:
        raise NotImages("holds no image: its array has no rows")
    return chosen, layouts[chosen]


def _why_none(layouts: dict, reasons: dict) -> str:
    if layouts:
        return f"holds several arrays that could be images ({_some(layouts)}); call one of them x or images"
    wanted = [key for key in reasons if _base(key) in (*IMAGE_NAMES, "")]
    if wanted or len(reasons) == 1:
        return reasons[wanted[0] if wanted else next(iter(reasons))]
    return f"holds no array of images (it has: {_some(reasons)})" if reasons else "holds no array of images"


def _some(names) -> str:
    names = [quoted(str(name)) for name in names]
    return ", ".join(names[:6]) + (", ..." if len(names) > 6 else "")


def _base(key: str | None) -> str:
    return (key or "").rsplit("/", 1)[-1].lower()


def _labels(
    arrays: dict[str | None, Stored], key: str | None, n: int, problems: ProblemList
) -> list[str | None] | None:
    """The labels that lie beside the images, as text."""
    group = (key or "").rpartition("/")[0]
    beside = {_base(other): other for other in arrays if (other or "").rpartition("/")[0] == group and other != key}
    names = LABEL_NAMES.get(_base(key), ()) + COMMON_LABEL_NAMES
    name = next((name for name in names if name in beside), None)
    if name is None:
        return None
    other, stored = beside[name], arrays[beside[name]]
    if not stored.shape or stored.shape[0] != n:
        raise NotImages(f"has {n} images in {key}, but {other} has the shape {stored.shape}; expected ({n},)")
    if n > MAX_IMAGES or int(np.prod(stored.shape, dtype=object)) * stored.dtype.itemsize > _MAX_LABEL_BYTES:
        raise NotImages(f"declares more labels in {other} than can be read")
    texts = label_texts(stored.whole())
    if texts is None:
        problems.add(other, "holds no labels: expected whole numbers, text, or one column a class.")
    return texts


def label_texts(labels: np.ndarray) -> list[str | None] | None:
    """(N,) or (N, 1) numbers or text, or (N, K) one-hot -> N texts; None when it is none of these."""
    if labels.ndim == 2 and labels.shape[1] > 1 and labels.dtype.kind in "buif":
        labels = labels.argmax(axis=1)
    labels = labels.reshape(len(labels)) if labels.size == len(labels) else labels
    if labels.ndim != 1 or labels.dtype.kind not in "buifSUO":
        return None
    if labels.dtype.kind == "f":
        if not (np.isfinite(labels).all() and (labels == np.round(labels)).all()):
            return None
        labels = labels.astype(np.int64)
    if labels.dtype.kind == "b":
        labels = labels.astype(np.uint8)
    return [_text(label) for label in labels.tolist()]


def _text(label) -> str | None:
    text = label.decode("utf-8", "backslashreplace") if isinstance(label, bytes) else str(label)
    return text or None
