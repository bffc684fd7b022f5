"""Accuracy probes: what a model gets right under each preprocessing."""

from __future__ import annotations

from innv_gui.errors import BadInput
from innv_gui.web.api.blueprint import api, session
from innv_gui.web.api.models.incoming import NewProbe
from innv_gui.web.api.models.probe_answers import probe_json
from innv_gui.web.api.route import route


@route(api, "GET", "/models/<id>/probe")
def get_probe(id: str):
    """How many labelled images a model gets right under each preprocessing, and what is advised."""
    current = session()
    return probe_json(current.probes, current.models.get(id))


@route(api, "POST", "/models/<id>/probe", body=NewProbe, status=202)
def start_probe(id: str, body: NewProbe):
    """Check a model's preprocessing with labelled images; goes on as a job."""
    current = session()
    model = current.models.get(id)
    dataset = current.datasets.get(body.dataset) if body.dataset else current.probes.dataset_for(model)
    if dataset is None:
        raise BadInput(
            f"No open images have labels that are classes of {model.name}.",
            "Open images in a folder for each class.",
            "dataset",
        )
    current.probes.start(model, dataset)
    return probe_json(current.probes, model)
