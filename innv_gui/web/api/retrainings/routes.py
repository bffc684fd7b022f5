"""A person's model trained again with a part of the pictures painted out: begin, follow, look, take over."""

from __future__ import annotations

import io

from flask import send_file

from innv_gui.plots.heatmap import render
from innv_gui.session.retraining.record import Retraining
from innv_gui.session.retraining.request import OPTIONS, RetrainRequest, part_of, recommended
from innv_gui.session.workshop.opened import stem_of
from innv_gui.web.api.blueprint import api, named_model, session
from innv_gui.web.api.common_incoming import by_index
from innv_gui.web.api.models.answers import model_json
from innv_gui.web.api.pictures import image_ref, png
from innv_gui.web.api.retrainings.answers import request_json, retraining_json
from innv_gui.web.api.retrainings.incoming import MapQuery, NewRetraining, OfModel, ShownQuery
from innv_gui.web.api.route import route

BYTES = "application/octet-stream"


@route(api, "POST", "/workshop/retrainings/check", body=NewRetraining)
def check_new_retraining(body: NewRetraining):
    """Check a retraining without beginning it: how many images are trained on, how much is painted, what to know."""
    return request_json(_request(body))


@route(api, "POST", "/workshop/retrainings", body=NewRetraining, status=202)
def add_retraining(body: NewRetraining):
    """Begin to train a model again; goes on as a job. The model itself stays as it is."""
    return _begun(session().retrainings.start(_request(body)))


@route(api, "GET", "/workshop/retrainings")
def list_retrainings():
    """Newest first; those of an earlier server where their model and images are open."""
    return {"retrainings": [_json(one) for one in session().retrainings.newest_first()]}


@route(api, "GET", "/workshop/retrainings/recommended", query=OfModel)
def get_recommended_retraining(query: OfModel):
    """How a model would be trained where nothing is said: the recipe that was measured to work."""
    return recommended(named_model(query.model))


@route(api, "GET", "/workshop/retrainings/<id>")
def get_retraining(id: str):
    """How far it is, what the model did before and does after, and what to make of that."""
    return _json(session().retrainings.get(id))


@route(api, "POST", "/workshop/retrainings/<id>/resume", status=202)
def resume_retraining(id: str):
    """Go on with one that was stopped: the numbers are those of one go."""
    return _begun(session().retrainings.resume(id))


@route(api, "POST", "/workshop/retrainings/<id>/model", status=202)
def add_retrained_model(id: str):
    """Add the new model to the models, beside the old one; goes on as a job."""
    current = session()
    entry = current.retrainings.open(current.retrainings.get(id))
    return {"model": model_json(entry, current), "job": None if entry.job is None else entry.job.as_json()}


@route(api, "GET", "/workshop/retrainings/<id>/model.keras", answer=BYTES)
def get_retrained_file(id: str):
    """The new model as a .keras file, which carries how it was made."""
    one = session().retrainings.get(id)
    return send_file(io.BytesIO(session().retrainings.file(one)), BYTES, True, f"{stem_of(one.name)}.keras")


@route(api, "GET", "/workshop/retrainings/<id>/maps/<int:image>.png", query=MapQuery, answer="image/png")
def get_retraining_map(id: str, image: int, query: MapQuery):
    """Where the evidence for an image's label lies: positive gradient times input, as it is measured."""
    current = session()
    picture, relevance = current.retrainings.map(current.retrainings.get(id), image, query.after)
    return png(render(picture, relevance[..., None], "cam", "jet", 0.6, 99.0, bar=False, scale_px=192))


@route(api, "GET", "/workshop/retrainings/<id>/shown/<int:image>.png", query=ShownQuery, answer="image/png")
def get_retraining_picture(id: str, image: int, query: ShownQuery):
    """An image as training shows it, its painted part filled."""
    current = session()
    return png(current.retrainings.shown(current.retrainings.get(id), image, query.seed))


def _json(one: Retraining) -> dict:
    current = session().retrainings
    added = current.added(one)
    return retraining_json(one, current.examples(one), None if added is None else added.id)


def _begun(one: Retraining) -> dict:
    return {"retraining": _json(one), "job": one.job.as_json()}


def _request(body: NewRetraining) -> RetrainRequest:
    current = session()
    model, dataset = named_model(body.model), current.datasets.get(body.dataset)
    for index in body.images or ():
        image_ref(body.dataset, index)
    wishes = {name: getattr(body, name) for name in OPTIONS}
    return current.retrainings.check(model, part_of(dataset, body.images), by_index(body.regions), **wishes)
