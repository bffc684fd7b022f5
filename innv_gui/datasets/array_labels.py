"""The labels that lie beside an array of images: which array holds them, and what its numbers say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from innv_gui.datasets.collection import ProblemList
from innv_gui.datasets.declared import is_hollow
from innv_gui.datasets.layout import MAX_IMAGES, NotImages
from innv_gui.datasets.numpy_files import Stored

LABEL_NAMES = {"arr_0": ("arr_1",)}
COMMON_LABEL_NAMES = ("labels", "label", "y", "targets", "target", "classes", "class")
IMAGE_WORDS = ("x", "images", "image", "data", "inputs", "input")
_WORDS = re.compile(r"([/_\-. ]+)")
MAX_CLASSES = 100_000  # larger numbers are identifiers, not places in a network's output
_MAX_LABEL_BYTES = 2**30
_SUM_SLACK = 0.01  # of probabilities that were rounded


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
        for like in _label_like(arrays, key, n):
            problems.add(like, f"is not taken as the labels of {key}; call it {_expected(key)} if it holds them.")
        return None
    stored = arrays[other]
    if not stored.shape or stored.shape[0] != n:
        raise NotImages(f"has {n} images in {key}, but {other} has the shape {stored.shape}; expected ({n},)")
    declared = int(np.prod(stored.shape, dtype=object)) * stored.dtype.itemsize
    if n > MAX_IMAGES or declared > _MAX_LABEL_BYTES or is_hollow(declared, stored.held):
        raise NotImages(f"declares more labels in {other} than can be read")
    whole = stored.whole()
    labels = array_labels(whole)
    if labels is None:
        problems.add(other, f"holds no labels: {_why_none(whole)}")
    elif several := _n_several(whole):
        problems.add(
            other,
            f"marks several classes in {several:,} of {n:,} rows, which have no label; expected one class per image.",
        )
    elif whole.dtype.kind in "if" and not _is_table(whole) and (without := labels.texts.count(None)):
        verb = "has" if without == 1 else "have"
        problems.add(other, f"is below 0 or NaN in {without:,} of {n:,} rows, which {verb} no label.")
    return labels


def _label_key(arrays: dict[str | None, Stored], key: str | None) -> str | None:
    group = (key or "").rpartition("/")[0].lower()
    others = {(other or "").lower(): other for other in arrays if other != key}
    common = (*LABEL_NAMES.get(base_name(key), ()), *COMMON_LABEL_NAMES)
    names = [*paired_names(key), *(f"{group}/{name}" if group else name for name in common)]
    return next((others[name] for name in names if name in others), None)


def paired_names(key: str | None) -> Iterator[str]:
    """What labels of the images `key` are called by the same naming: train_set_x -> train_set_y, ...; lower case."""
    words = _WORDS.split((key or "").lower())
    for place in reversed(range(len(words))):
        word, others = words[place], COMMON_LABEL_NAMES
        if word in IMAGE_WORDS:
            if word == "x":
                others = ("y", *COMMON_LABEL_NAMES)
            yield from ("".join([*words[:place], other, *words[place + 1 :]]) for other in others)
        elif word[:1] == "x" or word[-1:] == "x":  # xtrain, trainX
            other = f"y{word[1:]}" if word[:1] == "x" else f"{word[:-1]}y"
            yield "".join([*words[:place], other, *words[place + 1 :]])


def _expected(key: str | None) -> str:
    return next(paired_names(key), f"{(key or '').rpartition('/')[0]}/labels".lstrip("/"))


def _label_like(arrays: dict[str | None, Stored], key: str | None, n: int) -> list[str]:
    """Arrays with one entry per image and a word for labels in their names."""
    named = {other: _WORDS.split(other.lower()) for other in arrays if other and other != key}
    alike = [one for one, words in named.items() if "label" in one.lower() or set(words) & set(COMMON_LABEL_NAMES)]
    return sorted(one for one in alike if arrays[one].shape[:1] == (n,) and len(arrays[one].shape) <= 2)


def _why_none(labels: np.ndarray) -> str:
    if not _is_table(labels):
        return "expected whole numbers, text, or one column per class."
    return (
        f"its {labels.shape[1]:,} columns are not one per class; expected 0 and 1, -1 and 1, or numbers from 0 to 1"
        " that sum to 1 in each row."
    )


def _is_table(labels: np.ndarray) -> bool:
    return labels.ndim == 2 and labels.shape[1] > 1 and labels.dtype.kind in "buif"


def _n_several(labels: np.ndarray) -> int:
    """Rows of one column per class with several largest ones; rows of zeros are without a label on purpose."""
    if labels.ndim != 2 or labels.shape[1] < 2:
        return 0
    largest = labels.max(axis=1, keepdims=True)
    return int((((labels == largest).sum(axis=1) > 1) & (largest[:, 0] > 0)).sum())


def array_labels(labels: np.ndarray) -> ArrayLabels | None:
    """(N,) or (N, 1) numbers or text, or (N, K) one column per class; None when it is none of these."""
    if _is_table(labels):
        return _of_columns(labels) if _are_classes(labels) else None
    labels = labels.reshape(len(labels)) if labels.size == len(labels) else labels
    if labels.ndim != 1 or labels.dtype.kind not in "buifSUO":
        return None
    if labels.dtype.kind == "O" and not all(isinstance(label, str | bytes) for label in labels):
        return None  # lists of any length, references: not one label per image
    if labels.dtype.kind in "SUO":
        return ArrayLabels([_text(label) for label in labels.tolist()])
    return _of_numbers(labels)


def _of_numbers(labels: np.ndarray) -> ArrayLabels | None:
    """Whole numbers; a number below 0 or NaN has no label. -1 and 1 are two classes where nothing else is there."""
    known = ~np.isnan(labels) if labels.dtype.kind == "f" else np.ones(len(labels), bool)
    if not (np.isfinite(labels[known]).all() and (labels[known] == np.round(labels[known])).all()):
        return None
    if not _are_signs(labels[known]):
        known &= labels >= 0
    numbers = labels[known].astype(np.uint64 if labels.dtype.kind in "bu" else np.int64)
    texts: list[str | None] = [None] * len(labels)
    for place, number in zip(np.flatnonzero(known).tolist(), numbers.tolist(), strict=True):
        texts[place] = str(number)
    return ArrayLabels(texts, _positions(numbers))


def _are_signs(numbers: np.ndarray) -> bool:
    return bool((abs(numbers.astype(np.float64)) == 1).all() and len(np.unique(numbers)) == 2)


def _are_classes(columns: np.ndarray) -> bool:
    """Whether there is one column per class: marks, or probabilities. Others are boxes, landmarks, two labels."""
    known = columns if columns.dtype.kind in "bu" else columns[~np.isnan(columns).any(axis=1)]
    marked = known == 1
    if (marked | (known == 0)).all() or (marked | (known == -1)).all():
        return True
    sums = known.sum(axis=1, dtype=np.float64)
    return bool(((known >= 0) & (known <= 1)).all() and ((abs(sums - 1) <= _SUM_SLACK) | (sums == 0)).all())


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
