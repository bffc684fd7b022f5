"""What the labels say compared with the models' answers."""

from __future__ import annotations

import numpy as np

from innv_gui.session.suggest.ground import Ground, knowing
from innv_gui.session.suggest.numbers import Numbers
from innv_gui.suggestions.declaration import Reason
from innv_gui.suggestions.label_errors import ClassThresholds, suspects
from innv_gui.suggestions.ranking import only_model_right


def _only_right(ground: Ground) -> np.ndarray:
    predicted, labels = ground.numbers.predicted(), ground.numbers.label_classes()
    return only_model_right(
        (predicted == labels) & (labels >= 0), ground.numbers.of_models("probability"), ground.which
    )


def _only_right_reason(ground: Ground, row: int, value: float) -> str:
    return f"The label is {ground.label(row)}; only {ground.models[ground.which].name} says so: {ground.said(row)}."


def _suspicions(ground: Ground) -> dict[str, np.ndarray]:
    return ground.numbers.kept(("suspicions",), lambda: _all_suspicions(ground.numbers))


def _all_suspicions(numbers: Numbers) -> dict[str, np.ndarray]:
    known = numbers.label_classes()
    first, *others = knowing(numbers)
    models = [first, *(place for place in others if np.array_equal(known[place], known[first]))]
    labels, thresholds = known[first], ClassThresholds(len(numbers.common.names))
    for rows in numbers.blocks():
        thresholds.add(numbers.probabilities(models, rows).mean(axis=0), labels[rows])
    found = {name: np.full(numbers.table.n, np.nan) for name in ("suggested", "own", "other", "strength")}
    for rows in numbers.blocks():
        block = suspects(numbers.probabilities(models, rows).mean(axis=0), labels[rows], thresholds.values)
        for name, values in found.items():
            values[rows] = getattr(block, name)
    return found | {"thresholds": thresholds.values}


def _label_errors(ground: Ground) -> np.ndarray:
    return _suspicions(ground)["strength"]


def _label_errors_reason(ground: Ground, row: int, value: float) -> str:
    found = _suspicions(ground)
    class_ = int(found["suggested"][row])
    suggested, usual = ground.numbers.common.names[class_], found["thresholds"][class_]
    return (
        f"Labelled {ground.label(row)}, which has probability {found['own'][row]:.3f}, but {suggested} has "
        f"{found['other'][row]:.3f}; images labelled {suggested} have {usual:.3f} on average."
    )


REASONS = (
    Reason(
        "only_right",
        "Only {letter} is right",
        "{name} names the label, no other model does.",
        _only_right,
        _only_right_reason,
        models=2,
        labels=True,
        each_model=True,
        place=4,
    ),
    Reason(
        "label_errors",
        "Labels to check",
        "The models are surer of another class than they usually are of it (confident learning, Northcutt et al. "
        "2021). Trust it only where the models were not trained on these images.",
        _label_errors,
        _label_errors_reason,
        labels=True,
        all_labels=True,
        place=5,
    ),
)
