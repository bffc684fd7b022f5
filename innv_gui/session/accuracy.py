"""How often a model names an image's label, and over how many images that is: of scores, else of its accuracy probe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from innv_gui.records import Model
from innv_gui.session.probe.probe import Probe
from innv_gui.session.suggest.suggestion import Suggestion


@dataclass(frozen=True)
class Accuracy:
    """right of n images whose label is a class of the model; dataset: its id; name: what it is called."""

    right: int
    n: int
    dataset: str
    name: str


def of_scores(suggestion: Suggestion, model: Model) -> Accuracy | None:
    """Of all images that are scored so far; None without labels, and where several classes can be right."""
    if not model.facts.outputs.exclusive:
        return None
    numbers = suggestion.numbers
    numbers.table.rows()  # looks for new scores
    right, n = numbers.kept(("accuracy", model.id), lambda: _counted(numbers.table, model.id))
    return Accuracy(right, n, suggestion.dataset.id, suggestion.dataset.name) if n else None


def _counted(table, id: str) -> tuple[int, int]:
    labels, said = table.column(id, "label_class"), table.column(id, "predicted")
    counts = (labels >= 0) & (said >= 0)
    return int(np.count_nonzero(counts & (labels == said))), int(np.count_nonzero(counts))


def of_probe(probe: Probe | None) -> Accuracy | None:
    """Under the model's own preprocessing, on the probe's images; None without one."""
    place = None if probe is None or not probe.n else probe.place(probe.current)
    if place is None:
        return None
    dataset = probe.sample.dataset
    return Accuracy(int(probe.right[place].sum()), probe.n, dataset.id, dataset.name)


def of_model(model: Model, suggestions: Iterable[Suggestion], probe: Probe | None) -> Accuracy | None:
    """What is known over the most images: of the scores of the model as it is now, else of its probe."""
    scored = [of_scores(one, model) for one in suggestions if model in one.models]
    found = [one for one in (*scored, of_probe(probe)) if one is not None]
    return max(found, key=lambda one: one.n, default=None)
