"""Retrainings as the JSON that goes out. A number is null until it is known, and where there is none."""

from __future__ import annotations

import numpy as np

from innv_gui.records import as_plain
from innv_gui.session.retraining.record import Retraining
from innv_gui.session.retraining.request import RetrainRequest, recommended
from innv_gui.web.api.common_answers import number
from innv_gui.workshop.retraining import Behaviour


def request_json(request: RetrainRequest) -> dict:
    """What will be done, before it is."""
    return {
        "options": request.asked,
        "recommended": recommended(request.model),
        "images": {"trained": request.n_trained, "held": int(request.plan.held.sum())},
        "painted": {"images": request.painted.count, "share": number(request.painted.share)},
        "notes": list(request.notes),
    }


def retraining_json(one: Retraining, examples: list[int], added: str | None) -> dict:
    """All of it, as far as it is. examples: held-out images to look at, by index; added: id of the new model."""
    job = one.job.as_json()  # before the numbers: a job that has ended has put all of them
    found, request = one.finding, one.request
    return {
        "id": one.id,
        "name": one.name,
        "status": job["status"],
        "job": job,
        "created": one.created,
        "model": {"id": request.model.id, "name": request.model.name, "letter": request.model.letter},
        "dataset": request.dataset.id,
        **request_json(request),
        "step": one.step,
        "curve": _curve(one),
        "before": _behaviour(one.before),
        "after": _behaviour(one.after),
        "agreement": None if one.agreement is None else number(one.agreement),
        "finding": None if found is None else as_plain(found),
        "examples": [{"index": index, "name": request.dataset.collection.ref(index).name} for index in examples],
        "new_model": added,
        "problems": [{"name": problem.name, "reason": problem.reason} for problem in one.problems[:100]],
    }


def _curve(one: Retraining) -> dict:
    looks = [[number(float(value)) for value in row] for row in one.looks]
    curve = one.curve()
    return {
        "step": curve["step"],
        "loss": [number(value) for value in curve["loss"]],
        "looks": [{"step": int(step or 0), "usual": usual, "replaced": replaced} for step, usual, replaced in looks],
    }


def _behaviour(one: Behaviour | None) -> dict | None:
    if one is None:
        return None
    numbers = {name: number(float(getattr(one, name))) for name in ("usual", "replaced", "share")}
    return {
        "n": one.n,
        "n_replaced": one.n_painted,
        **numbers,
        "undecided": one.undecided,
        "measured": int(np.isfinite(one.shares).sum()),
    }
