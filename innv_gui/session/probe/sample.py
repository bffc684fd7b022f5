"""What a probe looks at: which labelled images, and which rules."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from innv_gui.datasets.collection import NO_LABEL
from innv_gui.records import RESIZE_RULES, Model, Preprocessing, replace
from innv_gui.session.datasets import Dataset

MOST_IMAGES = 200
PLAIN, COLOUR = ("none", "unit", "symmetric"), ("caffe", "torch")


@dataclass(frozen=True, eq=False)
class Sample:
    """Labelled images of a dataset. positions: (n,) in the whole collection; classes: (n,) indices of the model."""

    dataset: Dataset
    positions: np.ndarray = field(repr=False)
    classes: np.ndarray = field(repr=False)

    def __len__(self) -> int:
        return len(self.positions)

    def refs(self, start: int, stop: int) -> tuple:
        """Of some of them."""
        return tuple(self.dataset.collection.ref(int(position)) for position in self.positions[start:stop])


def sample(dataset: Dataset, class_of: dict[str, int], most: int = MOST_IMAGES) -> Sample:
    """At most `most` images whose label is a class, as many of each class as can be, the same ones every time."""
    positions = np.asarray(dataset.positions(), np.int64)
    classes = _classes(dataset, positions, class_of)
    known = np.flatnonzero(classes >= 0)
    present, counts = np.unique(classes[known], return_counts=True)
    rows = known[np.argsort(classes[known], kind="stable")]
    firsts = np.cumsum(counts) - counts
    shares = zip(firsts, counts, _quotas(counts, most), strict=True)
    chosen = [rows[first + _spread(count, quota)] for first, count, quota in shares if quota]
    chosen = np.sort(np.concatenate(chosen)) if chosen else np.zeros(0, np.int64)
    return Sample(dataset, positions[chosen], classes[chosen].astype(np.int32))


def _classes(dataset: Dataset, positions: np.ndarray, class_of: dict[str, int]) -> np.ndarray:
    """(n,) class indices, NO_LABEL where there is none."""
    collection = dataset.collection
    if collection.codes is None or not collection.class_names:
        return np.full(len(positions), NO_LABEL)
    meaning = [class_of.get(label, NO_LABEL) for label in collection.class_names]
    return np.array([*meaning, NO_LABEL])[collection.codes[positions]]  # NO_LABEL, -1, is the last


def _quotas(counts: np.ndarray, most: int) -> np.ndarray:
    """How many of each class: alike, more of the large ones where the small ones have no more."""
    if not len(counts):
        return counts
    level = next((level for level in range(most, 0, -1) if np.minimum(counts, level).sum() <= most), 0)
    quotas = np.minimum(counts, level)
    left = most - int(quotas.sum())
    more = np.flatnonzero(counts > quotas)
    quotas[more[_spread(len(more), min(left, len(more)))]] += 1
    return quotas


def _spread(n: int, k: int) -> np.ndarray:
    """k of n places, evenly."""
    return (np.arange(k) * n) // max(k, 1)


def candidates(model: Model) -> tuple[Preprocessing, ...]:
    """The rules that a probe tries: the current one first, then what the file tells, then all others alike resized."""
    current, colour = model.preprocessing, model.input_shape[2] == 3
    modes = PLAIN + (COLOUR if colour else ())
    orders = ("rgb", "bgr") if colour else ("rgb",)
    others = [Preprocessing(mode, resize=current.resize, channels=order) for order in orders for mode in modes]
    told = replace(model.facts.preprocessing, resize=current.resize)
    return distinct((current, told, *others))


def standardized(sums: np.ndarray, resize: str) -> tuple[Preprocessing, ...]:
    """The images' own mean and deviation per channel, to four digits; none without spread. sums: see Answers."""
    n, total, squares = sums
    if not n.all():
        return ()
    mean = total / n
    std = np.sqrt(np.maximum(squares / n - mean**2, 0))
    rounded = [tuple(float(f"{value:.4g}") for value in values) for values in (mean, std)]
    return (Preprocessing("standardize", *rounded, resize),) if all(rounded[1]) else ()


def resized(rule: Preprocessing) -> tuple[Preprocessing, ...]:
    """The same rule with each of the other resize rules."""
    return tuple(replace(rule, resize=resize) for resize in RESIZE_RULES if resize != rule.resize)


def distinct(rules: tuple[Preprocessing, ...]) -> tuple[Preprocessing, ...]:
    """Each once, "tf" and "symmetric" being the same."""
    found: dict[Preprocessing, Preprocessing] = {}
    for rule in rules:
        found.setdefault(arithmetic(rule), rule)
    return tuple(found.values())


def arithmetic(rule: Preprocessing) -> Preprocessing:
    """Equal for rules that compute the same."""
    return replace(rule, mode="symmetric") if rule.mode == "tf" else rule
