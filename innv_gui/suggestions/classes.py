"""Classes of several models made comparable: one number per class *name*, whatever its place in each model."""

from __future__ import annotations

from collections.abc import Sequence
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


def common_classes(names: Sequence[Sequence[str]]) -> CommonClasses:
    """Put M lists of class names together. Spelling decides first, then spelling without case, hyphens and spaces."""
    together: list[str] = []
    maps = []
    for listed in names:
        found, _, _ = map_by_name(together, listed) if together else ({}, (), ())
        maps.append(_numbers(listed, found, together))
    return CommonClasses(tuple(together), tuple(maps))


def _numbers(listed: Sequence[str], found: dict[str, int], together: list[str]) -> np.ndarray:
    exact = {found[name] for name in listed if name in found and together[found[name]] == name}
    taken, numbers = set(), []
    for name in listed:
        number = found.get(name)
        if number is None or number in taken or (number in exact and together[number] != name):
            number = len(together)
            together.append(name)
        taken.add(number)
        numbers.append(number)
    return np.array(numbers, np.int32)
