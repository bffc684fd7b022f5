"""Tags on the images of a dataset: kept in the workspace by what the dataset holds, so that they outlive the server."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np

from innv_gui.errors import BadInput
from innv_gui.session.datasets import Dataset
from innv_gui.store.named_masks import read_masks, write_masks

MOST, LONGEST = 64, 60


class Tags:
    """Names and the images (positions in the whole collection) that have them."""

    def __init__(self, folder: Path, dataset: Dataset):
        self._path = Path(folder) / f"{dataset.collection.fingerprint[:32]}.json"
        self._n, self._positions = dataset.collection.n, np.asarray(dataset.positions())
        self._lock = threading.Lock()
        self._masks = read_masks(self._path, self._n, MOST)
        self.version = 0

    def names(self) -> tuple[str, ...]:
        """In the order they were given."""
        with self._lock:
            return tuple(self._masks)

    def counts(self) -> list[dict]:
        """[{name, n}] of the images explored."""
        with self._lock:
            return [{"name": name, "n": int(mask[self._positions].sum())} for name, mask in self._masks.items()]

    def bits(self) -> np.ndarray:
        """(n,) uint64 over the rows: bit k is tag k."""
        with self._lock:
            found = np.zeros(len(self._positions), np.uint64)
            for place, mask in enumerate(self._masks.values()):
                found |= mask[self._positions].astype(np.uint64) << np.uint64(place)
            return found

    def of(self, row: int) -> list[str]:
        """The tags of one image."""
        with self._lock:
            return [name for name, mask in self._masks.items() if mask[self._positions[row]]]

    def mark(self, name: str, rows: np.ndarray, on: bool) -> None:
        """Give or take a tag. rows (n,) bool. A tag that no image has any more goes."""
        name = " ".join(name.split())
        if not name or len(name) > LONGEST or not name.isprintable():
            raise BadInput(f"Expected a tag of 1 to {LONGEST} characters, got {name[:80]!r}.", "", "tag")
        with self._lock:
            if name not in self._masks and on and len(self._masks) >= MOST:
                raise BadInput(f"There are {MOST} tags already.", "Remove one first.", "tag")
            mask = self._masks.get(name, np.zeros(self._n, bool)).copy()
            mask[self._positions[rows]] = on
            masks = {**self._masks, name: mask}
            masks = {name: mask for name, mask in masks.items() if mask.any()}
            write_masks(self._path, masks, self._n)
            self._masks, self.version = masks, self.version + 1
