"""Tags on images, kept in the workspace by place and by what an image is known as there: they outlive the server."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from innv_gui.errors import BadInput
from innv_gui.session.datasets import Dataset, place_key
from innv_gui.session.explore.kept_sets import keep_sets, sets_path, with_earlier
from innv_gui.store.named_sets import NamedSets, read_sets

MOST, LONGEST = 64, 60


class KeptTags:
    """All tags of one place and what the images that have them are known as there. Safe in threads.

    version: how often they were changed.
    """

    def __init__(self, folder: Path, key: str):
        self._folder, self._key = folder, key
        self._lock = threading.Lock()
        self.sets, self.version = read_sets(sets_path(folder, key), MOST), 0

    def take_in(self, dataset: Dataset) -> None:
        """Also those that an earlier version kept of this list of images."""
        with self._lock:
            sets = with_earlier(self.sets, self._folder, dataset.collection, MOST, dataset.collection.known_as)
            if sets is not self.sets:
                self.sets, self.version = sets, self.version + 1

    def mark(self, name: str, images: list[str], on: bool) -> None:
        """Give or take a tag. A tag that no image has any more goes. Raises BadInput for one too many."""
        with self._lock:
            if name not in self.sets.masks and on and len(self.sets.masks) >= MOST:
                raise BadInput(f"There are {MOST} tags already.", "Remove one first.", "tag")
            sets = self.sets.marked(name, images, on)
            keep_sets(self._folder, self._key, sets)
            self.sets, self.version = sets, self.version + 1


class TagShelf:
    """The tags of each place once, however many datasets and saved lists were opened from it."""

    def __init__(self, folder: Path):
        self._folder = Path(folder)
        self._shown: weakref.WeakValueDictionary[str, KeptTags] = weakref.WeakValueDictionary()
        self._lock = threading.Lock()

    def of(self, dataset: Dataset) -> Tags:
        """The tags of a dataset, or of a part of it."""
        key = place_key(dataset.collection)
        with self._lock:
            kept = self._shown.get(key) or KeptTags(self._folder, key)
            self._shown[key] = kept
        kept.take_in(dataset)
        return Tags(kept, dataset)


class Tags:
    """Tags on the rows of one exploration; what another one of the same images gives or takes is seen here."""

    def __init__(self, kept: KeptTags, dataset: Dataset):
        self._kept, self._collection, self._positions = kept, dataset.collection, np.asarray(dataset.positions())
        self._known: tuple[NamedSets, Mapping[str, np.ndarray]] = NamedSets(), {}

    @property
    def version(self) -> int:
        """Grows with each change, of whichever exploration."""
        return self._kept.version

    def _masks(self) -> Mapping[str, np.ndarray]:
        """Name -> (n,) bool over the rows, in the order the tags were given."""
        known, sets = self._known, self._kept.sets
        if known[0] is not sets:
            images = self._collection.known_as() if sets.masks else []
            known = sets, {name: mask[self._positions] for name, mask in sets.over(images).items()}
            self._known = known
        return known[1]

    def names(self) -> tuple[str, ...]:
        """In the order they were given."""
        return tuple(self._masks())

    def counts(self) -> list[dict]:
        """[{name, n}] of the images explored."""
        return [{"name": name, "n": int(mask.sum())} for name, mask in self._masks().items()]

    def bits(self) -> np.ndarray:
        """(n,) uint64 over the rows: bit k is tag k."""
        found = np.zeros(len(self._positions), np.uint64)
        for place, mask in enumerate(self._masks().values()):
            found |= mask.astype(np.uint64) << np.uint64(place)
        return found

    def of(self, row: int) -> list[str]:
        """The tags of one image."""
        return [name for name, mask in self._masks().items() if mask[row]]

    def mark(self, name: str, rows: np.ndarray, on: bool) -> None:
        """Give or take a tag. rows (n,) bool. A tag that no image has any more goes. Raises BadInput."""
        name = " ".join(name.split())
        if not name or len(name) > LONGEST or not name.isprintable():
            raise BadInput(f"Expected a tag of 1 to {LONGEST} characters, got {name[:80]!r}.", "", "tag")
        images = self._collection.known_as()
        self._kept.mark(name, [images[position] for position in self._positions[rows].tolist()], on)
