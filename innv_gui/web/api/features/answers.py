"""Ascents and extremes as the JSON that goes out."""

from __future__ import annotations

import numpy as np

from innv_gui.session.features.extremes import Extremes
from innv_gui.session.features.maximization import Maximization
from innv_gui.web.api.blueprint import session
from innv_gui.web.api.common_answers import number, origin_json

CURVE_POINTS = 120  # of a curve in the answer about an ascent; the whole is in curves.csv


def curves_of(known: Maximization) -> list[list[tuple[float | None, float | None]]]:
    """For each target (objective, probability) at every step; no probability where there is none."""
    return [[(number(float(value)), number(float(p))) for value, p in curve.T] for curve in known.joined()]


def maximization_json(known: Maximization) -> dict:
    """An ascent; pictures have their own addresses."""
    request = known.request
    return {
        "id": known.id,
        "status": known.job.status,
        "job": known.job.as_json(),
        "model": {"id": request.model.id, "name": request.model.name, "letter": request.model.letter},
        **origin_json(session().naming(request.model)),
        "input": list(known.start.u.shape) if known.begun else list(request.model.input_shape),
        "request": _request(known),
        "targets": [_target(known, place, curve) for place, curve in enumerate(curves_of(known))],
        "notes": list(known.notes),
        "seconds": round(known.seconds, 3),
    }


def names_of(known: Maximization) -> list[str]:
    """Of the targets; classes as they are called now."""
    if not known.is_class:
        return list(known.request.names)
    names = session().class_names(known.request.model)
    return [names[index] for index in known.targets]


def _request(known: Maximization) -> dict:
    request, features = known.request, known.request.features
    return {
        "model": request.model.id,
        "kind": features.kind,
        "layer": request.layer,
        "positions": any(len(one.output_shape) > 1 for one in request.model.layers if one.name == request.layer),
        "index": list(features.index),
        "initial": request.initial_name,
        "dataset": request.dataset,
        "image": request.image,
        "preset": request.preset,
        "params": request.params,
        "seed": request.seed,
    }


def _target(known: Maximization, place: int, curve: list[tuple[float | None, float | None]]) -> dict:
    last = curve[-1] if curve else (None, None)
    shown = sorted({round(k) for k in np.linspace(0, len(curve) - 1, min(len(curve), CURVE_POINTS))})
    return {
        "index": known.targets[place],
        "name": names_of(known)[place],
        "steps": known.steps[place],
        "stopped": known.stopped[place],
        "value": last[0],
        "probability": last[1],
        "curve": [{"step": step, "value": curve[step][0], "probability": curve[step][1]} for step in shown],
    }


def extremes_json(known: Extremes) -> dict:
    """The images that activate each feature most and least so far."""
    return {
        "id": known.id,
        "status": known.job.status,
        "job": known.job.as_json(),
        "model": known.model.id,
        "dataset": known.dataset.id,
        "kind": known.features.kind,
        "layer": known.layer,
        "seen": known.n_seen,
        "n": len(known.dataset),
        "n_problems": len(known.problems),
        "problems": [{"name": problem.name, "reason": problem.reason} for problem in known.problems[:100]],
        "targets": [_extreme(known, place) for place in range(len(known.names))],
    }


def _extreme(known: Extremes, place: int) -> dict:
    most, least = (_rows(known, side) for side in known.sides(place))
    index, name = known.features.index[place], known.names[place]
    if known.features.kind == "class":
        name = session().class_names(known.model)[index]
    return {"index": index, "name": name, "most": most, "least": least, "note": known.note(place, name)}


def _rows(known: Extremes, side: list[tuple[int, float]]) -> list[dict]:
    refs = ((index, known.ref(index), value) for index, value in side)
    return [
        {"index": index, "name": ref.name, "label": ref.label, "value": number(value)} for index, ref, value in refs
    ]
