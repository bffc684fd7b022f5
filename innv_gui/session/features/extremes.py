"""Which images of a dataset activate a class, a neuron or a channel most, and which least."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from innv_gui.cluster.jobs import Job
from innv_gui.cluster.pool import Pool
from innv_gui.records import ImageRef, Model, Problem
from innv_gui.session.datasets import Dataset
from innv_gui.session.features.request import ChosenFeatures
from innv_gui.session.scoring.scoring import score_path
from innv_gui.store.scores import ScoreTable

CHUNK = 64  # images a task


class Extremes:
    """For each of T features the `count` images with the largest and with the least activation so far.

    Memory does not grow with the dataset. An activation is the score of a class before the softmax, a neuron's value
    at its strongest position, or a channel's mean.
    """

    def __init__(self, model: Model, dataset: Dataset, chosen: ChosenFeatures, count: int):
        self.id = f"x-{uuid.uuid4().hex[:12]}"
        self.model, self.dataset, self.count = model, dataset, count
        self.features, self.names, self.layer = chosen.features, chosen.names, chosen.layer
        self.job: Job | None = None
        self.problems: list[Problem] = []
        self.n_seen = 0
        self.n_bytes = 0  # next to nothing is kept
        nothing = (2, 0, len(self.names))  # (most, least) x rank x feature
        self._found = (np.zeros(nothing, np.int64), np.zeros(nothing, np.float32))
        self._lock = threading.Lock()

    @property
    def most(self) -> np.ndarray:
        """int64 (T, count): positions in the dataset, of a part in the part, the strongest first.

        Fewer where there are fewer images.
        """
        return self._found[0][0].T

    @property
    def most_values(self) -> np.ndarray:
        """float32 (T, count): their activations."""
        return self._found[1][0].T

    @property
    def least(self) -> np.ndarray:
        """int64 (T, count): positions in the dataset, of a part in the part, the weakest first."""
        return self._found[0][1].T

    @property
    def least_values(self) -> np.ndarray:
        """float32 (T, count): their activations."""
        return self._found[1][1].T

    def sides(self, place: int) -> list[list[tuple[int, float]]]:
        """[most, least] of one feature, each (position in the dataset, activation), both of the same moment."""
        indices, values = self._found
        pairs = (zip(indices[side, :, place], values[side, :, place], strict=True) for side in (0, 1))
        return [[(int(index), float(value)) for index, value in side] for side in pairs]

    def ref(self, index: int) -> ImageRef:
        """An image by its position in the dataset, of a part in the part."""
        return self.dataset.collection.ref(int(self.dataset.positions()[index]))

    def put(self, indices: np.ndarray, values: np.ndarray, problems: list[Problem]) -> None:
        """Take in activations (n, T) of the images at these positions; rows of NaN are of images that failed."""
        good = ~np.isnan(values).any(axis=1)
        best = [self._best(side, indices[good], values[good], sign) for side, sign in enumerate((-1, 1))]
        with self._lock:
            self._found = tuple(np.stack(parts) for parts in zip(*best, strict=True))
            self.problems += problems
            self.n_seen += len(indices)

    def _best(self, side: int, indices: np.ndarray, values: np.ndarray, sign: int) -> tuple[np.ndarray, np.ndarray]:
        """(indices, values), both (at most count, T): the first of equals first."""
        known_indices, known_values = self._found
        all_indices = np.concatenate([known_indices[side], np.repeat(indices[:, None], values.shape[1], axis=1)])
        all_values = np.concatenate([known_values[side], values])
        order = np.argsort(sign * all_values, axis=0, kind="stable")[: self.count]
        return np.take_along_axis(all_indices, order, axis=0), np.take_along_axis(all_values, order, axis=0)


Part = tuple[np.ndarray, np.ndarray, list[Problem]]  # positions (n,), activations (n, T), problems


def search(known: Extremes, pool: Pool, scores: Path, job: Job) -> Extremes:
    """Go through the dataset once, for all features together; what scoring has met already is not computed again."""
    kept = scored(known, scores)
    for indices, values, problems in measured(known, pool, job) if kept is None else (kept,):
        known.put(indices, values, problems)
        job.step(len(indices))
    if known.problems:
        job.message = f"{len(known.problems)} of {len(known.dataset)} images could not be used."
    return known


def scored(known: Extremes, scores: Path) -> Part | None:
    """All activations, where a scoring job has finished model, dataset and layer; it keeps no channels' means."""
    folder, id = score_path(scores, known.model, known.dataset), known.model.id
    if known.features.kind == "channel" or not (folder / "about.json").exists():
        return None
    table = ScoreTable({id: folder})
    if table.n_neurons(id, known.layer) is None or len(table.scored()) < len(known.dataset):
        return None
    values = np.stack([table.neuron(id, known.layer, index) for index in known.features.index], axis=1)
    if np.isnan(values[table.rows()]).any():  # a part from before this layer was asked for
        return None
    problems = [Problem(bad.name, bad.reason) for bad in table.problems()]
    return np.arange(len(known.dataset)), values, problems


def measured(known: Extremes, pool: Pool, job: Job) -> Iterator[Part]:
    """Activations part by part, by a worker."""
    model, n_images = known.model, len(known.dataset)
    for begin in range(0, n_images, CHUNK):
        job.check()
        indices = np.arange(begin, min(begin + CHUNK, n_images))
        refs = tuple(known.ref(int(index)) for index in indices)
        values, problems = pool.run(
            "keras.activations",
            model.source,
            model.preprocessing,
            refs,
            known.features,
            cancelled=job.cancelled,
            about=model.name,
            background=True,
        )
        yield indices, values, problems
