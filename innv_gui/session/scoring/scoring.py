"""Scoring: what is measured of which model on which dataset, where it is kept, and the job that does it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from innv_gui.cluster.jobs import Job, Jobs
from innv_gui.cluster.pool import Pool
from innv_gui.errors import BadInput
from innv_gui.records import Model, as_plain
from innv_gui.session.datasets import Dataset, place_bytes
from innv_gui.session.labels import class_of_label
from innv_gui.session.model_sources import hooks_hash
from innv_gui.session.naming import naming_of
from innv_gui.session.scoring.work import ModelParts, ScoringWork, Seen, Squares
from innv_gui.store.score_parts import VERSION, ScoreFolder

LINE = "scoring"  # jobs of one line run one after the other


def dataset_key(dataset: Dataset) -> str:
    """Of the images, their place and their order: a part of a dataset is another dataset. Of all of it, its
    `collection_key`.
    """
    chosen = b"" if dataset.indices is None else np.ascontiguousarray(dataset.indices, np.int64).tobytes()
    return hashlib.sha256(place_bytes(dataset.collection) + chosen).hexdigest()


def model_key(model: Model, dataset: Dataset) -> str:
    """Changes with anything that changes a score: content, output, preprocessing, hooks, what labels mean."""
    return _hash([*_numbers_parts(model), sorted(class_of_label(model, dataset).items())])


def _numbers_parts(model: Model) -> list:
    """What probabilities and activations depend on."""
    source = model.source
    return [
        VERSION,
        source.sha256,
        source.output,
        model.facts.outputs.kind,
        as_plain(model.preprocessing),
        hooks_hash(source.hooks),
    ]


def _hash(parts: list) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def score_path(scores: Path, model: Model, dataset: Dataset) -> Path:
    """Where the parts of a model on a dataset are kept."""
    return scores / dataset_key(dataset)[:20] / model_key(model, dataset)[:20]


def layer_names(model: Model, layers: Sequence[str] = ()) -> tuple[str, ...]:
    """The layers that are measured: the default one always, then those asked for. Raises BadInput for others."""
    known = {layer.name: layer for layer in model.layers}
    for name in layers:
        if name not in known or not known[name].output_shape or not known[name].output_shape[-1]:
            usable = tuple(layer.name for layer in model.layers if layer.output_shape and layer.output_shape[-1])
            some = ", ".join(usable[:8]) + (", …" if len(usable) > 8 else "")
            raise BadInput(f"{model.name} has no layer {name!r}.", f"Expected one of {some}.", "layer", usable)
    return tuple(dict.fromkeys((model.facts.explained_layer, *layers)))


def open_folder(scores: Path, model: Model, dataset: Dataset, layers: Sequence[str] = ()) -> ScoreFolder:
    """The parts of a model on a dataset, for reading and writing."""
    names = layer_names(model, layers)
    known, naming = {layer.name: layer for layer in model.layers}, naming_of(model, dataset)
    about = {
        "dataset": {
            "name": dataset.name,
            "fingerprint": dataset_key(dataset),
            "n": len(dataset),
            "class_names": list(dataset.class_names or ()),
        },
        "model": {
            "name": model.name,
            "sha256": model.source.sha256,
            "preprocessing": as_plain(model.preprocessing),
            "n_classes": model.n_classes,
            "scores": _hash(_numbers_parts(model)),  # the same in folders that differ in what labels mean
            "class_names": list(naming.names),
            "class_names_origin": naming.origin,
            "class_names_source": naming.source,
        },
    }
    units = {name: known[name].output_shape[-1] for name in names}
    spatial = {name: len(known[name].output_shape) > 1 for name in names}
    return ScoreFolder(score_path(scores, model, dataset), about, names, units, spatial)


class Scoring:
    """All scoring of a session: one job at a time, the others wait in order."""

    def __init__(self, pool: Callable[[], Pool], jobs: Jobs, scores: Path):
        self._pool, self._jobs, self.scores = pool, jobs, Path(scores)
        self._seen = Seen()

    def start(
        self,
        models: Sequence[Model],
        dataset: Dataset,
        layers: Mapping[str, Sequence[str]] | None = None,
        squares: Squares | None = None,
    ) -> Job:
        """Begin to score; what is kept is not computed again. layers: per model id, beside the default layer.
        squares: who keeps small pictures of the images that are read anyway.

        The job's result is a `Scored`. Raises BadInput for a layer that is not there.
        """
        parts = [self._parts(model, dataset, (layers or {}).get(model.id, ())) for model in models]
        work = ScoringWork(self._pool(), parts, dataset, self._seen, squares)
        title = f"Scoring {dataset.name} with {_listed([model.name for model in models])}"
        return self._jobs.start("score", title, work.do, work.n_steps, "images", line=LINE)

    def _parts(self, model: Model, dataset: Dataset, layers: Sequence[str]) -> ModelParts:
        return ModelParts(model, open_folder(self.scores, model, dataset, layers), class_of_label(model, dataset))

    def path(self, model: Model, dataset: Dataset) -> Path:
        """Where a model's parts on a dataset are."""
        return score_path(self.scores, model, dataset)


def _listed(names: list[str]) -> str:
    return ", ".join(names) if len(names) < 4 else f"{names[0]}, {names[1]} and {len(names) - 2} more"
