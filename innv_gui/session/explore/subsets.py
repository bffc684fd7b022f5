"""Named parts of datasets, kept in the workspace and there again when their dataset is opened."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np

from innv_gui.errors import BadInput
from innv_gui.session.datasets import Dataset, DatasetEntry, DatasetShelf
from innv_gui.session.explore.kept_masks import keep_masks, kept_masks

MOST = 100


class Subsets:
    """One record per dataset: name -> which of its images."""

    def __init__(self, folder: Path, datasets: DatasetShelf):
        self._folder, self._datasets = Path(folder), datasets
        self._lock = threading.Lock()

    def _kept(self, dataset: Dataset) -> dict[str, np.ndarray]:
        return kept_masks(self._folder, dataset.collection, MOST)

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
            keep_masks(self._folder, dataset.collection, kept)
        return entry

    def open_kept(self, dataset: Dataset) -> None:
        """Open what was kept of a dataset that has just been opened."""
        with self._lock:
            for name, mask in self._kept(dataset).items():
                self._datasets.add_part(dataset, name, np.flatnonzero(mask))
