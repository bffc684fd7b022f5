"""The kinds of work that a trial disturbs: how each is begun, and the numbers that it ends in."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bench.soak.product import Product

N_EXPLAINED, N_COMPARED = 48, 12  # images, and how many of their maps are looked at


@dataclass(frozen=True)
class Place:
    """Where work is done: ids of models by name, and of the images."""

    product: Product
    models: dict[str, str]
    dataset: str


@dataclass(frozen=True)
class Begun:
    """A job's id, and what gives its numbers once it has ended."""

    job: str
    numbers: Callable[[], np.ndarray]


def place_of(product: Product) -> Place:
    """Once all is loaded."""
    models, datasets = product.ready()
    return Place(product, {one["name"]: one["id"] for one in models}, datasets[0]["id"])


def explain(place: Place, analyzer: str = "smoothgrad", engine: str = "native", first: int = 0) -> Begun:
    """48 images by one model."""
    images, model = list(range(first, first + N_EXPLAINED)), place.models["digits_cnn"]
    body = {"models": [model], "dataset": place.dataset, "images": images, "analyzer": analyzer, "engine": engine}
    answer = place.product.ask("/explanations", body)
    path = f"/api/v1/explanations/{answer['explanation']['id']}/maps/{model}"

    def numbers() -> np.ndarray:
        maps = [place.product.open(f"{path}/{image}.f32") for image in images[:: N_EXPLAINED // N_COMPARED]]
        return np.stack([np.frombuffer(one, np.float32) for one in maps])

    return Begun(answer["job"]["id"], numbers)


def explain_by_innvestigate(place: Place) -> Begun:
    """The same by the other engine."""
    return explain(place, "lrp.epsilon", "innvestigate")


def score(place: Place) -> Begun:
    """All images by two models."""
    models = [place.models[name] for name in ("digits_cnn", "digits_resnet")]
    answer = place.product.ask("/suggestions", {"dataset": place.dataset, "models": models})
    path = f"/api/v1/suggestions/{answer['suggestion']['id']}/scores.csv"
    return Begun(answer["job"]["id"], lambda: _table(place.product.open(path)))


def maximize(place: Place) -> Begun:
    """Four classes."""
    body = {"model": place.models["digits_cnn"], "classes": [0, 3, 7, 8], "initial": "noise", "seed": 4}
    answer = place.product.ask("/maximizations", body | {"params": {"iterations": 400, "stop_at": 1.0}})
    path = f"/api/v1/maximizations/{answer['maximization']['id']}/images.npy"
    return Begun(answer["job"]["id"], lambda: np.load(io.BytesIO(place.product.open(path))))


def rank(place: Place) -> Begun:
    """200 images by how much two models disagree."""
    models = [place.models[name] for name in ("digits_cnn", "digits_resnet")]
    body = {"models": models, "dataset": place.dataset, "images": list(range(200)), "analyzer": "smoothgrad"}
    answer = place.product.ask("/rankings", body)
    path = f"/rankings/{answer['ranking']['id']}?size=200"

    def numbers() -> np.ndarray:
        return np.array([[row["index"], row["agreement"]] for row in place.product.ask(path)["rows"]], np.float64)

    return Begun(answer["job"]["id"], numbers)


def probe(place: Place) -> Begun:
    """The preprocessing of a model on labelled images."""
    path = f"/models/{place.models['digits_resnet']}/probe"
    answer = place.product.ask(path, {"dataset": place.dataset})
    job = answer.get("job") or answer["probe"]["job"]
    return Begun(job["id"], lambda: np.array([row["accuracy"] for row in place.product.ask(path)["rows"]]))


WORK = {
    "explain": (explain, "keras"),
    "explain_by_innvestigate": (explain_by_innvestigate, "innvestigate"),
    "score": (score, "keras"),
    "maximize": (maximize, "keras"),
    "rank": (rank, "keras"),
    "probe": (probe, "keras"),
}  # name -> (what begins it, the kind of worker that does it)


def _table(content: bytes) -> np.ndarray:
    """(rows, columns) of the numbers in a CSV file, NaN for what is none."""
    rows = list(csv.reader(io.StringIO(content.decode())))[1:]
    return np.array([[_number(cell) for cell in row] for row in rows])


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")
