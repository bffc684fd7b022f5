"""Tags on the images of a dataset: kept in the workspace by what the dataset holds, so that they outlive the server."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from innv_gui.datasets import Collection
from innv_gui.errors import BadInput
from innv_gui.session.datasets import Dataset
from innv_gui.session.explore.kept_masks import keep_masks, kept_masks, masks_path

MOST, LONGEST = 64, 60


class KeptTags:
    """All tags of a collection: names and the positions of the images that have them. Safe in threads.

    version: how often they were changed.
    """

    def __init__(self, folder: Path, collection: Collection):
        self._folder, self._collection = folder, collection
        self._lock = threading.Lock()
        self._masks = kept_masks(folder, collection, MOST)
        self.version = 0

    def masks(self) -> Mapping[str, np.ndarray]:
        """Name -> (n,) bool, in the order they were given; what is changed later is not seen in it."""
        with self._lock:
            return self._masks

    def mark(self, name: str, positions: np.ndarray, on: bool) -> None:
        """Give or take a tag. A tag that no image has any more goes. Raises BadInput for one too many."""
        with self._lock:
            if name not in self._masks and on and len(self._masks) >= MOST:
                raise BadInput(f"There are {MOST} tags already.", "Remove one first.", "tag")
            mask = self._masks.get(name, np.zeros(self._collection.n, bool)).copy()
            mask[positions] = on
            masks = {**self._masks, name: mask}
            masks = {name: mask for name, mask in masks.items() if mask.any()}
            keep_masks(self._folder, self._collection, masks)
            self._masks, self.version = masks, self.version + 1


class TagShelf:
    """The tags of each dataset once, however many explorations show them."""

    def __init__(self, folder: Path):
        self._folder = Path(folder)
        self._shown: weakref.WeakValueDictionary[Path, KeptTags] = weakref.WeakValueDictionary()
        self._lock = threading.Lock()

    def of(self, dataset: Dataset) -> Tags:
        """The tags of a dataset, or of a part of it."""
        path = masks_path(self._folder, dataset.collection)
        with self._lock:
            kept = self._shown.get(path) or KeptTags(self._folder, dataset.collection)
            self._shown[path] = kept
        return Tags(kept, dataset)


class Tags:
    """Tags on the rows of one exploration; what another one of the same images gives or takes is seen here."""

    def __init__(self, kept: KeptTags, dataset: Dataset):
        self._kept, self._positions = kept, np.asarray(dataset.positions())

    @property
    def version(self) -> int:
        """Grows with each change, of whichever exploration."""
        return self._kept.version

    def names(self) -> tuple[str, ...]:
        """In the order they were given."""
        return tuple(self._kept.masks())

    def counts(self) -> list[dict]:
        """[{name, n}] of the images explored."""
        return [{"name": name, "n": int(mask[self._positions].sum())} for name, mask in self._kept.masks().items()]

    def bits(self) -> np.ndarray:
        """(n,) uint64 over the rows: bit k is tag k."""
        found = np.zeros(len(self._positions), np.uint64)
        for place, mask in enumerate(self._kept.masks().values()):
            found |= mask[self._positions].astype(np.uint64) << np.uint64(place)
        return found

    def of(self, row: int) -> list[str]:
        """The tags of one image."""
        return [name for name, mask in self._kept.masks().items() if mask[self._positions[row]]]

    def mark(self, name: str, rows: np.ndarray, on: bool) -> None:
        """Give or take a tag. rows (n,) bool. A tag that no image has any more goes. Raises BadInput."""
        name = " ".join(name.split())
        if not name or len(name) > LONGEST or not name.isprintable():
            raise BadInput(f"Expected a tag of 1 to {LONGEST} characters, got {name[:80]!r}.", "", "tag")
        self._kept.mark(name, self._positions[rows], on)
