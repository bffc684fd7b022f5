"""Better orders of assumed class names, from whatever predictions on labelled images there are."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from innv_gui.records import ClassNames, Model
from innv_gui.suggestions.label_order import LabelOrder, better_order

if TYPE_CHECKING:
    from innv_gui.session.suggestion import Suggestion


class LabelOrders:
    """What was told about the names of a session's models; it holds as long as they are called the same."""

    def __init__(self):
        self._told: dict[str, tuple[tuple[str, ...], LabelOrder | None]] = {}
        self._lock = threading.Lock()

    def tell(self, model: Model, naming: ClassNames, predicted: np.ndarray, labels: np.ndarray) -> LabelOrder | None:
        """predicted, labels: (n,) class indices under this naming, -1 for none. Gives the better order, if any."""
        found = better_order(predicted, labels, len(naming.names)) if naming.origin == "assumed" else None
        with self._lock:
            self._told[model.id] = (naming.names, found)
        return found

    def of(self, model: Model, naming: ClassNames, suggestions: Iterable[Suggestion]) -> LabelOrder | None:
        """The better order of a model's names; None for names that a person or a file gave. Newest scores first."""
        if naming.origin != "assumed":
            return None
        for suggestion in suggestions:
            if naming_in(suggestion, model) == naming and len(suggestion.table.rows()):
                return of_suggestion(suggestion, model)
        with self._lock:
            names, told = self._told.get(model.id, (None, None))
        return told if names == naming.names else None


def naming_in(suggestion: Suggestion, model: Model) -> ClassNames | None:
    """What a model's classes are called in a suggestion; None where it is not part of it."""
    namings = zip(suggestion.models, suggestion.numbers.namings, strict=True)
    return next((naming for own, naming in namings if own.id == model.id), None)


def of_suggestion(suggestion: Suggestion, model: Model) -> LabelOrder | None:
    """The better order of a model's assumed names that the scores of a suggestion tell of."""
    naming, numbers = naming_in(suggestion, model), suggestion.numbers
    if naming is None or naming.origin != "assumed":
        return None
    return numbers.kept(("label order", model.id), lambda: _ordered(numbers, model, len(naming.names)))


def _ordered(numbers, model: Model, n_classes: int) -> LabelOrder | None:
    predicted, labels = (numbers.table.column(model.id, name) for name in ("predicted", "label_class"))
    return better_order(predicted, labels, n_classes)
