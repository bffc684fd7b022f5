"""Classes of several models made comparable: one number per class *name*, whatever its place in each model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from innv_gui.class_names import map_by_name

UNKNOWN = -1


@dataclass(frozen=True)
class CommonClasses:
    """All classes of M models. names: in the order of the first model, then what the next ones add.

    maps: per model (K_m,) int32, the common number of each of its classes.
    """

    names: tuple[str, ...]
    maps: tuple[np.ndarray, ...] = field(compare=False, repr=False)

    def of(self, position: int, classes: np.ndarray) -> np.ndarray:
        """Class indices of the model at `position` as common numbers; UNKNOWN stays UNKNOWN."""
        padded = np.append(self.maps[position], UNKNOWN).astype(np.int32)
        return padded[np.asarray(classes, np.int64)]

    def within(self, position: int, common: int) -> int:
        """The index of a common class in one model; UNKNOWN when that model does not have it."""
        found = np.flatnonzero(self.maps[position] == common)
        return int(found[0]) if len(found) else UNKNOWN

    def spread(self, position: int, probabilities: np.ndarray) -> np.ndarray:
        """(N, K_m) -> (N, K) float64 over all common classes; 0 for classes that the model does not have."""
        wide = np.zeros((len(probabilities), len(self.names)))
        wide[:, self.maps[position]] = probabilities
        return wide


def common_classes(names: Sequence[Sequence[str]], labels: Sequence[Mapping[str, int]] = ()) -> CommonClasses:
    """Put M lists of class names together. labels: per model, label of the dataset -> class index.

    Spelling decides first, then spelling without case, hyphens and spaces, then the labels: classes that mean the same
    ones are the same.
    """
    together: list[str] = []
    labelled: dict[frozenset[str], int] = {}  # labels of a class -> common number, of the models so far
    maps = []
    for listed, classes in zip(names, labels or [{}] * len(names), strict=True):
        found, _, _ = map_by_name(together, listed) if together else ({}, (), ())
        own = _by_labels(classes)
        alike = {listed[index]: labelled[those] for those, index in own.items() if those in labelled}
        maps.append(_numbers(listed, found, alike, together))
        labelled = {those: int(maps[-1][index]) for those, index in own.items()} | labelled
    return CommonClasses(tuple(together), tuple(maps))


def _by_labels(classes: Mapping[str, int]) -> dict[frozenset[str], int]:
    """All labels of a class -> its index: a class that more labels are is wider, and another one."""
    labels: dict[int, set[str]] = {}
    for label, index in classes.items():
        labels.setdefault(index, set()).add(label)
    return {frozenset(those): index for index, those in labels.items()}


def _numbers(
    listed: Sequence[str], found: Mapping[str, int], alike: Mapping[str, int], together: list[str]
) -> np.ndarray:
    """found, alike: common numbers by name and by label. No two classes of a model have the same number."""
    exact = {found[name] for name in listed if name in found and together[found[name]] == name}
    by_name = set(found.values())
    taken, numbers = set(), []
    for name in listed:
        number = found.get(name)
        if number is None and alike.get(name) not in by_name:
            number = alike.get(name)
        if number is None or number in taken or (number in exact and together[number] != name):
            number = len(together)
            together.append(name)
        taken.add(number)
        numbers.append(number)
    return np.array(numbers, np.int32)
