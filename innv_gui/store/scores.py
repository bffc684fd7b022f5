"""Reading scores: one table over several models that grows while they are computed.

On disk each model has a folder of parts (`store/score_parts.py` writes them): Parquet with one row an image, HDF5 with
activations. Only whole parts are read, a column when it is first asked for, each part once (again when it was written
anew); a column of a million images takes 4 MB. A part's Parquet file is written last, so that where it is, the rest
is; a layer that is being added later has no values yet in the parts that wait for it.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from innv_gui.errors import NotFound

WHOLE_NUMBERS = ("predicted", "label_class")  # -1 where there is none
PARTS_A_BLOCK = 16
SETTLED_S = 1.0  # a folder's time of change says nothing about changes within the same tick of the clock


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


class ModelScores:
    """The parts of one model. All arrays are (n,) over the whole dataset; NaN or -1 where nothing is known yet."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        self._columns: dict[tuple, _Column] = {}
        self._lock = threading.Lock()
        self._about: dict | None = None
        self._changed = -1
        self._listed: dict[int, int] = {}

    @property
    def about(self) -> dict:
        """What `about.json` says of dataset, model and layers; read anew, for layers are added."""
        self._about = json.loads((self.folder / "about.json").read_text())
        return self._about

    @property
    def _shape(self) -> tuple[int, int]:
        dataset = (self._about or self.about)["dataset"]
        return dataset["n"], dataset["rows_a_part"]

    def finished(self) -> dict[int, int]:
        """Numbers of the parts that are there, and when each was written (ns)."""
        if not (self.folder / "about.json").exists():
            return {}
        changed = self.folder.stat().st_mtime_ns
        if changed != self._changed or time.time_ns() - changed < SETTLED_S * 1e9:
            self._changed, self._listed = changed, self._parts()
        return self._listed

    def known(self) -> dict[int, int]:
        """What `finished` said last: looking again for every column of every image would take longer than reading."""
        return self._listed or self.finished()

    def _parts(self) -> dict[int, int]:
        found = {}
        with os.scandir(self.folder) as entries:
            for entry in entries:
                stem, _, suffix = entry.name.partition(".")
                if suffix == "parquet" and stem.startswith("part-") and stem[5:].isdigit():
                    found[int(stem[5:])] = _time(entry)
        return {part: found[part] for part in sorted(found) if found[part]}

    def rows_of(self, part: int) -> slice:
        """Where a part's images stand in the dataset."""
        n, rows_a_part = self._shape
        return slice(part * rows_a_part, min((part + 1) * rows_a_part, n))

    def column(self, name: str) -> np.ndarray:
        """A column of the Parquet files as (n,) int32 or float32."""
        return self._grown(("column", name), lambda part: self._one_column(part, name))

    def probability_of(self, class_index: int) -> np.ndarray:
        """(n,) float32 probability of one class."""
        read = lambda part: self.probabilities_of(part)[:, class_index]  # noqa: E731
        return self._grown(("probability", class_index), read)

    def neuron(self, layer: str, neuron: int) -> np.ndarray:
        """(n,) float32 activation of one neuron, spatial maximum first."""
        return self._grown(("neuron", layer, neuron), lambda part: self._activations(part, layer, neuron))

    def _grown(self, key: tuple, read: Callable[[int], np.ndarray | None]) -> np.ndarray:
        with self._lock:
            if key not in self._columns:
                self._columns[key] = self._empty(key)
            column = self._columns[key]
            for part, written in self.known().items():
                if column.parts.get(part) != written and (values := read(part)) is not None:
                    column.values[self.rows_of(part)] = values
                    column.parts[part] = written
            return column.values

    def _empty(self, key: tuple) -> _Column:
        n = self._shape[0]
        whole = key[0] == "column" and key[1] in WHOLE_NUMBERS
        return _Column(np.full(n, -1, np.int32) if whole else np.full(n, np.nan, np.float32))

    def _one_column(self, part: int, name: str) -> np.ndarray | None:
        with pq.ParquetFile(self._file(part)) as file:
            if name.startswith("mean:") and name not in file.schema_arrow.names:
                self._file_of(name[5:])
                return None
            return _plain(file.read(columns=[name])[name], name)

    def _file(self, part: int) -> Path:
        return self.folder / f"part-{part:07d}.parquet"

    def _read(self, part: int, names: list[str]) -> pa.Table:
        with pq.ParquetFile(self._file(part)) as file:
            return file.read(columns=names)

    def probabilities_of(self, part: int) -> np.ndarray:
        """(rows, K) float32 of one part; NaN rows for bad images."""
        return _matrix(self._read(part, ["probabilities"])["probabilities"])

    def _activations(self, part: int, layer: str, neuron: int | slice) -> np.ndarray | None:
        path = self.folder / f"part-{part:07d}.{self._file_of(layer)}.h5"
        if not path.exists():
            return None
        with h5py.File(path, "r") as file:
            return file["activations"][:, neuron]

    def _file_of(self, layer: str) -> str:
        """A layer's part in the names of files; one that is not known may have been added since."""
        for about in (self._about or self.about, self.about):
            if layer in about["layers"]:
                return about["layers"][layer]["file"]
        raise NotFound(f"The layer {layer!r} was not scored.", "Score the images again with it.", "layer")

    def activations_of(self, part: int, layer: str) -> np.ndarray | None:
        """(rows, U) float32 of one part, NaN rows for bad images; None when the layer is still to come."""
        return self._activations(part, layer, slice(None))

    def by_part(self, rows: np.ndarray) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
        """(part, positions in `rows`, rows within the part) for each part that has any."""
        rows_a_part = self._shape[1]
        parts = np.asarray(rows) // rows_a_part
        for part in np.unique(parts).tolist():
            at = np.flatnonzero(parts == part)
            yield part, at, np.asarray(rows)[at] - part * rows_a_part

    def cells(self, rows: np.ndarray, names: list[str]) -> list[dict]:
        """Some columns of some images as plain values, in the order of `rows`."""
        found: list[dict] = [{}] * len(rows)
        for part, at, inside in self.by_part(rows):
            taken = self._read(part, names).take(pa.array(inside)).to_pylist()
            for position, values in zip(at.tolist(), taken, strict=True):
                found[position] = values
        return found


class ScoreTable:
    """Several models over one dataset. An image is in it once all models have scored its part.

    folders: model id -> folder. Only `rows()` and `scored()` look for new parts; take them once for one answer.
    """

    def __init__(self, folders: Mapping[str, Path]):
        self.models = {id: ModelScores(folder) for id, folder in folders.items()}
        self._first = next(iter(self.models.values()))

    @property
    def n(self) -> int:
        """How many images the dataset has."""
        return self._first.about["dataset"]["n"]

    def finished(self) -> set[int]:
        """Parts that every model has."""
        return set.intersection(*(set(model.finished()) for model in self.models.values()))

    def state(self) -> tuple:
        """Changes when `rows()` has met new or newly written parts: what was made before is then out of date."""
        return tuple(hash(tuple(model.known().items())) for model in self.models.values())

    def scored(self) -> np.ndarray:
        """(k,) rows that every model is through with, good or bad, ascending."""
        parts = sorted(self.finished())
        slices = [self._first.rows_of(part) for part in parts]
        return np.concatenate([np.arange(s.start, s.stop) for s in slices]) if slices else np.zeros(0, np.int64)

    def rows(self) -> np.ndarray:
        """(k,) rows that every model has a score for, ascending."""
        scored = self.scored()
        return scored[self._good(scored)]

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
        found = self.models[model_id].about["layers"].get(layer)
        return None if found is None else found["units"]

    def probabilities(self, model_id: str, rows: np.ndarray) -> np.ndarray:
        """(k, K) float32 of some images."""
        return self._some(model_id, rows, self.models[model_id].probabilities_of)

    def activations(self, model_id: str, layer: str, rows: np.ndarray) -> np.ndarray:
        """(k, U) float32 of some images."""
        model = self.models[model_id]
        return self._some(model_id, rows, lambda part: model.activations_of(part, layer))

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
        found = self.models[model_id].cells(rows, ["top5_class", "top5_probability"])
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
            for row, cell in zip(rows.tolist(), model.cells(rows, ["name", "problem"]), strict=True):
                if cell["problem"] and row not in reasons:
                    reasons[row] = BadImage(row, cell["name"], cell["problem"])
        return [reasons[row] for row in rows.tolist() if row in reasons]


def _time(entry: os.DirEntry) -> int:
    """0 for a file that is gone again."""
    try:
        return entry.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _plain(column: pa.ChunkedArray, name: str) -> np.ndarray:
    if name in WHOLE_NUMBERS:
        return column.fill_null(-1).to_numpy().astype(np.int32)
    return column.to_numpy().astype(np.float32)


def _matrix(column: pa.ChunkedArray) -> np.ndarray:
    """Lists of the same length as (rows, K); null becomes NaN."""
    there = column.is_valid().to_numpy()
    flat = np.concatenate([chunk.flatten().to_numpy(zero_copy_only=False) for chunk in column.chunks] or [np.zeros(0)])
    width = column.type.list_size if pa.types.is_fixed_size_list(column.type) else len(flat) // max(int(there.sum()), 1)
    whole = np.full((len(there), width), np.nan, np.float32)
    whole[there] = flat.reshape(-1, width)
    return whole
