"""Named parts of datasets, kept in the workspace and there again when their dataset is opened."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from innv_gui.errors import BadInput
from innv_gui.session.datasets import Dataset, DatasetEntry, DatasetShelf, place_key
from innv_gui.session.explore.kept_sets import keep_sets, kept_sets, key_within
from innv_gui.store.named_sets import NamedSets

MOST = 100


@dataclass(frozen=True)
class Kept:
    """A list that is open. whole: what it is a part of; name: in the record of that."""

    whole: Dataset
    name: str
    dataset: Dataset


class Subsets:
    """One record per dataset: name -> which of its images, by what they are known as; of one named twice, which one."""

    def __init__(self, folder: Path, datasets: DatasetShelf):
        self._folder, self._datasets = Path(folder), datasets
        self._lists: dict[str, Kept] = {}  # by the id of their dataset
        self._unwanted: set[str] = set()
        self._lock = threading.Lock()

    def _key(self, dataset: Dataset) -> str:
        one = self._lists.get(dataset.id)
        return place_key(dataset.collection) if one is None else key_within(self._key(one.whole), one.name)

    def _kept(self, dataset: Dataset) -> NamedSets:
        return kept_sets(self._folder, self._key(dataset), dataset.collection, MOST, lambda: _distinct(dataset))

    def add(self, dataset: Dataset, name: str, positions: np.ndarray) -> DatasetEntry:
        """Keep a part and open it. positions: in the whole collection. Raises BadInput and StorageFailed."""
        images = _distinct(dataset)
        with self._lock:
            kept = self._kept(dataset)
            if len(kept.masks) >= MOST:
                raise BadInput(f"{dataset.name} has {MOST} saved lists already.", "", "name")
            entry = self._datasets.add_part(dataset, name, positions)
            name = _free(entry.name, kept)
            chosen = [images[position] for position in np.asarray(positions).tolist()]
            keep_sets(self._folder, self._key(dataset), kept.marked(name, chosen, True))
            self._lists[entry.id] = Kept(dataset, name, self._datasets.get(entry.id))
        return entry

    def open_kept(self, dataset: Dataset) -> None:
        """Open what was kept of a dataset that has just been opened, and the lists of these lists."""
        with self._lock:
            self._open_kept(dataset)

    def _open_kept(self, dataset: Dataset) -> None:
        kept = self._kept(dataset)
        for name, mask in kept.over(_distinct(dataset) if kept.masks else []).items():
            if not mask.any():  # its images are gone; they may come back
                continue
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
        if self._kept(one.dataset).masks:
            return
        kept = self._kept(one.whole)
        if one.name in kept.masks:
            keep_sets(self._folder, self._key(one.whole), kept.without(one.name))
        del self._lists[id]
        if one.whole.id in self._unwanted & self._lists.keys():
            self._forget(one.whole.id)


def _free(name: str, kept: NamedSets) -> str:
    """A list may be open under another name than it is kept under, where that was taken."""
    return next(one for k in range(1, MOST + 2) if (one := name if k == 1 else f"{name}-{k}") not in kept.masks)


def _distinct(dataset: Dataset) -> list[str]:
    """What each image of the collection is known as, and which of several where a table names a file again."""
    names = dataset.collection.known_as()
    if len(set(names)) == len(names):
        return names
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name}\0{seen[name]}")
    return found
