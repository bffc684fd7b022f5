"""Datasets as the JSON that goes out."""

from __future__ import annotations

from innv_gui.session import Session
from innv_gui.session.datasets import Dataset, DatasetEntry
from innv_gui.session.labels import label_fit
from innv_gui.web.api.common_answers import job_id, refused_json, without_json


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
        "own_masks": dataset is not None and dataset.has_own_masks,
        "n_problems": len(entry.problems),
        "n_left_out": entry.n_left_out,
        "n_unread": entry.n_unread,
        "checked": entry.checked,
        **(_fitting(dataset, session) if dataset is not None else {"fits": [], "left_out": []}),
    }


def _fitting(dataset: Dataset, session: Session) -> dict:
    """fits: models with a label among their classes. left_out: those that do not know all labels, or only assume it."""
    models = [entry.model for entry in session.models.entries() if entry.model is not None]
    fits = [(model, fit) for model in models if (fit := label_fit(model, dataset)).class_of]
    some = [
        {"model": model.id} | without_json(fit, model) for model, fit in fits if fit.n_without_class or fit.by_position
    ]
    return {"fits": [model.id for model, _ in fits], "left_out": some}
