"""Better orders of assumed class names, from whatever predictions on labelled images there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from innv_gui.records import ClassNames, Model
from innv_gui.suggestions.label_order import LabelOrder, better_order

if TYPE_CHECKING:
    from innv_gui.session.suggest.suggestion import Suggestion


def of_names(model: Model, naming: ClassNames, suggestions: Iterable[Suggestion]) -> LabelOrder | None:
    """The better order of a model's names; None for names that a person or a file gave. Newest scores first."""
    if naming.origin != "assumed":
        return None
    for suggestion in suggestions:
        if naming_in(suggestion, model) == naming and len(suggestion.table.rows()):
            return of_suggestion(suggestion, model)
    return None


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
