"""Which images of a dataset activate a class, a neuron or a channel most, and which least."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from innv_gui.cluster.jobs import Job
from innv_gui.cluster.pool import Pool
from innv_gui.datasets import is_address
from innv_gui.errors import BadInput
from innv_gui.records import NOT_FINITE, ImageRef, Model, Problem
from innv_gui.session.datasets import Dataset
from innv_gui.session.features.request import ChosenFeatures, plural
from innv_gui.session.scoring.scoring import score_path
from innv_gui.session.scoring.work import are_few
from innv_gui.store.part_files import PartFiles
from innv_gui.store.scores import BadImage, ScoreTable

CHUNK = 64  # images a task
NOBODY = -1  # instead of a position, where a list is shorter than others


class Extremes:
    """For each of T features the `count` images with the largest and with the least activation so far.

    Memory does not grow with the dataset. An activation is the score of a class before the softmax, a neuron's value
    at its strongest position, or a channel's mean. An image whose activation is not a number is in neither list of that
    feature; `notes` says so. A feature with shorter lists than another has -1 and NaN at their ends.
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
        self._n_not_numbers = np.zeros(len(self.names), np.int64)  # images for each feature, unusable ones left out
        self._lock = threading.Lock()

    @property
    def most(self) -> np.ndarray:
        """int64 (T, count): positions in the dataset, of a part in the part, the strongest first.

        Fewer where there are fewer images; -1 at the end of a list that is shorter than another.
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
        return [[(int(index), float(value)) for index, value in side if index != NOBODY] for side in pairs]

    def note(self, place: int, name: str = "") -> str:
        """For how many images a feature has no value, in a sentence; empty where it has one for all.

        name: what the feature is called now.
        """
        count = int(self._n_not_numbers[place])
        words = f"The activation of {name or self.names[place]} is not a number for {count} of {self.n_seen} images"
        return f"{words}; its lists leave them out." if count else ""

    @property
    def notes(self) -> tuple[str, ...]:
        """One sentence for each feature whose activation is not a number for some images."""
        return tuple(note for place in range(len(self.names)) if (note := self.note(place)))

    def ref(self, index: int) -> ImageRef:
        """An image by its position in the dataset, of a part in the part."""
        if index == NOBODY:
            raise BadInput("This place of the list is empty; it has no image.", "Leave out places with -1.", "index")
        return self.dataset.collection.ref(int(self.dataset.positions()[index]))

    def put(self, indices: np.ndarray, values: np.ndarray, problems: list[Problem]) -> None:
        """Take in activations (n, T) of the images at these positions; each problem's image has a row of NaN."""
        best = [self._best(side, indices, values, sign) for side, sign in enumerate((-1, 1))]
        with self._lock:
            self._found = tuple(np.stack(parts) for parts in zip(*best, strict=True))
            self._n_not_numbers += np.isnan(values).sum(axis=0) - len(problems)
            self.problems += problems
            self.n_seen += len(indices)

    def _best(self, side: int, indices: np.ndarray, values: np.ndarray, sign: int) -> tuple[np.ndarray, np.ndarray]:
        """(indices, values), both (at most count, T): the first of equals first, NaN last."""
        known_indices, known_values = self._found
        all_indices = np.concatenate([known_indices[side], np.repeat(indices[:, None], values.shape[1], axis=1)])
        all_values = np.concatenate([known_values[side], values])
        order = np.argsort(sign * all_values, axis=0, kind="stable")[: self.count]
        best = np.take_along_axis(all_values, order, axis=0)
        empty = np.isnan(best)
        used = ~empty.all(axis=1)
        return np.where(empty, NOBODY, np.take_along_axis(all_indices, order, axis=0))[used], best[used]


Part = tuple[np.ndarray, np.ndarray, list[Problem]]  # positions (n,), activations (n, T), problems
Scored = tuple[np.ndarray, np.ndarray, list[BadImage]]  # the same of all rows


def search(known: Extremes, pool: Pool, scores: Path, compared: Compared, job: Job) -> Extremes:
    """Go through the dataset once, for all features together; what scoring has met already is not computed again.

    But for images whose files have changed since they were scored.
    """
    kept, todo = scored(known, scores), np.arange(len(known.dataset))
    if kept is not None:
        is_same = compared.of(known, scores, pool, job)
        known.put(*_of_rows(kept, is_same))
        job.step(int(is_same.sum()))
        todo = todo[~is_same]
    for indices, values, problems in measured(known, todo, pool, job):
        known.put(indices, values, problems)
        job.step(len(indices))
    job.message = _remark(known)
    return known


def _remark(known: Extremes) -> str:
    """What was left out; empty without."""
    bad, notes = len(known.problems), known.notes
    unusable = f"{bad} of {len(known.dataset)} images could not be used." if bad else ""
    further = len(notes) - 1
    more = f"The notes say the same of {further} more {plural(known.features.kind, further)}." if further > 0 else ""
    return " ".join(filter(None, (unusable, *notes[:1], more)))


def scored(known: Extremes, scores: Path) -> Scored | None:
    """All activations, where a scoring job has finished model, dataset and layer; it keeps no channels' means.

    It keeps no activations, either, of images for which the model's output is not a number: they are computed again.
    """
    folder, id = score_path(scores, known.model, known.dataset), known.model.id
    if known.features.kind == "channel" or not (folder / "about.json").exists():
        return None
    table = ScoreTable({id: folder})
    if table.n_neurons(id, known.layer) is None or len(table.scored()) < len(known.dataset):
        return None
    values = np.stack([table.neuron(id, known.layer, index) for index in known.features.index], axis=1)
    problems = table.problems()
    if any(problem.reason == NOT_FINITE for problem in problems):
        return None
    if np.isnan(values[table.rows()]).any():  # a part from before this layer was asked for, or a neuron is not a number
        return None
    return np.arange(len(known.dataset)), values, problems


class Compared:
    """Which images' files are as they were when they were scored; of many images it is asked once for each opening."""

    def __init__(self):
        self._known: dict[tuple, np.ndarray] = {}

    def of(self, known: Extremes, scores: Path, pool: Pool, job: Job) -> np.ndarray:
        """(n,) bool."""
        files = PartFiles(score_path(scores, known.model, known.dataset))
        if is_address(known.ref(0).path):  # each file would be a request
            return np.ones(len(known.dataset), bool)
        if are_few(known.dataset):
            return _unchanged(known, files, pool, job)
        key = files.folder, known.dataset.collection.opened_ns, *files.known().items()
        if key not in self._known:
            self._known = {key: _unchanged(known, files, pool, job)}  # of the last dataset and model
        return self._known[key]


def _unchanged(known: Extremes, files: PartFiles, pool: Pool, job: Job) -> np.ndarray:
    is_same = np.zeros(len(known.dataset), bool)
    for part in files.known():
        job.check()
        rows, stored = files.rows_of(part), files.stamps(part)
        refs = [known.ref(row) for row in range(rows.start, rows.stop)]
        now = pool.run("images.stamps", refs, cancelled=job.cancelled, about=known.dataset.name)
        is_same[rows] = False if stored is None else (stored == now).all(axis=1)
    return is_same


def _of_rows(kept: Scored, chosen: np.ndarray) -> Part:
    """Some rows of all; only their problems."""
    indices, values, bad = kept
    problems = [Problem(one.name, one.reason) for one in bad if chosen[one.row]]
    return indices[chosen], values[chosen], problems


def measured(known: Extremes, rows: np.ndarray, pool: Pool, job: Job) -> Iterator[Part]:
    """Activations of some images part by part, by a worker."""
    model = known.model
    for begin in range(0, len(rows), CHUNK):
        job.check()
        indices = rows[begin : begin + CHUNK]
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
