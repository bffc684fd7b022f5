"""Scores as they grow: one folder per model and dataset, one Parquet file (and one HDF5 file per layer) per part.

    <scores>/<dataset key[:20]>/<model key[:20]>/about.json
                                                /part-0000000.parquet      scores, one row per image
                                                /part-0000000.l0.h5        activations (rows, neurons) of a layer

A part is there when its Parquet file is, which is written last; each file takes its place at once or not at all.
pyarrow is imported when it is first needed: the server starts without it.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from innv_gui.store import seals
from innv_gui.store.files import write_bytes
from innv_gui.store.kept_files import DAMAGE, Damaged, read_record, sound, write_record

VERSION = 1  # of what a part holds; part of the model's key
ABOUT, COPY = "about.json", "about.copy.json"  # a damaged one would make all parts worthless
LEAST_ROWS, MANY_ROWS, MOST_ROWS = 64, 1024, 4096
FEW_PARTS, MANY_PARTS = 20, 200  # of a small dataset, so that plots grow; of a large one, which is read file by file
BATCH = 32  # parts are whole batches, so that a batch never belongs to two
NEURONS_A_CHUNK = 32  # one neuron of a part is read without the others
_LAYER_FILE = re.compile(r"l\d{1,6}")
PART_OVERHEAD_BYTES = 16_000
ROW_BYTES = 220  # of a row but for probabilities and activations: name, label, numbers, top 5
_OPENING: dict[Path, threading.Lock] = {}  # of one folder: what one request begins, another one must not remove


def rows_a_part(n: int) -> int:
    """How many images go into a part: enough parts of a small dataset, not too many of a large one."""
    aim = max(min(-(-n // FEW_PARTS), MANY_ROWS), min(-(-n // MANY_PARTS), MOST_ROWS))
    return max(LEAST_ROWS, -(-aim // BATCH) * BATCH)


class ScoreFolder:
    """The parts of one model on one dataset. `layers`: the ones that are asked for now, all of which a part needs.

    about: {"dataset": {...,"n"}, "model": {...}}; "layers" and the dataset's "rows_a_part" are added.
    units: neurons per layer.
    """

    def __init__(self, path: Path, about: dict, layers: Sequence[str], units: dict[str, int], spatial: dict[str, bool]):
        self.path = Path(path)
        self.layers = tuple(layers)
        self.n = about["dataset"]["n"]
        self.rows_a_part = rows_a_part(self.n)
        with _OPENING.setdefault(self.path, threading.Lock()):
            self.about = self._opened(about, units, spatial)

    def _opened(self, about: dict[str, Any], units: dict[str, int], spatial: dict[str, bool]) -> dict[str, Any]:
        """What the folder says about itself from now on; it is made where it is missing or no longer true."""
        kept = read_about(self.path)
        if kept is not None and kept["dataset"]["rows_a_part"] != self.rows_a_part:
            kept = None
        if kept is None:  # without it nothing says which layer a file is of
            shutil.rmtree(self.path, ignore_errors=True)
        known = dict(kept["layers"]) if kept else {}
        for name in self.layers:
            known.setdefault(name, {"file": f"l{len(known)}", "units": units[name], "spatial": spatial[name]})
        now = {**about, "dataset": {**about["dataset"], "rows_a_part": self.rows_a_part}, "layers": known}
        if now != kept:
            for name in (COPY, ABOUT):
                write_record(self.path / name, now)
        return now

    @property
    def n_parts(self) -> int:
        """Of the whole dataset."""
        return -(-self.n // self.rows_a_part)

    def rows(self, part: int) -> range:
        """Which rows of the dataset a part covers."""
        return range(part * self.rows_a_part, min(self.n, (part + 1) * self.rows_a_part))

    def is_finished(self, part: int) -> bool:
        """Whether everything asked for is there and can be opened."""
        columns = self._columns(part)
        return all(f"mean:{name}" in columns and self.layer_path(part, name).exists() for name in self.layers)

    def finished(self) -> list[int]:
        """Part numbers, ascending."""
        return [part for part in range(self.n_parts) if self.is_finished(part)]

    def missing(self) -> list[int]:
        """Part numbers, ascending."""
        return [part for part in range(self.n_parts) if not self.is_finished(part)]

    def bytes_a_row(self) -> int:
        """About how much of the disk one image takes."""
        model, layers = self.about["model"], self.about["layers"]
        numbers = model["n_classes"] + sum(layers[name]["units"] + 1 for name in self.layers)
        return 4 * numbers + ROW_BYTES + PART_OVERHEAD_BYTES * (1 + len(self.layers)) // self.rows_a_part

    def write(self, part: int, columns: dict, activations: dict[str, np.ndarray]) -> None:
        """Keep a part. columns: as `SCHEMA` says, without the means; activations: (rows, U) of each layer asked for.

        Layers that were measured earlier stay. Raises WorkFailed when the disk is full or cannot be written.
        """
        for name in self.layers:
            write_bytes(self.layer_path(part, name), _layer_file(activations[name]))
        means = {f"mean:{name}": _means(activations[name]) for name in self.layers}
        write_bytes(self.part_path(part), _parquet({**columns, **self._other_means(part, means), **means}))

    def is_intact(self, part: int) -> bool:
        """Whether a finished part is as it was written: its scores whole, its activations as far as their size."""
        sizes = {sound(self.layer_path(part, name), _rows_in) for name in self.layers}
        return bool(sound(self.part_path(part), _is_sealed)) and sizes <= {len(self.rows(part))}

    def discard(self, part: int) -> None:
        """Forget a part that is no longer true, all its layers with it."""
        self.part_path(part).unlink(missing_ok=True)
        for name in self.about["layers"]:
            self.layer_path(part, name).unlink(missing_ok=True)

    def column(self, part: int, *names: str) -> list[np.ndarray]:
        """Columns of a finished part; text and null come as objects."""
        import pyarrow.parquet

        table = pyarrow.parquet.read_table(
            self.part_path(part), columns=list(names), memory_map=False, page_checksum_verification=True
        )
        return [table.column(name).to_numpy() for name in names]

    def free_bytes(self) -> int:
        """What the disk has left."""
        return shutil.disk_usage(self.path).free

    def part_path(self, part: int) -> Path:
        """Where the scores are."""
        return self.path / f"part-{part:07d}.parquet"

    def layer_path(self, part: int, layer: str) -> Path:
        """Where the activations of a layer are."""
        return self.path / f"part-{part:07d}.{self.about['layers'][layer]['file']}.h5"

    def _columns(self, part: int) -> frozenset[str]:
        path = self.part_path(part)
        if not path.is_file():
            return frozenset()
        import pyarrow
        import pyarrow.parquet

        try:
            schema = pyarrow.parquet.read_schema(path)
        except (pyarrow.ArrowException, *DAMAGE):  # a damaged part is one to do again
            return frozenset()
        return frozenset(schema.names)

    def _other_means(self, part: int, now: dict) -> dict:
        kept = [name for name in self._columns(part) if name.startswith("mean:") and name not in now]
        values = sound(self.part_path(part), lambda _: self.column(part, *kept)) if kept else None
        return dict(zip(kept, values, strict=True)) if values else {}


def read_about(path: Path) -> dict | None:
    """What a folder of scores says about itself; None when there is none that can be read."""
    found = (read_record(Path(path) / name, _check_about) for name in (ABOUT, COPY))
    return next((about for about in found if about is not None), None)


def _check_about(about: dict) -> None:
    n, layers = about["dataset"]["n"], about["layers"]
    rows = about["dataset"]["rows_a_part"]
    if not isinstance(n, int) or not isinstance(rows, int) or n < 0 or rows < 1:
        raise Damaged
    if not isinstance(about["model"]["n_classes"], int):
        raise Damaged
    files = [layer["file"] for layer in layers.values()]
    if not all(_LAYER_FILE.fullmatch(file) for file in files) or len(set(files)) != len(files):
        raise Damaged
    if not all(isinstance(layer["units"], int) and layer["units"] > 0 for layer in layers.values()):
        raise Damaged


def _rows_in(path: Path) -> int:
    with h5py.File(path, "r") as file:
        return len(file["activations"]) if "activations" in file else 0


def _is_sealed(path: Path) -> bool:
    return seals.is_intact(path.read_bytes())


def _means(activations: np.ndarray) -> np.ndarray:
    return activations.mean(axis=1, dtype=np.float64).astype(np.float32)


def _layer_file(activations: np.ndarray) -> bytes:
    """As bytes first: on a full disk a plain write fails with a sentence, HDF5 in the middle of a file does not."""
    memory = io.BytesIO()
    chunks = (len(activations), min(NEURONS_A_CHUNK, activations.shape[1]))
    with h5py.File(memory, "w") as file:
        values = np.asarray(activations, np.float32)
        file.create_dataset("activations", data=values, chunks=chunks, fletcher32=True)
    return memory.getvalue()


def _parquet(columns: dict) -> bytes:
    import pyarrow as arrow
    import pyarrow.parquet

    kinds = _kinds(arrow)
    arrays = {}
    for name, values in columns.items():
        if name == "probabilities":
            flat = arrow.array(np.ascontiguousarray(values, np.float32).ravel())
            arrays[name] = arrow.FixedSizeListArray.from_arrays(flat, values.shape[1])
        else:
            arrays[name] = arrow.array(values, kinds.get(name, arrow.float32()))
    return table_bytes(arrow.table(arrays))


def table_bytes(table) -> bytes:
    """A part's table as a Parquet file."""
    how = {"compression": "zstd", "use_dictionary": ["label", "problem"], "write_page_checksum": True}
    return seals.sealed(table, **how)


def _kinds(arrow) -> dict:
    """Types of the columns that are not float32."""
    return {
        "index": arrow.int64(),
        "problem": arrow.string(),
        "name": arrow.string(),
        "label": arrow.string(),
        "label_class": arrow.int32(),
        "predicted": arrow.int32(),
        "top5_class": arrow.list_(arrow.int32()),
        "top5_probability": arrow.list_(arrow.float32()),
        "file_bytes": arrow.int64(),
        "file_time_ns": arrow.int64(),
    }


def remove_rests(path: Path) -> None:
    """Remove what a killed process left half written."""
    with contextlib.suppress(OSError):
        for entry in os.scandir(path):
            if entry.name.startswith(".new-"):
                Path(entry.path).unlink(missing_ok=True)
