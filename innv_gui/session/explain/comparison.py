"""Two runs of the same images under the same models, compared map by map: how much differs, and where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from innv_gui.errors import BadInput, Conflict
from innv_gui.records import Model
from innv_gui.session.explain.run import Run
from innv_gui.store.maps import KeptMap


@dataclass(frozen=True)
class Difference:
    """share: max |a - b| / max |b|, None where b is empty and a is not. correlation: Pearson's r over all values, None
    where a map is constant. Both over all targets and channels; NaN and infinity make both None.
    """

    share: float | None
    correlation: float | None


def difference(ours: KeptMap, reference: KeptMap) -> Difference:
    """Figures for two maps of the same targets. Raises Conflict where there is nothing to compare."""
    a, b = values(ours, reference)
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return Difference(None, None)
    largest, off = float(np.abs(b).max(initial=0)), float(np.abs(a - b).max(initial=0))
    share = off / largest if largest else (0.0 if not off else None)
    varies = a.size and a.std() > 0 and b.std() > 0
    return Difference(share, float(np.corrcoef(a.ravel(), b.ravel())[0, 1]) if varies else None)


def values(ours: KeptMap, reference: KeptMap) -> tuple[np.ndarray, np.ndarray]:
    """The two maps (T, H, W, C) float64."""
    if ours.values.shape != reference.values.shape or not np.array_equal(ours.targets, reference.targets):
        raise Conflict(
            "The two explanations explain different targets here.",
            "Compare runs of the same models, images and target.",
            field="with",
        )
    return ours.values.astype(np.float64), reference.values.astype(np.float64)


def compare(run: Run, reference: Run) -> list[tuple[Model, int, Difference | None]]:
    """(model, image index, figures) of all that both runs are about; None where one of them has not got that far.

    Raises BadInput where no model and image is part of both.
    """
    places = {item.index: place for place, item in enumerate(reference.items)}
    known = {model.id for model in reference.models}
    shared = [
        (model, place, places[item.index])
        for model in run.models
        if model.id in known
        for place, item in enumerate(run.items)
        if item.index in places
    ]
    if not shared or not _same_dataset(run, reference):
        message = "The two explanations have no model and image in common; expected the same ones."
        raise BadInput(message, "Ask for both with the same models and images.", field="with")
    return [(model, run.items[a].index, _at(run, a, reference, b, model)) for model, a, b in shared]


def _same_dataset(run: Run, reference: Run) -> bool:
    ids = {request.dataset.id if request.dataset else None for request in (run.request, reference.request)}
    return len(ids) == 1


def _at(run: Run, a: int, reference: Run, b: int, model: Model) -> Difference | None:
    if run.cell(model, a).status != "done" or reference.cell(model, b).status != "done":
        return None
    return difference(run.kept(model, a), reference.kept(model, b))
