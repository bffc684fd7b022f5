"""Heatmaps of several runs compared by number: methods, targets or engines under one model."""

from __future__ import annotations

from collections.abc import Sequence

from innv_gui.errors import BadInput
from innv_gui.records import Model
from innv_gui.session.explain.agreement import Agreement, agreement_of, checked_measure
from innv_gui.session.explain.overlays import check_target
from innv_gui.session.explain.run import Run


def between_runs(runs: Sequence[Run], model: Model, measure: str = "spearman", target: int = 0) -> Agreement:
    """Every pair of runs (methods, targets, engines) under one model, on the images of the first."""
    checked_measure(measure)
    if len({run.request.dataset.id if run.request.dataset else None for run in runs}) > 1:
        raise BadInput(
            "The runs explain images of different datasets; expected the same images.",
            "Choose runs of the same images.",
            "runs",
        )
    check_target(target, max((run.n_targets for run in runs), default=1))
    places = [{item.name: position for position, item in enumerate(run.items)} for run in runs]
    rows = [
        [run.found(model, at.get(item.name), target) for run, at in zip(runs, places, strict=True)]
        for item in runs[0].items
    ]
    return agreement_of(rows, measure, target)
