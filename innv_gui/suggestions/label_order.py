"""Would the same class names in another order fit the labels far better? Decided from predictions on labelled images.

The better order is the assignment of labels to outputs with the most agreements in the confusion matrix. It is found on
one half of the images and tried on the other, both ways round, so that it is not praised for what it was made of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy  # its parts are imported when they are first used: half a second each

from innv_gui.suggestions.rule_comparison import coin_p

FEWEST = 20  # images with a prediction and a label
LEAST_GAIN = 0.2  # of the accuracy: a few names that are confused are the network's fault
SURE = 0.01  # of the two-sided exact test over images that only one of the two orders gets right
KEEPS = 1e-3  # of an agreement: where images do not tell, a name stays where it is


@dataclass(frozen=True)
class LabelOrder:
    """A better order. order: (K,) the name of output i is now the name number order[i].

    accuracy, better: of n images under the present order, and under this one on images it was not made of.
    """

    order: tuple[int, ...]
    accuracy: float
    better: float
    n: int

    def of(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The names in this order."""
        return tuple(names[index] for index in self.order)

    @property
    def sentence(self) -> str:
        """What a person should know."""
        return (
            f"With these names {_percent(self.accuracy)} of {self.n:,} labelled images are right; another order of the "
            f"same names would make it {_percent(self.better)}: the names are probably in another order."
        )


def better_order(predicted: np.ndarray, labels: np.ndarray, n_classes: int) -> LabelOrder | None:
    """predicted, labels: (n,) class indices under the present names, -1 where there is none.

    None unless another order is better by LEAST_GAIN on images that it was not made of, and surely so (SURE).
    """
    known = (predicted >= 0) & (labels >= 0)
    predicted, labels = np.asarray(predicted)[known], np.asarray(labels)[known]
    if len(labels) < FEWEST:
        return None
    now, then = predicted == labels, _tried(predicted, labels, n_classes)
    gained, lost = int((then & ~now).sum()), int((now & ~then).sum())
    if gained - lost < LEAST_GAIN * len(labels) or coin_p(gained, gained + lost) >= SURE:
        return None
    order = _assigned(predicted, labels, n_classes)
    return LabelOrder(tuple(order.tolist()), float(now.mean()), float(then.mean()), len(labels))


def _tried(predicted: np.ndarray, labels: np.ndarray, n_classes: int) -> np.ndarray:
    """(n,) bool: right under the order that the other half of the images asks for."""
    right, halves = np.zeros(len(labels), bool), _halves(labels)
    for half in (halves, ~halves):
        order = _assigned(predicted[~half], labels[~half], n_classes)
        right[half] = order[predicted[half]] == labels[half]
    return right


def _halves(labels: np.ndarray) -> np.ndarray:
    """(n,) bool: every other image of each label."""
    order = np.argsort(labels, kind="stable")
    half = np.zeros(len(labels), bool)
    half[order[::2]] = True
    return half


def _assigned(predicted: np.ndarray, labels: np.ndarray, n_classes: int) -> np.ndarray:
    """(K,) the label of each output that makes most images right."""
    counts = np.zeros((n_classes, n_classes))
    np.add.at(counts, (predicted, labels), 1)
    _, order = scipy.optimize.linear_sum_assignment(counts + KEEPS * np.eye(n_classes), maximize=True)
    return order


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
