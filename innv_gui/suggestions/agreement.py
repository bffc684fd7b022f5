"""Do the models agree? Confidence and number of groups of each image."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

BLOCK = 1 << 16  # images at a time: temporaries stay small whatever N is


@dataclass(frozen=True)
class Scatter:
    """confidence (N,) float64 in percent; n_groups (N,) int32; largest (N,) int32, the class of the largest group.

    An image that a model could not score has NaN, 0 and -1.
    """

    confidence: np.ndarray = field(repr=False)
    n_groups: np.ndarray = field(repr=False)
    largest: np.ndarray = field(repr=False)


@dataclass(frozen=True)
class Group:
    """The models that say the same of one image. members: their positions; probability: mean of theirs."""

    class_: int
    members: tuple[int, ...]
    probability: float


def scatter_of(classes: np.ndarray, probabilities: np.ndarray) -> Scatter:
    """Confidence 100 * mean probability over the largest group, and the number of groups.

    classes (M, N): top-1 class of each model as a number common to all models, -1 where there is none.
    probabilities (M, N): its probability, not rounded; averaged in float64. Groups of the same size: the one with the
    larger mean counts; with the same mean, too, the class that comes first.
    """
    classes, probabilities = np.atleast_2d(classes), np.atleast_2d(probabilities)
    n = classes.shape[1]
    result = Scatter(np.full(n, np.nan), np.zeros(n, np.int32), np.full(n, -1, np.int32))
    for start in range(0, n, BLOCK):
        part = slice(start, start + BLOCK)
        _fill(result, part, classes[:, part], probabilities[:, part].astype(np.float64))
    return result


def _fill(result: Scatter, part: slice, classes: np.ndarray, probabilities: np.ndarray) -> None:
    n = classes.shape[1]
    size, mean, winner = np.zeros(n, np.int32), np.full(n, -np.inf), np.zeros(n, np.int32)
    groups = np.zeros(n, np.int32)
    for position, class_ in enumerate(classes):
        same = classes == class_
        is_first = ~same[:position].any(axis=0)
        count = same.sum(axis=0)
        own = np.where(same, probabilities, 0).sum(axis=0) / count
        better = is_first & _beats((count, own, class_), (size, mean, winner))
        size[better], mean[better], winner[better] = count[better], own[better], class_[better]
        groups += is_first
    scored = (classes >= 0).all(axis=0) & np.isfinite(probabilities).all(axis=0)
    result.confidence[part] = np.where(scored, 100 * mean, np.nan)
    result.n_groups[part] = np.where(scored, groups, 0)
    result.largest[part] = np.where(scored, winner, -1)


def _beats(new: tuple, old: tuple) -> np.ndarray:
    (count, mean, class_), (size, best, winner) = new, old
    return (count > size) | ((count == size) & ((mean > best) | ((mean == best) & (class_ < winner))))


def groups_of(classes: np.ndarray, probabilities: np.ndarray) -> list[Group]:
    """The groups of one image, largest first (then larger mean, then first class). classes, probabilities: (M,)."""
    classes, probabilities = np.asarray(classes), np.asarray(probabilities, np.float64)
    groups = []
    for class_ in np.unique(classes):
        members = np.flatnonzero(classes == class_)
        groups.append(Group(int(class_), tuple(members.tolist()), float(probabilities[members].mean())))
    return sorted(groups, key=lambda group: (-len(group.members), -group.probability, group.class_))
