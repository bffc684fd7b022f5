"""Activation maximization, and the images that activate most and least: ask, follow, fetch."""

from __future__ import annotations

import csv
import io

import numpy as np
from flask import send_file

from innv_gui.analyzers import maximize as presets
from innv_gui.errors import BadInput
from innv_gui.records import ImageRef, Model, replace
from innv_gui.session.features.extremes import Extremes
from innv_gui.session.features.maximization import Maximization
from innv_gui.session.features.request import ChosenFeatures, check_features, check_request, why_not
from innv_gui.web.answers import layer_json, number, origin_json
from innv_gui.web.api import api, session
from innv_gui.web.api.datasets import image_ref, png
from innv_gui.web.routes import route
from innv_gui.web.schemas import (
    FeatureLayersQuery,
    GeneratedQuery,
    NewExtremes,
    NewMaximization,
    ParamsCheck,
    Wanted,
)

CURVE_POINTS = 120  # of a curve in the answer about an ascent; the whole is in curves.csv


@route(api, "GET", "/presets")
def list_presets():
    """The ways to ascend with their settings, as declared, and the pictures an ascent can begin from."""
    return {
        "presets": [presets.describe(preset) for preset in presets.PRESETS.values()],
        "starts": [*presets.STARTS, "image"],
    }


@route(api, "POST", "/presets/<name>/check", body=ParamsCheck)
def check_preset(name: str, body: ParamsCheck):
    """Check settings without running anything; the answer is the complete set."""
    return {"params": presets.check(name, body.params)}


@route(api, "GET", "/models/<id>/features", query=FeatureLayersQuery)
def list_feature_layers(id: str, query: FeatureLayersQuery):
    """The layers of a model, and whether each has classes, neurons or channels that can be maximised."""
    model = session().models.get(id)
    reasons = ((layer, why_not(model, query.kind, layer)) for layer in model.layers)
    return {"layers": [layer_json(layer) | {"usable": not why, "why_not": why} for layer, why in reasons]}


@route(api, "POST", "/maximizations", body=NewMaximization, status=202)
def add_maximization(body: NewMaximization):
    """Begin an ascent for one or several classes, neurons or channels; goes on as a job."""
    model = session().models.get(body.model)
    initial = _image(body) if body.initial == "image" else body.initial
    request = check_request(model, _chosen(model, body), initial, body.preset, body.params, body.seed)
    place = {"dataset": body.dataset, "image": body.image} if body.initial == "image" else {}
    known = session().features.start(replace(request, **place))
    return {"maximization": maximization_json(known), "job": known.job.as_json()}


def _chosen(model: Model, body: Wanted) -> ChosenFeatures:
    aims = {name: getattr(body, name) for name in ("classes", "neurons", "channels")}
    return check_features(model, body.layer, naming=session().naming(model), **aims)


def _image(body: NewMaximization) -> ImageRef:
    if body.dataset is None or body.image is None:
        raise BadInput("An image as start needs dataset and image.", "Name both.", "image")
    return image_ref(body.dataset, body.image)


@route(api, "GET", "/maximizations/<id>")
def get_maximization(id: str):
    """An ascent with how far each picture is."""
    return maximization_json(session().features.maximization(id))


@route(api, "POST", "/maximizations/<id>/resume", status=202)
def resume_maximization(id: str):
    """Go on with an ascent that was cancelled, from where it stands."""
    known = session().features.resume(id)
    return {"maximization": maximization_json(known), "job": known.job.as_json()}


@route(api, "GET", "/maximizations/<id>/pictures/<int:place>.png", query=GeneratedQuery, answer="image/png")
def get_generated_picture(id: str, place: int, query: GeneratedQuery):
    """A picture as it is now, one pixel a value."""
    return png(session().features.maximization(id).png(place, query.contrast))


@route(api, "GET", "/maximizations/<id>/images.npy", answer="application/octet-stream")
def get_generated_images(id: str):
    """All pictures as network input: NumPy file, float32 (targets, H, W, C)."""
    buffer = io.BytesIO()
    np.save(buffer, session().features.maximization(id).images, allow_pickle=False)
    buffer.seek(0)
    return send_file(buffer, "application/octet-stream", True, f"{id}.npy")


@route(api, "GET", "/maximizations/<id>/curves.csv", answer="text/csv")
def get_curves(id: str):
    """Every step of every picture: target, step, objective, probability."""
    known = session().features.maximization(id)
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(("target", "name", "step", "objective", "probability"))
    for index, name, curve in zip(known.targets, _names(known), _curves(known), strict=True):
        for step, (value, p) in enumerate(curve):
            rows.writerow((index, name, step, value, "" if p is None else p))
    return send_file(io.BytesIO(text.getvalue().encode()), "text/csv", True, f"{id}.csv")


def _curves(known: Maximization) -> list[list[tuple[float | None, float | None]]]:
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
        "targets": [_target(known, place, curve) for place, curve in enumerate(_curves(known))],
        "notes": list(known.notes),
        "seconds": round(known.seconds, 3),
    }


def _names(known: Maximization) -> list[str]:
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
        "name": _names(known)[place],
        "steps": known.steps[place],
        "stopped": known.stopped[place],
        "value": last[0],
        "probability": last[1],
        "curve": [{"step": step, "value": curve[step][0], "probability": curve[step][1]} for step in shown],
    }


@route(api, "POST", "/extremes", body=NewExtremes, status=202)
def add_extremes(body: NewExtremes):
    """Begin to look for the images of a dataset that activate features most and least; goes on as a job."""
    model, dataset = session().models.get(body.model), session().datasets.get(body.dataset)
    known = session().features.start_extremes(model, dataset, _chosen(model, body), body.count)
    return {"extremes": extremes_json(known), "job": known.job.as_json()}


@route(api, "GET", "/extremes/<id>")
def get_extremes(id: str):
    """What has been found so far: for each feature images with their activation."""
    return extremes_json(session().features.extremes(id))


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
    return {"index": index, "name": name, "most": most, "least": least}


def _rows(known: Extremes, side: list[tuple[int, float]]) -> list[dict]:
    refs = ((index, known.ref(index), value) for index, value in side)
    return [
        {"index": index, "name": ref.name, "label": ref.label, "value": number(value)} for index, ref, value in refs
    ]
