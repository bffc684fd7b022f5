"""Small networks trained on shapes: ask, follow, name, remove, take over."""

from __future__ import annotations

from innv_gui.errors import BadInput, NotFound
from innv_gui.session.workshop.asked import OPTIONS, given_classes, square
from innv_gui.session.workshop.classes import Wanted, pictures
from innv_gui.session.workshop.request import ShapesRequest, checked_title
from innv_gui.session.workshop.run import ShapesRun
from innv_gui.web.api.blueprint import api, session
from innv_gui.web.api.datasets.answers import dataset_json
from innv_gui.web.api.models.answers import model_json
from innv_gui.web.api.pictures import image_ref
from innv_gui.web.api.route import route
from innv_gui.web.api.workshop.answers import options_json, run_json, same_json
from innv_gui.web.api.workshop.incoming import MoreEpochs, NewShapesRun, ShapesRunChange, TrainedModel, WarmModel


@route(api, "GET", "/workshop/options")
def get_workshop_options():
    """The tiles, what can be chosen with its limits and defaults, and the runs to begin with."""
    return options_json()


@route(api, "POST", "/workshop/warm", body=WarmModel, status=202)
def warm_workshop(body: WarmModel):
    """Prepare the training of a kind of network: it takes a moment once, which nobody then waits for."""
    session().workshop.warm(body.model)
    return {"model": body.model}


@route(api, "POST", "/workshop/check", body=NewShapesRun)
def check_shapes_run(body: NewShapesRun):
    """Check a run without beginning it: about how many seconds it takes, and what a person should know."""
    _title(body)
    request = _request(body)
    workshop = session().workshop
    same = same_json(workshop.runs.same_as(request))
    return {"seconds": workshop.seconds(request), "problems": list(request.notes), "same_as": same}


@route(api, "POST", "/workshop/runs", body=NewShapesRun, status=202)
def add_shapes_run(body: NewShapesRun):
    """Begin to train; goes on as a job, and the curves grow meanwhile."""
    return _begun(session().workshop.start(_request(body), _title(body)))


@route(api, "GET", "/workshop/runs")
def list_shapes_runs():
    """All runs of the workspace, newest first."""
    return {"runs": [_run(run) for run in session().workshop.runs.all()]}


@route(api, "GET", "/workshop/runs/<id>")
def get_shapes_run(id: str):
    """A run with its curves, and what is known of its pictures."""
    return _run(session().workshop.runs.get(id))


@route(api, "POST", "/workshop/runs/<id>/resume", body=MoreEpochs, status=202)
def resume_shapes_run(id: str, body: MoreEpochs):
    """Go on with a run that was stopped, or train a finished one for more epochs: the numbers are those of one go."""
    return _begun(session().workshop.resume(id, body.epochs))


@route(api, "PATCH", "/workshop/runs/<id>", body=ShapesRunChange)
def change_shapes_run(id: str, body: ShapesRunChange):
    """Give a run another name, or keep it on top."""
    return _run(session().workshop.change(id, name=body.name, pinned=body.pinned))


@route(api, "DELETE", "/workshop/runs/<id>", status=204)
def remove_shapes_run(id: str):
    """Take a run off the list; it can be restored until the server ends."""
    session().workshop.runs.remove(id)


@route(api, "POST", "/workshop/runs/<id>/restore")
def restore_shapes_run(id: str):
    """Bring back a removed run."""
    return _run(session().workshop.runs.restore(id))


@route(api, "POST", "/workshop/runs/<id>/model", body=TrainedModel, status=202)
def add_trained_model(id: str, body: TrainedModel):
    """Add a network to the models, and its training images to the datasets; both go on as jobs."""
    current = session()
    model, dataset = current.workshop.open(current.workshop.runs.get(id), body.trial, body.images)
    images = None if dataset is None else dataset_json(dataset, current)
    found = model_json(model, current)
    return {"model": found, "dataset": images, "job": current.jobs.get(found["job"]).as_json()}


def _run(run: ShapesRun) -> dict:
    return run_json(run, session().workshop.runs.same_as(run.request, run))


def _begun(run: ShapesRun) -> dict:
    found = _run(run)
    return {"run": found, "job": found["job"]}


def _title(body: NewShapesRun) -> str | None:
    return None if body.name is None else checked_title(body.name)


def _request(body: NewShapesRun) -> ShapesRequest:
    classes = given_classes([one.model_dump() for one in body.classes], _images)
    marks = {name: square(name, values, "marks") for name, values in body.marks.items()}
    options = {name: getattr(body, name) for name in OPTIONS}
    return session().workshop.check(classes, marks=marks, model=_model(body), **options)


def _model(body: NewShapesRun):
    if body.model != "file":
        return body.model
    if body.file is None:
        raise BadInput("A Keras file to train was not named.", "Choose one of the models as file.", "file")
    return session().models.get(body.file)


def _images(one: dict):
    """Of a class of pictures: those of an earlier run, or of a dataset."""
    if one["run"] is not None:
        return _of_run(one)
    dataset = session().datasets.get(one["dataset"])
    if one["images"] is None:
        return one["name"], dataset
    for index in one["images"]:
        image_ref(one["dataset"], index)
    return one["name"], dataset[list(dict.fromkeys(one["images"]))]


def _of_run(one: dict) -> Wanted:
    run = session().workshop.runs.get(one["run"])
    for shape, asked in zip(run.request.recipe.classes, run.request.asked["classes"], strict=True):
        if shape.name == one["name"] and shape.pixels is not None:
            kept = {name: asked.get(name) for name in ("name", "dataset", "images")}
            return pictures(shape.name, shape.pixels, kept)
    raise NotFound(f"{run.name} has no class {one['name']!r} of pictures.", "Choose images again.", "classes")
