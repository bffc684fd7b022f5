"""Runs as the JSON that goes out."""

from __future__ import annotations

from innv_gui import analyzers
from innv_gui.errors import InnvError
from innv_gui.records import Model, as_plain
from innv_gui.session.explain.comparison import Difference
from innv_gui.session.explain.request_facts import layer_of
from innv_gui.session.explain.run import Cell, Run, predicted
from innv_gui.web.api.common_answers import error_json, fed_json, number, origin_json


def run_json(run: Run) -> dict:
    """A run with all its cells; maps have their own addresses."""
    request, job = run.request, run.job
    return {
        "id": run.id,
        "request": _request(run),
        "passes": analyzers.cost(request.analyzer.name, request.params),
        "status": job.status,
        "job": job.as_json(),
        "models": [_run_model(run, model) for model in run.models],
        "images": [{"index": item.index, "name": item.name, "label": item.label} for item in run.items],
        "cells": [_cell(run, model, position) for model in run.models for position in range(len(run.items))],
        "display": as_plain(request.analyzer.display),
        "seconds": run.seconds,
        "problems": [as_plain(problem) for problem in run.problems],
        "replaced": [as_plain(one) for one in run.replaced],
    }


def comparison_json(run: Run, reference: Run, found: list[tuple[Model, int, Difference | None]]) -> dict:
    """Figures of what is finished in both."""
    done = [(model, image, off) for model, image, off in found if off is not None]
    return {
        "explanation": run.id,
        "with": reference.id,
        "engines": [run.request.engine, reference.request.engine],
        "cells": [{"model": model.id, "image": image, **as_plain(off)} for model, image, off in done],
        "waiting": len(found) - len(done),
    }


def _request(run: Run) -> dict:
    request, target = run.request, run.request.targets[0]
    return {
        "models": [model.id for model in run.models],
        "dataset": request.dataset.id if request.dataset is not None else None,
        "images": [item.index for item in run.items],
        "analyzer": request.analyzer.name,
        "params": request.params,
        "layer": {model.id: aim.layer for model, aim in zip(run.models, request.targets, strict=True)},
        "neuron": target.neuron,
        "top_neurons": target.top_neurons,
        "class": target.class_,
        "engine": request.engine,
        "unchecked": request.unchecked,
        "softmax": target.softmax,
    }


def _run_model(run: Run, model: Model) -> dict:
    error = run.failures.get(model.id)
    return {
        "id": model.id,
        "name": model.name,
        "letter": model.letter,
        "status": "failed" if error is not None else run.job.status,
        "error": _failure(error),
        "engine": run.request.engine,
        **fed_json(model),
        "layer": layer_of(run.request, model),
        "input": list(model.input_shape),
        "n_classes": model.n_classes,
        "explained": model.facts.outputs.explained,
        **origin_json(run.naming(model)),
        "notes": list(run.notes(model)),
    }


def _failure(error: InnvError | None) -> dict | None:
    if error is None:
        return None
    return error_json(error) | {"unchecked_possible": error.field == "unchecked"}


def _cell(run: Run, model: Model, position: int) -> dict:
    cell, item = run.cell(model, position), run.items[position]
    body = {"model": model.id, "image": item.index, "status": _status(run, model, cell)}
    body["label_class"] = run.class_of(model, item.label)
    if cell.status == "failed":
        return body | {"error": error_json(cell.error)}
    if cell.status != "done":
        return body
    names = run.names(model)
    said = [{"class": index, "name": names[index]} for index in predicted(model, cell.top)]
    return body | _finished(cell, names, run.explains_classes) | {"predicted": said}


def _status(run: Run, model: Model, cell: Cell) -> str:
    return "failed" if cell.status == "waiting" and model.id in run.failures else cell.status


def _finished(cell: Cell, names: tuple[str, ...], is_class: bool) -> dict:
    target = cell.targets[0]
    name = names[target] if is_class and target < len(names) else f"neuron {target}"
    return {
        "top": [{"class": index, "name": names[index], "probability": p} for index, p in cell.top],
        "target": {"index": target, "name": name},
        "targets": list(cell.targets),
        "activations": [number(value) for value in cell.activations],
        "score": number(cell.activations[0]),
        "seconds": cell.seconds,
        "engine": cell.engine,
        "health": [as_plain(fact) for fact in cell.health],
        "shape": list(cell.shape),
        "cached": cell.cached,
        "notes": list(cell.notes),
    }
