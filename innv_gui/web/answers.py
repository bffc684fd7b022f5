"""Records as the JSON that goes out."""

from __future__ import annotations

from innv_gui.cluster.jobs import Job
from innv_gui.errors import InnvError
from innv_gui.records import ClassNames, Layer, Model, as_plain
from innv_gui.session import Session
from innv_gui.session.accuracy import Accuracy, of_model
from innv_gui.session.datasets import Dataset, DatasetEntry
from innv_gui.session.explain.comparison import Difference
from innv_gui.session.explain.request_facts import layer_of
from innv_gui.session.explain.run import Cell, Run, predicted
from innv_gui.session.labels import LabelFit, label_fit
from innv_gui.session.models import ModelEntry
from innv_gui.session.naming import naming_of
from innv_gui.session.refusals import cause, refusal
from innv_gui.suggestions.label_order import LabelOrder
from innv_gui.web.probe_answers import advice_json


def error_json(error: InnvError | None) -> dict | None:
    """Message, hint, field, allowed; None when all is well."""
    return error.as_json()["error"] if error is not None else None


def refused_json(entry: ModelEntry | DatasetEntry) -> dict:
    """Why it cannot be used: as an error, and as the sentence that stands where it is missed."""
    return {"error": error_json(cause(entry)), "refusal": refusal(entry)}


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
        **refused_json(entry),
    }
    return known | (_facts(entry.model, session) if entry.model is not None else {})


def _facts(model: Model, session: Session) -> dict:
    facts = model.facts
    return {
        "input": list(model.input_shape),
        "n_classes": model.n_classes,
        **naming_json(session.naming(model)),
        "borrowed": _borrowed(model, session),
        "label_order": order_json(session.label_order(model), session.naming(model)),
        "n_params": facts.n_params,
        "preprocessing": as_plain(model.preprocessing),
        "preprocessing_reason": facts.preprocessing_reason,
        "preprocessing_basis": facts.preprocessing_basis,
        "preprocessing_detected": as_plain(facts.preprocessing),
        "advice": _advice(model, session),
        "accuracy": accuracy_json(of_model(model, session.suggestions(), session.probes.finished(model))),
        "notes": list(model.notes),
        "explained_layer": facts.explained_layer,
        "cam_layer": facts.cam_layer,
        "outputs": as_plain(facts.outputs) | {"named": model.source.outputs is not None},
        "output_names": list(facts.output_names),
        "sha256": facts.source.sha256,
    }


def naming_json(naming: ClassNames) -> dict:
    """What classes are called, and how that is known."""
    return {"class_names": list(naming.names)} | origin_json(naming)


def origin_json(naming: ClassNames) -> dict:
    """How it is known what classes are called; words: where assumed names are from."""
    return {
        "class_names_origin": naming.origin,
        "class_names_source": naming.source,
        "class_names_words": naming.words,
        "class_names_note": naming.note,
    }


def _borrowed(model: Model, session: Session) -> dict:
    """Per dataset what the classes are called beside it, where that is not what they are called otherwise."""
    if model.naming is not None:
        return {}
    usual, opened = session.naming(model), (entry.dataset for entry in session.datasets.entries() if entry.dataset)
    found = {dataset.id: naming_of(model, dataset) for dataset in opened}
    return {id: naming_json(naming) for id, naming in found.items() if naming != usual}


def order_json(order: LabelOrder | None, naming: ClassNames) -> dict | None:
    """A better order of assumed names, as a sentence and as the names in it."""
    if order is None:
        return None
    return {
        "names": list(order.of(naming.names)),
        "accuracy": order.accuracy,
        "better": order.better,
        "n": order.n,
        "words": order.sentence,
    }


def labels_json(model: Model, dataset: Dataset) -> dict:
    """Each label of a dataset with the class that it is, by name or by hand, and how many images have none."""
    fit, names = label_fit(model, dataset), naming_of(model, dataset).names
    rows = [
        {
            "label": label,
            "n": n,
            "class": (index := fit.class_of.get(label)),
            "name": None if index is None else names[index],
            "by_hand": label in fit.by_hand,
        }
        for label, n in fit.counts.items()
    ]
    return {"labels": rows, "n_images": fit.n_images} | without_json(fit, model)


def without_json(fit: LabelFit, model: Model) -> dict:
    """How many images have no class of a model's, as a number and as a sentence."""
    return {"n_without_class": fit.n_without_class, "without_class": fit.sentence(model.name)}


def _advice(model: Model, session: Session) -> dict | None:
    """What the accuracy probe advises; None where there is nothing to say."""
    probe = session.probes.finished(model)
    return None if probe is None else advice_json(probe)


def accuracy_json(accuracy: Accuracy | None) -> dict | None:
    """Right answers, over how many images, and of which dataset."""
    return None if accuracy is None else as_plain(accuracy)


def layer_json(layer: Layer) -> dict:
    """A layer's row in the preview."""
    return as_plain(layer)


def dataset_json(entry: DatasetEntry, session: Session) -> dict:
    """A dataset in any state."""
    dataset = entry.dataset
    names = dataset.class_names if dataset is not None else None
    return {
        "id": entry.id,
        "name": entry.name,
        "status": entry.status,
        "job": job_id(entry.job),
        **refused_json(entry),
        "kind": dataset.collection.kind if dataset is not None else None,
        "fingerprint": dataset.collection.fingerprint if dataset is not None else None,
        "n": len(dataset) if dataset is not None else 0,
        "class_names": list(names) if names else None,
        "n_unlabelled": dataset.n_unlabelled if names else 0,
        "n_problems": len(entry.problems),
        "checked": entry.checked,
        **(_fitting(dataset, session) if dataset is not None else {"fits": [], "left_out": []}),
    }


def _fitting(dataset: Dataset, session: Session) -> dict:
    """fits: models with a label among their classes. left_out: those of them that do not know all labels."""
    models = [entry.model for entry in session.models.entries() if entry.model is not None]
    fits = [(model, fit) for model in models if (fit := label_fit(model, dataset)).class_of]
    some = [{"model": model.id} | without_json(fit, model) for model, fit in fits if fit.n_without_class]
    return {"fits": [model.id for model, _ in fits], "left_out": some}


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


def number(value: float) -> float | None:
    """JSON has no NaN or infinity."""
    return value if value == value and abs(value) != float("inf") else None
