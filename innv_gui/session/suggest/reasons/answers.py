"""What the models answer: whether they agree, and how sure they are."""

from __future__ import annotations

import numpy as np

from innv_gui.session.suggest.ground import Ground
from innv_gui.suggestions.declaration import Reason


def _disagreement(ground: Ground) -> np.ndarray:
    """Whole part: number of groups; the rest: half of how sure the models are, so that it never makes a group more."""
    groups, sure = ground.numbers.scatter().n_groups, ground.numbers.mean("probability")
    return np.where(groups > 1, groups + sure / 2, np.nan)


def _disagreement_reason(ground: Ground, row: int, value: float) -> str:
    return f"{int(value)} different answers: {ground.said(row)}."


def _entropy(ground: Ground) -> np.ndarray:
    return ground.numbers.mean("entropy")


def _entropy_reason(ground: Ground, row: int, value: float) -> str:
    most = np.mean([np.log(model.n_classes) for model in ground.models])
    return f"Entropy {value:.3f} of at most {most:.3f}{ground.averaged()}: {ground.said(row)}."


def _margin(ground: Ground) -> np.ndarray:
    return ground.numbers.mean("margin")


def _margin_reason(ground: Ground, row: int, value: float) -> str:
    pairs = []
    for model, names in zip(ground.models, ground.numbers.class_names, strict=True):
        first_two = ground.numbers.table.top(model.id, np.array([row]))[0].classes[:2]
        pairs.append(f"{' and '.join(names[class_] for class_ in first_two)} in {model.name}")
    return f"Only {value:.3f} between the two likeliest classes{ground.averaged()}: {', '.join(pairs)}."


def _divergence(ground: Ground) -> np.ndarray:
    values = ground.numbers.divergence()
    return np.where(values > 0, values, np.nan)


def _divergence_reason(ground: Ground, row: int, value: float) -> str:
    return f"Jensen-Shannon divergence {value:.3f} of at most {np.log(len(ground.models)):.3f}: {ground.said(row)}."


REASONS = (
    Reason(
        "disagreement",
        "Models say different things",
        "Most groups first, then the surest.",
        _disagreement,
        _disagreement_reason,
        models=2,
        place=0,
    ),
    Reason(
        "entropy", "Undecided", "The probabilities are spread over many classes.", _entropy, _entropy_reason, place=1
    ),
    Reason(
        "margin",
        "Between two classes",
        "The two likeliest classes are almost equally likely.",
        _margin,
        _margin_reason,
        rising=True,
        place=2,
    ),
    Reason(
        "divergence",
        "Different answers",
        "The models' probabilities differ (Jensen-Shannon).",
        _divergence,
        _divergence_reason,
        models=2,
        place=3,
    ),
)
