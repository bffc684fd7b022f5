"""Named parts of datasets, kept in the workspace and there again when their dataset is opened."""

from __future__ import annotations

import base64
import threading
from pathlib import Path

import numpy as np

from innv_gui.errors import BadInput
from innv_gui.explore.bits import packed, unpacked
from innv_gui.session.datasets import Dataset, DatasetEntry, DatasetShelf
from innv_gui.store.kept_files import Damaged, read_record, write_record

MOST = 100


class Subsets:
    """One record per dataset: name -> which of its images."""

    def __init__(self, folder: Path, datasets: DatasetShelf):
        self._folder, self._datasets = Path(folder), datasets
        self._lock = threading.Lock()

    def _path(self, dataset: Dataset) -> Path:
        return self._folder / f"{dataset.collection.fingerprint[:32]}.json"

    def _kept(self, dataset: Dataset) -> dict[str, np.ndarray]:
        n = dataset.collection.n
        record = read_record(self._path(dataset), lambda record: _masks(record, n))
        return {} if record is None else _masks(record, n)

    def add(self, dataset: Dataset, name: str, positions: np.ndarray) -> DatasetEntry:
        """Keep a part and open it. positions: in the whole collection."""
        with self._lock:
            kept = self._kept(dataset)
            if len(kept) >= MOST:
                raise BadInput(f"{dataset.name} has {MOST} saved lists already.", "", "name")
            entry = self._datasets.add_part(dataset, name, positions)
            mask = np.zeros(dataset.collection.n, bool)
            mask[positions] = True
            kept[entry.name] = mask
            lists = {name: base64.b64encode(packed(one)).decode() for name, one in kept.items()}
            write_record(self._path(dataset), {"n": dataset.collection.n, "lists": lists})
        return entry

    def open_kept(self, dataset: Dataset) -> None:
        """Open what was kept of a dataset that has just been opened."""
        with self._lock:
            for name, mask in self._kept(dataset).items():
                self._datasets.add_part(dataset, name, np.flatnonzero(mask))


def _masks(record: dict, n: int) -> dict[str, np.ndarray]:
    if record["n"] != n or not isinstance(record["lists"], dict) or len(record["lists"]) > MOST:
        raise Damaged
    found = {str(name): unpacked(base64.b64decode(text, validate=True), n) for name, text in record["lists"].items()}
    if not all(mask.any() and name.isprintable() for name, mask in found.items()):
        raise Damaged
    return found
