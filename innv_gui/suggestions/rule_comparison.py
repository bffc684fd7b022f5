"""Which of several preprocessing rules a network was trained with, from what it says of the same labelled images.

Two rules are distinguished by the images on which exactly one makes the network right: if the rules were alike, each
of these would fall to either side like a coin (McNemar's test in its exact, two-sided form).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import scipy  # its parts are imported when they are first used: half a second each

CLEAR = 0.01  # p below which a difference is no accident
IMAGES_A_CLASS = 5  # fewer, and almost any answers fit labels after the best assignment


@dataclass(frozen=True)
class Comparison:
    """R rules on the same n images. right: (R, n) bool. best: the rule with most right, the current one among equals.

    tied: rules not distinguishable from the best, itself included. better: clearly better than the current one.
    """

    right: np.ndarray = field(compare=False, repr=False)
    current: int
    best: int
    tied: tuple[int, ...]
    better: tuple[int, ...]

    @property
    def advised(self) -> int | None:
        """The rule to take instead of the current one; None where none is clearly better."""
        return self.best if self.best in self.better else None


def compared(right: np.ndarray, current: int, preferred: int | None = None) -> Comparison:
    """right: (R, n) bool. Of equals the current rule goes first, then `preferred`, then the order given."""
    counts = right.sum(axis=1)
    order = [current, *([] if preferred is None else [preferred]), *range(len(right))]
    best = max(order, key=lambda rule: counts[rule])
    tied = tuple(rule for rule in range(len(right)) if p_value(right[best], right[rule]) >= CLEAR)
    better = tuple(
        rule
        for rule in range(len(right))
        if counts[rule] > counts[current] and p_value(right[rule], right[current]) < CLEAR
    )
    return Comparison(right, current, best, tied, better)


def p_value(one: np.ndarray, other: np.ndarray) -> float:
    """Exact, two-sided. one, other: (n,) bool, right or not on the same images."""
    only_one, only_other = int((one & ~other).sum()), int((other & ~one).sum())
    n = only_one + only_other
    return coin_p(only_one, n)


def coin_p(k: int, n: int) -> float:
    """Exact, two-sided: how likely n throws of a coin fall at least as unevenly as k heads."""
    return min(1.0, 2 * float(scipy.special.bdtr(min(k, n - k), n, 0.5)))


def interval(n_right: int, n: int) -> tuple[float, float]:
    """95 % for the share of right answers, exact (Clopper and Pearson)."""
    low = 0.0 if n_right == 0 else scipy.special.betaincinv(n_right, n - n_right + 1, 0.025)
    high = 1.0 if n_right == n else scipy.special.betaincinv(n_right + 1, n - n_right, 0.975)
    return float(low), float(high)


def is_near_chance(right: np.ndarray, classes: np.ndarray) -> bool:
    """Whether (n,) answers are no better than always saying the most frequent of the images' classes (n,)."""
    most = np.unique(classes, return_counts=True)[1].max() / len(classes)
    k = int(right.sum())
    return most == 1 or k == 0 or float(scipy.special.bdtrc(k - 1, len(right), most)) >= CLEAR


def can_be_assigned(n: int, n_classes: int) -> bool:
    """Whether there are enough images for the best assignment to say something."""
    return n_classes > 1 and n >= IMAGES_A_CLASS * n_classes


def right_when_assigned(predicted: np.ndarray, classes: np.ndarray, n_classes: int) -> np.ndarray:
    """(n,) bool: right when every class of the network means the label that makes most answers right.

    predicted, classes: (n,) indices below n_classes; negative predictions are no answer. A wrong order of names makes
    no difference to it.
    """
    counts = np.zeros((n_classes, n_classes), np.int64)
    answered = predicted >= 0
    np.add.at(counts, (predicted[answered], classes[answered]), 1)
    meant = scipy.optimize.linear_sum_assignment(counts, maximize=True)[1]
    return answered & (meant[np.where(answered, predicted, 0)] == classes)
