"""Patterns: what some methods learn from images before they explain."""

from __future__ import annotations

from innv_gui.records import Model
from innv_gui.web.api.blueprint import api, named_model, session
from innv_gui.web.api.common_incoming import Id
from innv_gui.web.api.route import Incoming, route


class NewPatterns(Incoming):
    """Which model, from which images."""

    model: str = Id
    dataset: str = Id


@route(api, "POST", "/patterns", body=NewPatterns, status=202)
def add_patterns(body: NewPatterns):
    """Begin to fit the patterns of a model on all images of a dataset, in one pass; goes on as a job."""
    model, dataset = named_model(body.model), session().datasets.get(body.dataset)
    return {"job": session().patterns.start(model, dataset).as_json()}


@route(api, "GET", "/models/<id>/patterns")
def get_patterns(id: str):
    """The fit that is in use for a model; `fit` is null where patterns have to be fitted first."""
    return {"fit": fit_json(session().models.get(id))}


def fit_json(model: Model) -> dict | None:
    """What was learnt from how many images of which dataset."""
    fit = session().patterns.of(model)
    names = ("sha256", "dataset", "n_images", "n_layers", "n_neurons", "n_without", "n_problems")
    return None if fit is None else {name: getattr(fit, name) for name in names}
