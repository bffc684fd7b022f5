"""Scores of several models as one table that grows while they are computed.

Only whole parts are read (`store/part_files.py`), a column when it is first asked for, each part once (again when it
was rewritten); a column of a million images takes 4 MB. A part's Parquet file is written last, so that where it is,
the rest is; a layer that is being added later has no values yet in the parts that wait for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from innv_gui.store.part_files import WHOLE_NUMBERS, PartFiles

SMALL = ("predicted", "probability", "label_class", "loss", "entropy", "margin", "norm")  # read together
PARTS_A_BLOCK = 16


@dataclass(frozen=True)
class TopClasses:
    """The likeliest classes of one image under one model: indices and probabilities, best first."""

    classes: tuple[int, ...]
    probabilities: tuple[float, ...]


@dataclass(frozen=True)
class BadImage:
    """An image that could not be scored, with its row and name."""

    row: int
    name: str
    reason: str


@dataclass
class _Column:
    """Values of all images, as far as they are read. parts: those that are, and when each was written."""

    values: np.ndarray
    parts: dict[int, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def missing(self, files: PartFiles) -> dict[int, int]:
        """Parts that are there and not read."""
        return {part: written for part, written in files.known().items() if self.parts.get(part) != written}


class ModelScores:
    """The columns of one model. All arrays are (n,) over the whole dataset; NaN or -1 where nothing is known yet."""

    def __init__(self, folder: Path):
        self.files = PartFiles(folder)
        self._columns: dict[tuple, _Column] = {}
        self._lock = threading.Lock()

    def column(self, name: str) -> np.ndarray:
        """A column of the Parquet files as (n,) int32 or float32."""
        if name in SMALL:
            return self._together()[name]
        if name.startswith("mean:"):
            self.files.layer_file(name[5:])  # says so when there is no such layer
        return self._together([name])[name]

    def _together(self, names: Sequence[str] = SMALL) -> dict[str, np.ndarray]:
        """Several columns, for which files are opened once."""
        columns = {name: self._column(("column", name)) for name in names}
        leader = columns[names[0]]
        with leader.lock:
            missing = leader.missing(self.files)
            for part, values in self.files.columns(list(missing), names) if missing else ():
                for name, column in columns.items():
                    column.values[self.files.rows_of(part)] = values[name]
                leader.parts[part] = missing[part]
        return {name: column.values for name, column in columns.items()}

    def probability_of(self, class_index: int) -> np.ndarray:
        """(n,) float32 probability of one class."""
        return self._grown(("probability", class_index), lambda part: self._probability(part, class_index))

    def _probability(self, part: int, class_index: int) -> np.ndarray | None:
        found = self.files.probabilities(part)
        return found[:, class_index] if found is not None and class_index < found.shape[1] else None

    def neuron(self, layer: str, neuron: int) -> np.ndarray:
        """(n,) float32 activation of one neuron, spatial maximum first."""
        return self._grown(("neuron", layer, neuron), lambda part: self.files.activations(part, layer, neuron))

    def _column(self, key: tuple) -> _Column:
        with self._lock:
            if key not in self._columns:
                whole = key[0] == "column" and key[1] in WHOLE_NUMBERS
                n = self.files.n
                self._columns[key] = _Column(np.full(n, -1, np.int32) if whole else np.full(n, np.nan, np.float32))
            return self._columns[key]

    def _grown(self, key: tuple, read: Callable[[int], np.ndarray | None]) -> np.ndarray:
        column = self._column(key)
        with column.lock:
            for part, written in column.missing(self.files).items():
                values = read(part)
                if values is not None:
                    column.values[self.files.rows_of(part)] = values
                    column.parts[part] = written
        return column.values

    def by_part(self, rows: np.ndarray) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
        """(part, positions in `rows`, rows within the part) for each part that has any."""
        rows_a_part = self.files.rows_a_part
        parts = np.asarray(rows) // rows_a_part
        for part in np.unique(parts).tolist():
            at = np.flatnonzero(parts == part)
            yield part, at, np.asarray(rows)[at] - part * rows_a_part

    def texts(self, rows: np.ndarray, names: Sequence[str]) -> list[dict]:
        """Some columns of some images as plain values, in the order of `rows`."""
        nothing = dict.fromkeys(names)
        found: list[dict] = [nothing] * len(rows)
        for part, at, inside in self.by_part(rows):
            table = self.files.texts(part, names)
            taken = [nothing] * len(at) if table is None else table.take(pa.array(inside)).to_pylist()
            for position, values in zip(at.tolist(), taken, strict=True):
                found[position] = values
        return found


class ScoreTable:
    """Several models over one dataset. An image is in it once all models have scored its part.

    folders: model id -> folder. Only `rows()` and `scored()` look for new parts; take them once for one answer.
    """

    def __init__(self, folders: Mapping[str, Path]):
        self.models = {id: ModelScores(folder) for id, folder in folders.items()}
        self._first = next(iter(self.models.values())).files
        self._rows: tuple[tuple, np.ndarray] | None = None

    @property
    def n(self) -> int:
        """How many images the dataset has."""
        return self._first.n

    def finished(self) -> set[int]:
        """Parts that every model has."""
        return set.intersection(*(set(model.files.finished()) for model in self.models.values()))

    def state(self) -> tuple:
        """Changes when `rows()` has met new or newly written parts: what was made before is then out of date."""
        return tuple(hash(tuple(model.files.known().items())) for model in self.models.values())

    def scored(self) -> np.ndarray:
        """(k,) rows that every model has finished, good or bad, ascending."""
        parts = sorted(self.finished())
        slices = [self._first.rows_of(part) for part in parts]
        return np.concatenate([np.arange(s.start, s.stop) for s in slices]) if slices else np.zeros(0, np.int64)

    def rows(self) -> np.ndarray:
        """(k,) rows that every model has a score for, ascending; the same array, read-only, until there are more."""
        self.finished()  # looks for new parts, which `state` does not
        state = self.state()
        if self._rows is None or self._rows[0] != state:
            scored = self.scored()
            found = scored[self._good(scored)]
            found.setflags(write=False)
            self._rows = state, found
        return self._rows[1]

    def _good(self, rows: np.ndarray) -> np.ndarray:
        good = np.ones(len(rows), bool)
        for id in self.models if len(rows) else ():
            good &= self.column(id, "predicted")[rows] >= 0
        return good

    def column(self, model_id: str, name: str) -> np.ndarray:
        """A column over the whole dataset, (n,): index it with `rows()`."""
        return self.models[model_id].column(name)

    def probability_of(self, model_id: str, class_index: int) -> np.ndarray:
        """(n,) float32 probability of a class."""
        return self.models[model_id].probability_of(class_index)

    def neuron(self, model_id: str, layer: str, neuron: int) -> np.ndarray:
        """(n,) float32 activation of a neuron."""
        return self.models[model_id].neuron(layer, neuron)

    def n_neurons(self, model_id: str, layer: str) -> int | None:
        """How many neurons a scored layer has; None when it was not scored."""
        found = self.models[model_id].files.about["layers"].get(layer)
        return None if found is None else found["units"]

    def probabilities(self, model_id: str, rows: np.ndarray) -> np.ndarray:
        """(k, K) float32 of some images."""
        return self._some(model_id, rows, self.models[model_id].files.probabilities)

    def activations(self, model_id: str, layer: str, rows: np.ndarray) -> np.ndarray:
        """(k, U) float32 of some images."""
        files = self.models[model_id].files
        return self._some(model_id, rows, lambda part: files.activations(part, layer))

    def _some(self, model_id: str, rows: np.ndarray, read) -> np.ndarray:
        found = None
        for part, at, inside in self.models[model_id].by_part(rows):
            values = read(part)
            if values is None:
                continue
            values = values[inside]
            found = np.full((len(rows), values.shape[1]), np.nan, np.float32) if found is None else found
            found[at] = values
        return np.full((len(rows), 0), np.nan, np.float32) if found is None else found

    def blocks(self, rows: np.ndarray, parts: int | None = None) -> Iterator[np.ndarray]:
        """The rows cut where groups of parts end, so that no part is opened for two blocks."""
        size = self._first.rows_of(0).stop * (parts or PARTS_A_BLOCK)
        ends = np.flatnonzero(np.diff(rows // size)) + 1
        return (block for block in np.split(rows, ends) if len(block))

    def top(self, model_id: str, rows: np.ndarray) -> list[TopClasses]:
        """The (up to) five likeliest classes of some images."""
        found = self.models[model_id].texts(rows, ["top5_class", "top5_probability"])
        return [TopClasses(tuple(row["top5_class"] or ()), tuple(row["top5_probability"] or ())) for row in found]

    def n_problems(self) -> int:
        """How many of the scored images could not be used."""
        return len(self._bad())

    def _bad(self) -> np.ndarray:
        scored = self.scored()
        return scored[~self._good(scored)]

    def problems(self, start: int = 0, stop: int | None = None) -> list[BadImage]:
        """Images that could not be scored, in the order of the dataset, with the first reason there is."""
        rows = self._bad()[start:stop]
        reasons: dict[int, BadImage] = {}
        for model in self.models.values():
            for row, cell in zip(rows.tolist(), model.texts(rows, ["name", "problem"]), strict=True):
                if cell["problem"] and row not in reasons:
                    reasons[row] = BadImage(row, cell["name"], cell["problem"])
        return [reasons[row] for row in rows.tolist() if row in reasons]
