"""The files that a scoring job leaves, read: which parts are there, and columns and activations of them.

Each part is opened by itself and its checksums are compared: one query over all of them, by DuckDB, takes half the time
(0.15 s for 800 000 images instead of 0.28 s, once per column) and gives other numbers where a byte has changed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from innv_gui.errors import NotFound
from innv_gui.store.kept_files import DAMAGE, Damaged, sound
from innv_gui.store.score_parts import read_about

WHOLE_NUMBERS = ("predicted", "label_class")  # -1 where there is none
SETTLED_S = 1.0  # a folder's time of change says nothing about changes within the same tick of the clock
T = TypeVar("T")


class PartFiles:
    """One model's folder of parts."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        self._about: dict | None = None
        self._changed = -1
        self._listed: dict[int, int] = {}

    @property
    def about(self) -> dict:
        """What `about.json` says about dataset, model and layers; read again, because layers are added."""
        about = read_about(self.folder)
        if about is None:
            raise NotFound("The scores of this model cannot be read.", "Score the images again.", "model")
        self._about = about
        return about

    @property
    def n(self) -> int:
        """Images of the whole dataset."""
        return (self._about or self.about)["dataset"]["n"]

    @property
    def rows_a_part(self) -> int:
        """Images of every part but the last."""
        return (self._about or self.about)["dataset"]["rows_a_part"]

    def rows_of(self, part: int) -> slice:
        """Where a part's images are in the dataset."""
        return slice(part * self.rows_a_part, min((part + 1) * self.rows_a_part, self.n))

    def finished(self) -> dict[int, int]:
        """Numbers of the parts that are there, and when each was written (ns)."""
        if not (self.folder / "about.json").exists():
            return {}
        changed = self.folder.stat().st_mtime_ns
        if changed != self._changed or time.time_ns() - changed < SETTLED_S * 1e9:
            self._changed, self._listed = changed, self._found()
        return self._listed

    def known(self) -> dict[int, int]:
        """What `finished` said last: looking again for every column of every image would take longer than reading."""
        return self._listed or self.finished()

    def _found(self) -> dict[int, int]:
        found = {}
        with os.scandir(self.folder) as entries:
            for entry in entries:
                stem, _, suffix = entry.name.partition(".")
                if suffix == "parquet" and stem.startswith("part-") and stem[5:].isdigit():
                    found[int(stem[5:])] = _time(entry)
        return {part: found[part] for part in sorted(found) if found[part]}

    def file(self, part: int) -> Path:
        """Where a part's scores are."""
        return self.folder / f"part-{part:07d}.parquet"

    def columns(self, parts: Sequence[int], names: Sequence[str]) -> Iterator[tuple[int, dict[str, np.ndarray]]]:
        """(part, name -> values) of every part that is there and has the columns; int32 or float32."""
        for part in parts:
            values = self._one(part, names)
            if values is not None:
                yield part, values

    def _one(self, part: int, names: Sequence[str]) -> dict[str, np.ndarray] | None:
        """None when the part cannot be read, or was written before these columns were asked for."""
        return self._read(part, lambda file: self._plain(file, part, names))

    def _plain(self, file: pq.ParquetFile, part: int, names: Sequence[str]) -> dict[str, np.ndarray] | None:
        if not set(names) <= set(file.schema_arrow.names):
            return None
        table = self._table(file, part, names)
        return {name: _plain(table[name], name) for name in names}

    def _table(self, file: pq.ParquetFile, part: int, names: Sequence[str]) -> pa.Table:
        table = file.read(columns=list(names), use_threads=False)
        rows = self.rows_of(part)
        if table.num_rows != rows.stop - rows.start or table.column_names != list(names):
            raise Damaged
        return table

    def _read(self, part: int, take: Callable[[pq.ParquetFile], T]) -> T | None:
        """What `take` finds in a part; a damaged part goes, so that it is scored again."""

        def read(path: Path) -> T:
            try:
                with pq.ParquetFile(path, page_checksum_verification=True) as file:
                    return take(file)
            except pa.ArrowException as error:
                raise error if isinstance(error, DAMAGE) else Damaged from error

        path = self.file(part)
        return sound(path, read, lambda: path.unlink(missing_ok=True))

    def texts(self, part: int, names: Sequence[str]) -> pa.Table | None:
        """Columns of any kind; None when the part cannot be read."""
        return self._read(part, lambda file: self._table(file, part, names))

    def stamps(self, part: int) -> np.ndarray | None:
        """(rows, 2) int64: size and time of change of each image's file when it was scored; None when unreadable."""
        table = self.texts(part, ["file_bytes", "file_time_ns"])
        return None if table is None else np.column_stack([column.to_numpy() for column in table.columns])

    def probabilities(self, part: int) -> np.ndarray | None:
        """(rows, K) float32; NaN rows for bad images; None when the part cannot be read."""
        return self._read(part, self._matrix_of(part))

    def _matrix_of(self, part: int) -> Callable[[pq.ParquetFile], np.ndarray]:
        return lambda file: _matrix(self._table(file, part, ["probabilities"])["probabilities"])

    def activations(self, part: int, layer: str, neuron: int | slice = slice(None)) -> np.ndarray | None:  # noqa: B008
        """(rows, U) float32, or (rows,) of one neuron; NaN for bad images; None when the layer is still to come.

        Damaged activations are removed, so that the next scoring computes them again.
        """
        path = self.folder / f"part-{part:07d}.{self.layer_file(layer)}.h5"
        rows = self.rows_of(part)

        def read(path: Path) -> np.ndarray:
            with h5py.File(path, "r") as file:
                stored = file["activations"]
                if stored.ndim != 2 or len(stored) != rows.stop - rows.start or stored.dtype != np.float32:
                    raise Damaged
                return stored[:, neuron]

        return sound(path, read, lambda: path.unlink(missing_ok=True))

    def layer_file(self, layer: str) -> str:
        """A layer's part in the names of files; one that is not known may have been added since."""
        for about in (self._about or self.about, self.about):
            if layer in about["layers"]:
                return about["layers"][layer]["file"]
        raise NotFound(f"The layer {layer!r} was not scored.", "Score the images again with it.", "layer")


def _time(entry: os.DirEntry) -> int:
    """0 for a file that is gone again, or a link that leads nowhere."""
    try:
        return entry.stat().st_mtime_ns
    except OSError:
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
