"""Activation maximization, and the images that activate most and least: ask, follow, fetch."""

from __future__ import annotations

import io

import numpy as np
from flask import send_file

from innv_gui.analyzers import maximize
from innv_gui.errors import BadInput
from innv_gui.records import ImageRef, Model, replace
from innv_gui.session.features.request import ChosenFeatures, check_features, check_request, check_start, why_not
from innv_gui.store.csv_text import csv_text
from innv_gui.web.api.blueprint import api, named_model, session
from innv_gui.web.api.common_answers import layer_json
from innv_gui.web.api.common_incoming import ParamsCheck
from innv_gui.web.api.features.answers import curves_of, extremes_json, maximization_json, names_of
from innv_gui.web.api.features.incoming import (
    FeatureLayersQuery,
    GeneratedQuery,
    NewExtremes,
    NewMaximization,
    Wanted,
)
from innv_gui.web.api.pictures import image_ref, png
from innv_gui.web.api.route import route


@route(api, "GET", "/presets")
def list_presets():
    """The ways to ascend with their settings, as declared, and the pictures an ascent can begin from."""
    return {
        "presets": [maximize.describe(preset) for preset in maximize.PRESETS.values()],
        "starts": [*maximize.STARTS, "image"],
    }


@route(api, "POST", "/presets/<name>/check", body=ParamsCheck)
def check_preset(name: str, body: ParamsCheck):
    """Check settings without running anything; the answer is the complete set."""
    return {"params": maximize.check(name, body.params)}


@route(api, "GET", "/models/<id>/features", query=FeatureLayersQuery)
def list_feature_layers(id: str, query: FeatureLayersQuery):
    """The layers of a model, and whether each has classes, neurons or channels that can be maximised."""
    model = session().models.get(id)
    reasons = ((layer, why_not(model, query.kind, layer)) for layer in model.layers)
    return {"layers": [layer_json(layer) | {"usable": not why, "why_not": why} for layer, why in reasons]}


@route(api, "POST", "/maximizations", body=NewMaximization, status=202)
def add_maximization(body: NewMaximization):
    """Begin an ascent for one or several classes, neurons or channels; goes on as a job."""
    model = named_model(body.model)
    request = check_request(model, _chosen(model, body), _initial(body), body.preset, body.params, body.seed)
    place = {"dataset": body.dataset, "image": body.image} if body.initial == "image" else {}
    known = session().features.start(replace(request, **place))
    return {"maximization": maximization_json(known), "job": known.job.as_json()}


def _chosen(model: Model, body: Wanted) -> ChosenFeatures:
    aims = {name: getattr(body, name) for name in ("classes", "neurons", "channels")}
    return check_features(model, body.layer, naming=session().naming(model), **aims)


def _initial(body: NewMaximization) -> str | ImageRef:
    if body.initial != "image":
        check_start(body.initial, ("image",))
        return body.initial
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
    curves = zip(known.targets, names_of(known), curves_of(known), strict=True)
    rows = ((index, name, step, *values) for index, name, curve in curves for step, values in enumerate(curve))
    text = csv_text(("target", "name", "step", "objective", "probability"), rows)
    return send_file(io.BytesIO(text.encode()), "text/csv", True, f"{id}.csv")


@route(api, "POST", "/extremes", body=NewExtremes, status=202)
def add_extremes(body: NewExtremes):
    """Begin to look for the images of a dataset that activate features most and least; goes on as a job."""
    model, dataset = named_model(body.model), session().datasets.get(body.dataset)
    known = session().features.start_extremes(model, dataset, _chosen(model, body), body.count)
    return {"extremes": extremes_json(known), "job": known.job.as_json()}


@route(api, "GET", "/extremes/<id>")
def get_extremes(id: str):
    """What has been found so far: for each feature images with their activation."""
    return extremes_json(session().features.extremes(id))
