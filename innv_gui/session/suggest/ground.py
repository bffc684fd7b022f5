"""What reasons are made of: the numbers of a suggestion, and words for one image."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from innv_gui.records import Model
from innv_gui.session.labels import LISTED
from innv_gui.session.suggest.numbers import Numbers
from innv_gui.session.suggest.similarity import Features
from innv_gui.suggestions.agreement import groups_of
from innv_gui.suggestions.ranking import joined


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

    @property
    def n(self) -> int:
        """How many images there are, scored or not."""
        return self.numbers.table.n

    def of_probabilities(self, function: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """(n,) of a function of probabilities (M, k, K), models x some images x classes -> (k,); block by block."""
        whole = np.full(self.n, np.nan)
        for rows in self.numbers.blocks():
            whole[rows] = function(self.numbers.probabilities(range(len(self.models)), rows))
        return whole

    def everywhere(self, rows: np.ndarray, values: np.ndarray) -> np.ndarray:
        """(n,) with NaN where there is no value."""
        whole = np.full(self.numbers.table.n, np.nan)
        whole[rows] = values
        return whole


def knowing(numbers: Numbers) -> list[int]:
    """Positions of the models that have every label among their classes, of those labels that any model has."""
    used = {label for label, count in numbers.label_counts.items() if count} - unknown_labels(numbers).keys()
    return [place for place, class_of in enumerate(numbers.class_of) if used and used <= set(class_of)]


def unknown_labels(numbers: Numbers) -> dict[str, int]:
    """Label -> images, of labels that are no class of any model: their images count as unlabelled."""
    known = set().union(*numbers.class_of)
    return {label: count for label, count in numbers.label_counts.items() if count and label not in known}


def left_out(numbers: Numbers) -> str:
    """ "3 of 200 images are left out: no model has a class for their label (-1, extra)."; empty where all have one."""
    unknown = unknown_labels(numbers)
    if not unknown:
        return ""
    n, labels = sum(unknown.values()), ", ".join(list(unknown)[:LISTED]) + (", …" if len(unknown) > LISTED else "")
    verb, whose = ("is", "its") if n == 1 else ("are", "their")
    return f"{n:,} of {numbers.table.n:,} images {verb} left out: no model has a class for {whose} label ({labels})."
