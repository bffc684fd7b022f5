"""Named parts of datasets, kept in the workspace and there again when their dataset is opened."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from innv_gui.errors import BadInput
from innv_gui.session.datasets import Dataset, DatasetEntry, DatasetShelf
from innv_gui.session.explore.kept_masks import keep_masks, kept_masks

MOST = 100


@dataclass(frozen=True)
class Kept:
    """A list that is open. whole: what it is a part of; name: in the record of that."""

    whole: Dataset
    name: str
    dataset: Dataset


class Subsets:
    """One record per dataset: name -> which of its images."""

    def __init__(self, folder: Path, datasets: DatasetShelf):
        self._folder, self._datasets = Path(folder), datasets
        self._lists: dict[str, Kept] = {}  # by the id of their dataset
        self._unwanted: set[str] = set()
        self._lock = threading.Lock()

    def _kept(self, dataset: Dataset) -> dict[str, np.ndarray]:
        return kept_masks(self._folder, dataset.collection, MOST)

    def add(self, dataset: Dataset, name: str, positions: np.ndarray) -> DatasetEntry:
        """Keep a part and open it. positions: in the whole collection. Raises BadInput and StorageFailed."""
        with self._lock:
            kept = self._kept(dataset)
            if len(kept) >= MOST:
                raise BadInput(f"{dataset.name} has {MOST} saved lists already.", "", "name")
            entry = self._datasets.add_part(dataset, name, positions)
            mask = np.zeros(dataset.collection.n, bool)
            mask[positions] = True
            name = _free(entry.name, kept)
            keep_masks(self._folder, dataset.collection, {**kept, name: mask})
            self._lists[entry.id] = Kept(dataset, name, self._datasets.get(entry.id))
        return entry

    def open_kept(self, dataset: Dataset) -> None:
        """Open what was kept of a dataset that has just been opened, and the lists of these lists."""
        with self._lock:
            self._open_kept(dataset)

    def _open_kept(self, dataset: Dataset) -> None:
        for name, mask in self._kept(dataset).items():
            part = self._datasets.get(self._datasets.add_part(dataset, name, np.flatnonzero(mask)).id)
            self._lists[part.id] = Kept(dataset, name, part)
            self._open_kept(part)

    def forget(self, id: str) -> None:
        """Keep a list no longer; of a dataset that is none, nothing changes. id: of the dataset.

        A list that others were saved from is kept as long as one of them is. Raises StorageFailed.
        """
        with self._lock:
            if id in self._lists:
                self._forget(id)

    def _forget(self, id: str) -> None:
        self._unwanted.add(id)
        one = self._lists[id]
        if self._kept(one.dataset):
            return
        kept = self._kept(one.whole)
        if kept.pop(one.name, None) is not None:
            keep_masks(self._folder, one.whole.collection, kept)
        del self._lists[id]
        if one.whole.id in self._unwanted & self._lists.keys():
            self._forget(one.whole.id)


def _free(name: str, kept: dict[str, np.ndarray]) -> str:
    """A list may be open under another name than it is kept under, where that was taken."""
    return next(one for k in range(1, MOST + 2) if (one := name if k == 1 else f"{name}-{k}") not in kept)
