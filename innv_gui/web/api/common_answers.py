"""What goes out at more than one resource."""

from __future__ import annotations

from innv_gui.cluster.jobs import Job
from innv_gui.errors import InnvError
from innv_gui.records import ClassNames, Layer, Model, as_plain
from innv_gui.session.accuracy import Accuracy
from innv_gui.session.datasets import Dataset, DatasetEntry
from innv_gui.session.labels import LabelFit, label_fit
from innv_gui.session.models import ModelEntry
from innv_gui.session.naming import naming_of
from innv_gui.session.refusals import cause, refusal
from innv_gui.suggestions.label_order import LabelOrder


def error_json(error: InnvError | None) -> dict | None:
    """Message, hint, field, allowed; None when all is well."""
    return error.as_json()["error"] if error is not None else None


def refused_json(entry: ModelEntry | DatasetEntry) -> dict:
    """Why it cannot be used: as an error, and as the sentence that is shown where it is missed."""
    return {"error": error_json(cause(entry)), "refusal": refusal(entry)}


def job_id(job: Job | None) -> str | None:
    """Its id, if there is one."""
    return job.id if job is not None else None


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


def fed_json(model: Model) -> dict:
    """How a model is fed and read: what answers hold, so that pages can compare it with what the model is now."""
    return {"preprocessing": as_plain(model.preprocessing), "output_kind": model.facts.outputs.kind}


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
    """How many images have no class of a model's, in a number and a sentence; how many labels are no class.

    labels_words: what is assumed of the labels, a sentence, empty where nothing is.
    """
    return {
        "n_without_class": fit.n_without_class,
        "without_class": fit.sentence(model.name),
        "n_unmapped": len(fit.without),
        "labels_words": fit.assumption(model.name),
    }


def accuracy_json(accuracy: Accuracy | None) -> dict | None:
    """Right answers, over how many images, and of which dataset."""
    return None if accuracy is None else as_plain(accuracy)


def layer_json(layer: Layer) -> dict:
    """A layer's row in the preview."""
    return as_plain(layer)


def number(value: float) -> float | None:
    """JSON has no NaN or infinity."""
    return value if value == value and abs(value) != float("inf") else None
