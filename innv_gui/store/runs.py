"""A run as one HDF5 file, in the layout ViRelAy reads, with ours beside it.

At the root stand the datasets of the first model: /attribution (N, C, H, W) float32, /prediction (N, K), /label (N,),
/input (N, C, H, W), the network input. With several models each has a group /models/<letter> with the same names; the
root's are hard links to the first one's. A map that explains T targets takes T rows; /target says which.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from innv_gui.store.maps import KeptMap
from innv_gui.store.saving import saved

CHUNK_BYTES = 2**17  # as far as rows are smaller
TEXT = h5py.string_dtype("utf-8")


@dataclass(frozen=True)
class RunRow:
    """One explained image: its name, its label's class index (-1: none), the label's text, and the map."""

    name: str
    label: int
    label_name: str
    kept: KeptMap


class RunFile:
    """A run's file while it grows. Its rows go to disk as they come, so memory stays flat in the number of images."""

    def __init__(self, file: h5py.File, attributes: dict):
        self._file, self._lock = file, threading.Lock()
        _set(file, attributes)

    def add(self, letter: str, attributes: dict, rows: Sequence[RunRow]) -> None:
        """Rows of the model of that letter behind its earlier ones; the first ones bring its attributes along."""
        with self._lock:
            name = f"models/{letter}"
            if name not in self._file:
                _set(self._file.create_group(name), attributes)
            _append_rows(self._file[name], rows)

    def drop(self, letter: str) -> None:
        """Leave out a model that has failed after all."""
        with self._lock:
            if f"models/{letter}" in self._file:
                del self._file[f"models/{letter}"]

    def link(self, letters: Iterable[str]) -> None:
        """Show the first model of `letters` that has rows at the root, too."""
        with self._lock:
            found = (self._file[f"models/{letter}"] for letter in letters if f"models/{letter}" in self._file)
            first = next(found, None)
            if first is not None:
                _link(self._file, first)


@contextlib.contextmanager
def run_file(path: str | Path, attributes: dict) -> Iterator[RunFile]:
    """A RunFile that takes its place at `path` when the block ends well, else vanishes."""
    with saved(path) as temporary, h5py.File(temporary, "w") as file:
        yield RunFile(file, attributes)


def _link(file: h5py.File, group: h5py.Group) -> None:
    for name in group:
        file[name] = group[name]
    for name, value in group.attrs.items():
        file.attrs.setdefault(name, value)


def _set(node: h5py.Group, attributes: dict) -> None:
    for name, value in attributes.items():
        plain = isinstance(value, str | int | float | bool | np.generic | np.ndarray)
        node.attrs[name] = value if plain else json.dumps(value)


def _append_rows(group: h5py.Group, rows: Sequence[RunRow]) -> None:
    values = [_values(row, index) for row in rows for index in range(len(row.kept.targets))]
    for name in values[0] if values else ():
        _append(group, name, [one[name] for one in values])


def _values(row: RunRow, index: int) -> dict:
    return {
        "attribution": np.moveaxis(row.kept.values[index], -1, 0).astype(np.float32),
        "input": np.moveaxis(row.kept.x, -1, 0).astype(np.float32),
        "prediction": row.kept.probabilities.astype(np.float32),
        "label": np.int64(row.label),
        "target": np.int64(row.kept.targets[index]),
        "score": np.float32(row.kept.activations[index]),
        "name": _text(row.name),
        "label_name": _text(row.label_name),
    }


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def _append(group: h5py.Group, name: str, values: list) -> None:
    is_text = isinstance(values[0], str)
    if name not in group:
        kind = TEXT if is_text else values[0].dtype
        shape = () if is_text else values[0].shape
        n_rows = 256 if is_text else int(np.clip(CHUNK_BYTES // max(values[0].nbytes, 1), 1, 256))
        group.create_dataset(name, (0, *shape), kind, maxshape=(None, *shape), chunks=(n_rows, *shape))
    stored = group[name]
    stored.resize(stored.shape[0] + len(values), axis=0)
    stored[-len(values) :] = values if is_text else np.stack(values)
