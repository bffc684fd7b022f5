"""What a body asks to be explained, checked against what the session has."""

from __future__ import annotations

from innv_gui.session.datasets import Dataset
from innv_gui.session.explain.request import Request, check_request
from innv_gui.web.api.blueprint import session
from innv_gui.web.api.explanations.incoming import NewExplanation, NewRanking
from innv_gui.web.api.pictures import image_ref


def checked_request(body: NewExplanation) -> Request:
    """What was asked, with every id looked up; starts the worker that will be needed."""
    session().warm_up_for(body.analyzer, body.engine)
    return request_of(body)


def request_of(body: NewExplanation) -> Request:
    """The same, without starting anything."""
    current = session()
    models = [current.models.get(id) for id in dict.fromkeys(body.models)]
    return check_request(
        models,
        _images(body),
        body.analyzer,
        body.params,
        layer=body.layer,
        neuron=body.neuron,
        top_neurons=body.top_neurons,
        class_=body.class_,
        engine=body.engine,
        unchecked=body.unchecked,
        softmax=body.softmax,
    )


def _images(body: NewExplanation) -> Dataset | None:
    """Each image once. None is the whole dataset to a ranking, and nothing to an explanation."""
    dataset = session().datasets.get(body.dataset)
    for index in body.images:
        image_ref(body.dataset, index)
    if body.images:
        return dataset[list(dict.fromkeys(body.images))]
    return dataset if isinstance(body, NewRanking) else None
