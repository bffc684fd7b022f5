"""What each top list ranks by, and the sentence that says it of one image, with its numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from innv_gui.records import Model
from innv_gui.session.suggest.numbers import Numbers
from innv_gui.session.suggest.similarity import Features
from innv_gui.suggestions.agreement import groups_of
from innv_gui.suggestions.label_errors import ClassThresholds, suspects
from innv_gui.suggestions.neighbours import ALMOST_SAME, EXACT, N_NEIGHBOURS, isolation, reference_rows
from innv_gui.suggestions.ranking import joined, only_model_right


@dataclass(frozen=True)
class Ground:
    """What rankings are made of. which: position of the model that a list is about."""

    numbers: Numbers
    features: Features
    which: int = 0

    @property
    def models(self) -> tuple[Model, ...]:
        """All that are compared."""
        return self.numbers.models

    def said(self, row: int) -> str:
        """ "3 by digits_cnn and digits_mlp (0.981), 8 by digits_resnet (0.412)"."""
        table, names = self.numbers.table, self.numbers.common.names
        sure = [float(table.column(model.id, "probability")[row]) for model in self.models]
        groups = groups_of(self.numbers.predicted_of(row), sure)
        by = [joined([self.models[member].name for member in group.members]) for group in groups]
        pairs = zip(groups, by, strict=True)
        return ", ".join(f"{names[group.class_]} by {who} ({group.probability:.3f})" for group, who in pairs)

    def averaged(self) -> str:
        """What a value is, with several models."""
        return f", mean of {len(self.models)} models" if len(self.models) > 1 else ""

    def label(self, row: int) -> str:
        """An image's label."""
        return self.numbers.dataset.class_names[self.numbers.labels[row]]

    def name(self, row: int) -> str:
        """An image's file name."""
        dataset = self.numbers.dataset
        return dataset.collection.ref(int(dataset.positions()[row])).name

    def everywhere(self, rows: np.ndarray, values: np.ndarray) -> np.ndarray:
        """(n,) with NaN where there is no value."""
        whole = np.full(self.numbers.table.n, np.nan)
        whole[rows] = values
        return whole


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


def _only_right(ground: Ground) -> np.ndarray:
    predicted, labels = ground.numbers.predicted(), ground.numbers.label_classes()
    return only_model_right(
        (predicted == labels) & (labels >= 0), ground.numbers.of_models("probability"), ground.which
    )


def _only_right_reason(ground: Ground, row: int, value: float) -> str:
    return f"The label is {ground.label(row)}; only {ground.models[ground.which].name} says so: {ground.said(row)}."


def knowing(numbers: Numbers) -> list[int]:
    """Positions of the models that have every label of the dataset among their classes."""
    used = [name for name, count in numbers.label_counts.items() if count]
    return [place for place, class_of in enumerate(numbers.class_of) if used and set(used) <= set(class_of)]


def _suspicions(ground: Ground) -> dict[str, np.ndarray]:
    return ground.numbers.kept(("suspicions",), lambda: _all_suspicions(ground.numbers))


def _all_suspicions(numbers: Numbers) -> dict[str, np.ndarray]:
    models = knowing(numbers)
    labels, thresholds = numbers.label_classes()[models[0]], ClassThresholds(len(numbers.common.names))
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


def _near_duplicates(ground: Ground) -> np.ndarray:
    similarity = ground.features.nearest().similarity
    values = np.where(similarity >= ALMOST_SAME, similarity, np.nan)
    return ground.everywhere(ground.features.rows(), values)


def _near_duplicates_reason(ground: Ground, row: int, value: float) -> str:
    other, where = ground.name(ground.features.partner(row)), ground.features.where
    found = "" if ground.features.nearest().exact else f" Above {EXACT:,} images pairs are found by hashing."
    return f"Cosine similarity {value:.4f} with {other} in {where}.{found}"


def _least_similar(ground: Ground) -> np.ndarray:
    features = ground.features.all()
    return ground.everywhere(ground.features.rows(), isolation(features, reference_rows(len(features))))


def _least_similar_reason(ground: Ground, row: int, value: float) -> str:
    values = ground.numbers.peek(("list values", "least_similar"))
    usual = ground.numbers.kept(("usual distance",), lambda: float(np.nanmedian(values)))
    n = len(ground.features.rows())
    among = len(reference_rows(n))
    of = f" of a sample of {among:,}" if among < n else ""
    return (
        f"Mean cosine distance {value:.3f} to its {min(N_NEIGHBOURS, among - 1)} nearest images{of}; for half of all "
        f"images it is below {usual:.3f}."
    )


@dataclass(frozen=True)
class Ranking:
    """values: (n,) over the dataset, NaN for images that are not in the list; reason: the sentence for one of them."""

    values: Callable[[Ground], np.ndarray]
    reason: Callable[[Ground, int, float], str]


RANKINGS = {
    "disagreement": Ranking(_disagreement, _disagreement_reason),
    "entropy": Ranking(_entropy, _entropy_reason),
    "margin": Ranking(_margin, _margin_reason),
    "divergence": Ranking(_divergence, _divergence_reason),
    "only_right": Ranking(_only_right, _only_right_reason),
    "label_errors": Ranking(_label_errors, _label_errors_reason),
    "near_duplicates": Ranking(_near_duplicates, _near_duplicates_reason),
    "least_similar": Ranking(_least_similar, _least_similar_reason),
}
