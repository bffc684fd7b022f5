"""The labels that lie beside an array of images: which array holds them, and what its numbers say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from innv_gui.datasets.collection import ProblemList
from innv_gui.datasets.declared import is_hollow
from innv_gui.datasets.layout import MAX_IMAGES, NotImages
from innv_gui.datasets.numpy_files import Stored

LABEL_NAMES = {"x": ("y",), "x_test": ("y_test",), "x_train": ("y_train",), "x_val": ("y_val",), "arr_0": ("arr_1",)}
COMMON_LABEL_NAMES = ("labels", "label", "y", "targets", "target", "classes", "class")
MAX_CLASSES = 100_000  # larger numbers are identifiers, not places in a network's output
_MAX_LABEL_BYTES = 2**30


@dataclass(frozen=True)
class ArrayLabels:
    """texts: one label an image or None. order: position -> label where labels are positions, else None."""

    texts: list[str | None]
    order: tuple[str, ...] | None = None


def base_name(key: str | None) -> str:
    """The name of an array without its group, in lower case."""
    return (key or "").rsplit("/", 1)[-1].lower()


def labels_beside(
    arrays: dict[str | None, Stored], key: str | None, n: int, problems: ProblemList
) -> ArrayLabels | None:
    """The labels that lie beside the images `key`, n of them. Raises NotImages when there are more or fewer."""
    other = _label_key(arrays, key)
    if other is None:
        return None
    stored = arrays[other]
    if not stored.shape or stored.shape[0] != n:
        raise NotImages(f"has {n} images in {key}, but {other} has the shape {stored.shape}; expected ({n},)")
    declared = int(np.prod(stored.shape, dtype=object)) * stored.dtype.itemsize
    if n > MAX_IMAGES or declared > _MAX_LABEL_BYTES or is_hollow(declared, stored.held):
        raise NotImages(f"declares more labels in {other} than can be read")
    labels = array_labels(stored.whole())
    if labels is None:
        problems.add(other, "holds no labels: expected whole numbers, text, or one column per class.")
    return labels


def _label_key(arrays: dict[str | None, Stored], key: str | None) -> str | None:
    group = (key or "").rpartition("/")[0]
    beside = {base_name(other): other for other in arrays if (other or "").rpartition("/")[0] == group and other != key}
    names = LABEL_NAMES.get(base_name(key), ()) + COMMON_LABEL_NAMES
    return next((beside[name] for name in names if name in beside), None)


def array_labels(labels: np.ndarray) -> ArrayLabels | None:
    """(N,) or (N, 1) numbers or text, or (N, K) one column per class; None when it is none of these."""
    if labels.ndim == 2 and labels.shape[1] > 1 and labels.dtype.kind in "buif":
        return _of_columns(labels)
    labels = labels.reshape(len(labels)) if labels.size == len(labels) else labels
    if labels.ndim != 1 or labels.dtype.kind not in "buifSUO":
        return None
    if labels.dtype.kind in "SUO":
        return ArrayLabels([_text(label) for label in labels.tolist()])
    if not (np.isfinite(labels).all() and (labels == np.round(labels)).all()):
        return None
    numbers = labels.astype(np.uint64 if labels.dtype.kind in "bu" else np.int64)
    return ArrayLabels([str(number) for number in numbers.tolist()], _positions(numbers))


def _of_columns(columns: np.ndarray) -> ArrayLabels:
    """The largest of a row; a row without one largest number (all zero, several ones, NaN) has no label."""
    largest = columns.max(axis=1, keepdims=True)
    known = (columns == largest).sum(axis=1) == 1
    found = zip(columns.argmax(axis=1).tolist(), known.tolist(), strict=True)
    texts = [str(place) if clear else None for place, clear in found]
    return ArrayLabels(texts, tuple(map(str, range(columns.shape[1]))))


def _positions(numbers: np.ndarray) -> tuple[str, ...] | None:
    """Networks are trained on whole numbers from 0 as places in their output."""
    if not len(numbers) or numbers.min() < 0 or numbers.max() >= MAX_CLASSES:
        return None
    return tuple(map(str, range(int(numbers.max()) + 1)))


def _text(label) -> str | None:
    text = label.decode("utf-8", "backslashreplace") if isinstance(label, bytes) else str(label)
    return text or None
