"""Models: list, add, change, remove, look into."""

from __future__ import annotations

from flask import current_app, request

from innv_gui import analyzers
from innv_gui.applications import APPLICATIONS
from innv_gui.errors import BadInput, NotFound
from innv_gui.records import Model
from innv_gui.web.api.blueprint import api, session
from innv_gui.web.api.common_answers import labels_json, layer_json
from innv_gui.web.api.models.answers import model_json
from innv_gui.web.api.models.incoming import LabelsQuery, LayersQuery, ModelChange, NewModel
from innv_gui.web.api.route import route
from innv_gui.web.api.uploads import save_model_upload


@route(api, "GET", "/models")
def list_models():
    """All models in the order they were added, what the command line offered, and the networks known by name."""
    current = session()
    return {
        "models": [model_json(entry, current) for entry in current.models.entries()],
        "offered": [{"id": id, "file": path.name} for id, path in current_app.config["OFFERED"].items()],
        "applications": list(current_app.config["APPLICATIONS"]),
    }


@route(api, "POST", "/models", body=NewModel, form=("file", "weights", "classes"), status=202)
def add_model(body: NewModel | None):
    """Add a model: upload a file, or name one that is offered; loading goes on as a job."""
    entry = _uploaded() if body is None else _named(body)
    return {"model": model_json(entry, session()), "job": entry.job.as_json()}


def _uploaded():
    file = request.files.get("file")
    if file is None or not file.filename:
        raise BadInput("No model file was sent.", "Send it as the form field file.", field="file")
    paths = save_model_upload(session().workspace, request.files)
    return session().start_model(
        paths["file"], weights=paths.get("weights"), classes=paths.get("classes"), shown_file=paths["file"].name
    )


def _application(body: NewModel) -> str:
    """A network's name, alone or with "@random": never a path, which only the command line names."""
    name, _, weights = body.application.partition("@")
    if name not in APPLICATIONS or weights not in ("", "random"):
        raise BadInput(
            f"{body.application!r} is not a network of keras.applications.",
            "Expected a name of the list, or one with @random.",
            "application",
            APPLICATIONS,
        )
    return body.application if body.weights is None else name


def _named(body: NewModel):
    if body.application is not None:
        return session().start_model(_application(body), weights=body.weights, outputs=body.outputs)
    offered = current_app.config["OFFERED"]
    if body.offered not in offered:
        raise NotFound(f"No file {body.offered!r} is offered.", "See offered in the list of models.", field="offered")
    return session().start_model(offered[body.offered], outputs=body.outputs)


@route(api, "GET", "/models/<id>")
def get_model(id: str):
    """One model."""
    return model_json(session().models.entry(id), session())


@route(api, "PATCH", "/models/<id>", body=ModelChange)
def change_model(id: str, body: ModelChange):
    """Edit name, preprocessing, class names, what the outputs are, or which class a label of a dataset is."""
    rule = body.preprocessing.model_dump() if body.preprocessing is not None else None
    dataset = session().datasets.get(body.labels.dataset) if body.labels is not None else None
    session().models.change(id, name=body.name, preprocessing=rule, class_names=body.class_names, outputs=body.outputs)
    if dataset is not None:
        session().models.map_labels(id, dataset, body.labels.classes)
    return model_json(session().models.entry(id), session())


@route(api, "GET", "/models/<id>/labels", query=LabelsQuery)
def list_labels(id: str, query: LabelsQuery):
    """The labels of a dataset, with the class of this model that each is; and how many images have none."""
    return labels_json(session().models.get(id), session().datasets.get(query.dataset))


@route(api, "DELETE", "/models/<id>", status=204)
def remove_model(id: str):
    """Remove a model from the session; its file stays."""
    session().remove_model(id)


@route(api, "GET", "/models/<id>/layers", query=LayersQuery)
def list_layers(id: str, query: LayersQuery):
    """The layers of a model, and which methods can aim at each."""
    model = session().models.get(id)
    chosen = analyzers.get(query.analyzer) if query.analyzer else None
    usable = {}
    if chosen is not None:
        usable = {layer.name: (ok, why) for layer, ok, why in analyzers.usable_layers(chosen, model.facts)}
    families = _families_by_layer(model)
    rows = [
        layer_json(layer)
        | {"usable": usable.get(layer.name, (True, ""))[0], "why_not": usable.get(layer.name, (True, ""))[1]}
        | {"analyzers": families.get(layer.name, [])}
        for layer in model.layers
    ]
    return {"layers": rows}


def _families_by_layer(model: Model) -> dict[str, list[str]]:
    """Layer name -> families of methods that can aim at it, in the order of the method list."""
    families: dict[str, dict[str, None]] = {layer.name: {} for layer in model.layers}
    for analyzer in analyzers.all():
        for layer, usable, _ in analyzers.usable_layers(analyzer, model.facts):
            if usable:
                families[layer.name][analyzer.family] = None
    return {name: list(found) for name, found in families.items()}
