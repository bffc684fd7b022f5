"""A run as one HDF5 file, in the layout ViRelAy reads, with ours beside it.

At the root stand the datasets of the first model: /attribution (N, C, H, W) float32, /prediction (N, K), /label (N,),
/input (N, C, H, W), the network input. With several models each has a group /models/<letter> with the same names; the
root's are hard links to the first one's. A map that explains T targets takes T rows; /target says which.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from innv_gui.store.files import written
from innv_gui.store.maps import KeptMap

TEXT = h5py.string_dtype("utf-8")


@dataclass(frozen=True)
class RunRow:
    """One explained image: its name, its label's class index (-1: none), the label's text, and the map."""

    name: str
    label: int
    label_name: str
    kept: KeptMap


@dataclass(frozen=True)
class RunPart:
    """All rows of one model, one after the other, and the attributes to write with them."""

    letter: str
    attributes: dict
    rows: Iterable[RunRow]


def write_run(path: str | Path, attributes: dict, parts: Iterable[RunPart]) -> Path:
    """Write a run; rows are taken one at a time, so memory stays flat in the number of images."""
    path = Path(path)
    with written(path) as temporary, h5py.File(temporary, "w") as file:
        _set(file, attributes)
        first = None
        for part in parts:
            group = file.create_group(f"models/{part.letter}")
            _set(group, part.attributes)
            _write_rows(group, part.rows)
            first = first or group
        if first is not None:
            _link(file, first)
    return path


def _link(file: h5py.File, group: h5py.Group) -> None:
    for name in group:
        file[name] = group[name]
    for name, value in group.attrs.items():
        file.attrs.setdefault(name, value)


def _set(node: h5py.Group, attributes: dict) -> None:
    for name, value in attributes.items():
        plain = isinstance(value, str | int | float | bool | np.generic | np.ndarray)
        node.attrs[name] = value if plain else json.dumps(value)


def _write_rows(group: h5py.Group, rows: Iterable[RunRow]) -> None:
    for row in rows:
        for index in range(len(row.kept.targets)):
            for name, value in _values(row, index).items():
                _append(group, name, value)


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


def _append(group: h5py.Group, name: str, value) -> None:
    if name not in group:
        kind = TEXT if isinstance(value, str) else value.dtype
        shape = () if isinstance(value, str) else value.shape
        group.create_dataset(name, (0, *shape), kind, maxshape=(None, *shape), chunks=(1 if shape else 256, *shape))
    stored = group[name]
    stored.resize(stored.shape[0] + 1, axis=0)
    stored[-1] = value
