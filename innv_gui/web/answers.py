"""Records as the JSON that goes out."""

from __future__ import annotations

from innv_gui.cluster.jobs import Job
from innv_gui.errors import InnvError
from innv_gui.records import Layer, Model, as_plain
from innv_gui.session import Session
from innv_gui.session.comparison import Difference
from innv_gui.session.images import DatasetEntry
from innv_gui.session.models import ModelEntry
from innv_gui.session.run import Cell, Run, layer_of
from innv_gui.web.probe_answers import advice_json


def error_json(error: InnvError | None) -> dict | None:
    """Message, hint, field, allowed; None when all is well."""
    return error.as_json()["error"] if error is not None else None


def job_id(job: Job | None) -> str | None:
    """Its id, if there is one."""
    return job.id if job is not None else None


def model_json(entry: ModelEntry, session: Session) -> dict:
    """A model in any state."""
    known = {
        "id": entry.id,
        "name": entry.name,
        "letter": entry.letter,
        "file": entry.file,
        "status": entry.status,
        "job": job_id(entry.job),
        "error": error_json(entry.error),
    }
    return known | (_facts(entry.model, session) if entry.model is not None else {})


def _facts(model: Model, session: Session) -> dict:
    facts = model.facts
    return {
        "input": list(model.input_shape),
        "n_classes": model.n_classes,
        "class_names": list(shown_names(model, session)),
        "class_names_given": bool(model.class_names),
        "n_params": facts.n_params,
        "preprocessing": as_plain(model.preprocessing),
        "preprocessing_reason": facts.preprocessing_reason,
        "preprocessing_basis": facts.preprocessing_basis,
        "preprocessing_detected": as_plain(facts.preprocessing),
        "advice": _advice(model, session),
        "notes": list(model.notes),
        "explained_layer": facts.explained_layer,
        "cam_layer": facts.cam_layer,
        "softmax": facts.softmax,
        "outputs": list(facts.outputs),
        "sha256": facts.source.sha256,
    }


def _advice(model: Model, session: Session) -> dict | None:
    """What the accuracy probe advises; None where there is nothing to say."""
    probe = session.probes.finished(model)
    return None if probe is None else advice_json(probe)


def shown_names(model: Model, session: Session) -> tuple[str, ...]:
    """The model's class names; without its own those of the first dataset that has as many."""
    return session.class_names(model)


def layer_json(layer: Layer) -> dict:
    """A layer's row in the preview."""
    return as_plain(layer)


def dataset_json(entry: DatasetEntry) -> dict:
    """A dataset in any state."""
    dataset = entry.dataset
    names = dataset.class_names if dataset is not None else None
    return {
        "id": entry.id,
        "name": entry.name,
        "status": entry.status,
        "job": job_id(entry.job),
        "error": error_json(entry.error),
        "kind": dataset.collection.kind if dataset is not None else None,
        "n": len(dataset) if dataset is not None else 0,
        "class_names": list(names) if names else None,
        "n_problems": len(entry.problems),
        "checked": entry.checked,
    }


def run_json(run: Run) -> dict:
    """A run with all its cells; maps have their own addresses."""
    request, job = run.request, run.job
    return {
        "id": run.id,
        "request": _request(run),
        "status": job.status,
        "job": job.as_json(),
        "models": [_run_model(run, model) for model in run.models],
        "images": [{"index": item.index, "name": item.name, "label": item.label} for item in run.items],
        "cells": [_cell(run, model, position) for model in run.models for position in range(len(run.items))],
        "display": as_plain(request.analyzer.display),
        "seconds": run.seconds,
        "problems": [as_plain(problem) for problem in run.problems],
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
        "preprocessing": as_plain(model.preprocessing),
        "layer": layer_of(run.request, model),
        "input": list(model.input_shape),
        "n_classes": model.n_classes,
        "notes": list(run.notes(model)),
    }


def _failure(error: InnvError | None) -> dict | None:
    if error is None:
        return None
    return error_json(error) | {"unchecked_possible": error.field == "unchecked"}


def _cell(run: Run, model: Model, position: int) -> dict:
    cell, item = run.cell(model, position), run.items[position]
    body = {"model": model.id, "image": item.index, "status": _status(run, model, cell)}
    if cell.status == "failed":
        return body | {"error": error_json(cell.error)}
    return body | (_finished(cell, run.names(model), run.explains_classes) if cell.status == "done" else {})


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


def number(value: float) -> float | None:
    """JSON has no NaN or infinity."""
    return value if value == value and abs(value) != float("inf") else None
