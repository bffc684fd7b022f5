"""Scores taken over from a folder beside, of the same model on the same images under other class names.

Only what a label means has changed: `label_class` and `loss` are made again, all other numbers are the same, and the
files of activations are shared.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from innv_gui.store import seals
from innv_gui.store.files import write_bytes
from innv_gui.store.kept_files import DAMAGE
from innv_gui.store.score_parts import ScoreFolder, read_about, table_bytes

# labels, (n, K) float32 probabilities -> label_class (n,) int32 and loss (n,) float32
Relabel = Callable[[Sequence[str | None], np.ndarray], dict[str, np.ndarray]]


@dataclass(frozen=True)
class Kept:
    """A folder beside. layers: layer -> the stem of its files."""

    path: Path
    layers: dict[str, str]


def beside(folder: ScoreFolder) -> list[Kept]:
    """Folders whose scores differ from this one's in nothing but what labels mean, newest first."""
    found = []
    there = [path for path in folder.path.parent.iterdir() if path.is_dir()]
    for path in sorted(there, key=lambda path: -path.stat().st_mtime):
        about = read_about(path) if path != folder.path else None
        same_parts = about is not None and about["dataset"]["rows_a_part"] == folder.rows_a_part
        if same_parts and about["model"].get("scores") == folder.about["model"]["scores"]:
            found.append(Kept(path, {name: layer["file"] for name, layer in about["layers"].items()}))
    return found


def adopt(folder: ScoreFolder, relabel: Relabel) -> int:
    """Take over every part that is missing here and is whole in a folder beside; gives how many."""
    missing, taken = set(folder.missing()), 0
    for kept in beside(folder) if missing else ():
        if not set(folder.layers) <= set(kept.layers):
            continue
        for part in sorted(missing):
            if _adopted(folder, part, kept, relabel):
                missing.discard(part)
                taken += 1
    return taken


def _adopted(folder: ScoreFolder, part: int, kept: Kept, relabel: Relabel) -> bool:
    import pyarrow
    import pyarrow.parquet

    stem = f"part-{part:07d}"
    files = {name: kept.path / f"{stem}.{kept.layers[name]}.h5" for name in folder.layers}
    scores = kept.path / f"{stem}.parquet"
    if not all(path.is_file() for path in (scores, *files.values())):
        return False
    try:
        content = scores.read_bytes()
        if not seals.is_intact(content):
            return False
        table = pyarrow.parquet.read_table(pyarrow.BufferReader(content))
        table = _relabelled(table, folder.layers, relabel)
        for name, path in files.items():
            _share(path, folder.layer_path(part, name))
    except (pyarrow.ArrowException, *DAMAGE):  # gone or damaged meanwhile: it is scored again
        return False
    write_bytes(folder.part_path(part), table_bytes(table))
    return True


def _relabelled(table, layers: Sequence[str], relabel: Relabel):
    import pyarrow

    others = [name for name in table.column_names if name.startswith("mean:") and name[5:] not in layers]
    table = table.drop_columns(others)
    flat = table.column("probabilities").combine_chunks().flatten().to_numpy(zero_copy_only=False)
    made = relabel(table.column("label").to_pylist(), flat.reshape(table.num_rows, -1))
    for name, values in made.items():
        place = table.column_names.index(name)
        field = table.schema.field(name)
        table = table.set_column(place, field, pyarrow.array(values, field.type))
    return table


def _share(path: Path, place: Path) -> None:
    place.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        os.link(path, place)
        return
    shutil.copyfile(path, place)  # a file system without links
