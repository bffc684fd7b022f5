"""The datasets of a session: opening, slicing, checking, removing."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from innv_gui.cluster.jobs import Job, Jobs
from innv_gui.cluster.pool import Pool
from innv_gui.datasets import Collection, is_address, is_litter, is_picture_name, left_out, plain
from innv_gui.datasets.names import shown
from innv_gui.errors import BadInput, InnvError
from innv_gui.named_path import named_path
from innv_gui.notebook import card
from innv_gui.records import ImageRef, Problem
from innv_gui.samples.own_masks import has_own_masks
from innv_gui.session.removed import Removed

SCAN_CHUNK = 64
LONGEST_NAME = 80


def check_there(path: str | Path) -> None:
    """Raises BadInput for a path without a file or folder; what an address leads to only a worker can say."""
    path = plain(path)
    if not is_address(path) and not os.path.exists(found := named_path(path, "images")):
        raise BadInput(f"There is no folder or file {str(found)!r}.", "Check the path.", "images")


def one_file_or_all(folder: Path) -> Path:
    """The one file of a folder where its name is none of a picture: opening finds out what it is. Else the folder."""
    below = [path for path in folder.rglob("*") if path.is_file()]
    files = [path for path in below if not any(map(is_litter, path.relative_to(folder).parts))]
    return files[0] if len(files) == 1 and not is_picture_name(files[0].name) else folder


def place_bytes(collection: Collection) -> bytes:
    """What keys of a collection are made of: its names, labels and order, and where it is."""
    return os.fsencode(f"{collection.fingerprint}\0{collection.root}\0")


def collection_key(collection: Collection) -> str:
    """SHA-256 of a collection's names, labels, order and place, which changes with each image that comes or goes.

    The fingerprint is of names alone, and two folders can hold other pictures under the same names.
    """
    return hashlib.sha256(place_bytes(collection)).hexdigest()


def place_key(collection: Collection) -> str:
    """SHA-256 of what a collection, or what it is a part of, was opened from.

    Under it is kept what a person says about its images: tags, saved lists, labels by hand. It stays while images come
    and go; but a file of arrays knows its images by their numbers only, and its key changes with the file.
    """
    content = "" if collection.files is not None else collection.whole or collection.fingerprint
    words = (collection.kind, collection.root, collection.whole_name or collection.name, content)
    return hashlib.sha256(b"".join(os.fsencode(word) + b"\0" for word in words)).hexdigest()


@dataclass(frozen=True)
class Dataset:
    """An opened collection of images, or a part of it: `len()`, slicing, iteration over ImageRef.

    `indices` are positions in the whole collection; None is all of it.
    """

    id: str
    name: str
    collection: Collection = field(repr=False)
    indices: np.ndarray | None = field(default=None, repr=False, compare=False)

    def __repr__(self) -> str:
        labels = f", {len(self.class_names)} labels" if self.class_names else ""
        return f"<Dataset {self.name!r}: {len(self):,} images{labels}>"

    def _repr_html_(self) -> str:
        part = "" if self.indices is None else f"a part of {self.collection.n:,}"
        facts = [("images", f"{len(self):,}"), ("", part), ("labels", ", ".join(self.class_names or ()))]
        facts += [("without label", self.n_unlabelled or ""), ("left out", self.left_out)]
        return card(self.name, facts)

    def __len__(self) -> int:
        return self.collection.n if self.indices is None else len(self.indices)

    def __getitem__(self, which: int | slice | Sequence[int]) -> ImageRef | Dataset:
        positions = np.asarray(self.positions())[which]
        if isinstance(which, int | np.integer):
            return self.collection.ref(int(positions))
        return Dataset(self.id, self.name, self.collection, np.asarray(positions))

    def __iter__(self) -> Iterator[ImageRef]:
        return (self.collection.ref(int(index)) for index in self.positions())

    def positions(self) -> np.ndarray | range:
        """Positions in the whole collection."""
        return range(self.collection.n) if self.indices is None else self.indices

    @property
    def class_names(self) -> tuple[str, ...] | None:
        """Labels in their order, or None without labels."""
        return self.collection.class_names

    @property
    def keras_class_names(self) -> tuple[str, ...] | None:
        """Names by the index a network has for them if Keras' own loader read these folders; None where none did."""
        return self.collection.keras_class_names

    @property
    def n_unlabelled(self) -> int:
        """How many of these images have no label while the dataset has labels."""
        codes = self.collection.codes
        if codes is None or self.indices is None:
            return self.collection.n_unlabelled
        return int(np.count_nonzero(codes[self.indices] < 0))

    @property
    def has_own_masks(self) -> bool:
        """Whether a sample set knows where the evidence in its pictures should be."""
        return has_own_masks(self.collection.root)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Files that were left out when it was opened."""
        return self.collection.problems

    @property
    def left_out(self) -> str:
        """One sentence on how many of the files could not be used when it was opened, and why; empty when all could.

        For a file of arrays: what is to be reported about them. Of a list, also where it names no labels.
        """
        whole, said = self.collection, []
        if whole.n_problems:
            n_files = None if whole.files is None else whole.n + whole.n_problems
            said.append(left_out(n_files, whole.n_problems, whole.problems))
        if whole.remarks:
            said.append(left_out(None, len(whole.remarks), whole.remarks))
        return " ".join(said)


@dataclass
class DatasetEntry:
    """A dataset in progress: loading, ready, or refused with the reason."""

    id: str
    name: str
    path: str
    status: str = "loading"
    dataset: Dataset | None = None
    error: InnvError | None = None
    job: Job | None = None
    problems: list[Problem] = field(default_factory=list)
    checked: int = 0

    @property
    def n_left_out(self) -> int:
        """Files that are none of its images: noticed when it was opened."""
        return 0 if self.dataset is None else self.dataset.collection.n_problems

    @property
    def n_unread(self) -> int:
        """Images that cannot be read, as far as they were checked. They keep their place among the others."""
        if self.dataset is None:
            return 0
        known = self.dataset.collection
        return max(0, len(self.problems) - len(known.problems) - len(known.remarks))


class DatasetShelf:
    """All datasets of a session by id. uploads: folder of what is sent, from which nothing leads out."""

    def __init__(self, pool: Callable[[], Pool], jobs: Jobs, uploads: Path | None = None):
        self._pool, self._jobs, self._uploads = pool, jobs, uploads
        self._entries: dict[str, DatasetEntry] = {}
        self._removed = Removed("dataset", "dataset")
        self._given = 0
        self._lock = threading.Lock()
        self.changed: Callable[[], None] = lambda: None  # called when a dataset is open or removed
        self.opened: Callable[[Dataset], None] = lambda dataset: None  # called when a dataset is open

    def start(self, path: str | Path, name: str | None = None, *, uploaded: bool = False) -> DatasetEntry:
        """Begin to open a dataset, by its path or an fsspec address; returns at once.

        An uploaded manifest may list its own folder's images only.
        """
        if is_address(plain(path)):
            return self.begin(name or str(path).rstrip("/").rpartition("/")[2], lambda: str(path), uploaded)
        check_there(path)
        path = named_path(plain(path), "images")
        return self.begin(name or path.name or "images", lambda: str(path.resolve()), uploaded)

    def begin(self, name: str, place: Callable[[], str], uploaded: bool = False) -> DatasetEntry:
        """Begin to open what `place()` gives; that is asked for in the job's thread."""
        with self._lock:
            self._given += 1
            entry = DatasetEntry(f"d{self._given}", self._free_name(name), "")
            self._entries[entry.id] = entry
        work = lambda job: self._open(entry, place, uploaded, job)  # noqa: E731
        entry.job = self._jobs.start("open", f"Opening {entry.name}", work, 1, "datasets")
        return entry

    def _free_name(self, stem: str) -> str:
        stem, taken = shown(stem), {entry.name for entry in self._entries.values()}
        return next(n for n in (stem if k == 1 else f"{stem}-{k}" for k in range(1, 10**6)) if n not in taken)

    def _open(self, entry: DatasetEntry, place: Callable[[], str], uploaded: bool, job: Job) -> Dataset:
        try:
            entry.path = place()
            anywhere = not uploaded and not self._is_upload(entry.path)
            collection = self._pool().run(
                *("images.open", entry.path, None, anywhere, uploaded), cancelled=job.cancelled, about=entry.name
            )
            if uploaded and collection.kind == "manifest" and os.path.isdir(entry.path):  # a table within
                entry.path = os.path.join(collection.root, collection.name)
            entry.dataset = Dataset(entry.id, entry.name, collection)
            entry.problems = [*collection.problems, *collection.remarks]
            entry.status = "ready"
        except InnvError as error:
            entry.error = error
            raise
        finally:
            if entry.status == "loading":  # by a fault of ours, too: nobody waits for it forever
                entry.status = "refused"
        job.step()
        self.opened(entry.dataset)
        self.changed()
        return entry.dataset

    def _is_upload(self, path: str) -> bool:
        return self._uploads is not None and Path(path).resolve().is_relative_to(self._uploads.resolve())

    def add_part(self, whole: Dataset, name: str, positions: np.ndarray) -> DatasetEntry:
        """A named part of a dataset as one of its own, ready at once.

        positions: in the whole collection; each counts once, in the order of the whole, as it is read back.
        """
        name = " ".join(name.split())
        if not name or not name.isprintable() or len(name) > LONGEST_NAME:
            raise BadInput(f"Expected a name of 1 to {LONGEST_NAME} characters, got {name[:80]!r}.", "", "name")
        if not len(positions):
            raise BadInput("A list needs at least one image.", "Select some images first.", "selection")
        positions = np.unique(np.asarray(positions, np.int64))
        with self._lock:
            self._given += 1
            entry = DatasetEntry(f"d{self._given}", self._free_name(name), self._path_of(whole))
            entry.dataset = Dataset(entry.id, entry.name, whole.collection.part(entry.name, positions))
            entry.status = "ready"
            self._entries[entry.id] = entry
        self.changed()
        return entry

    def _path_of(self, dataset: Dataset) -> str:
        entry = self._entries.get(dataset.id)
        return entry.path if entry is not None else dataset.collection.root

    def place(self, dataset: Dataset) -> str:
        """What a dataset was opened from."""
        with self._lock:
            return self._path_of(dataset)

    def start_scan(self, id: str) -> Job:
        """Begin to try every file; bad ones are added to the entry's problems as they are found."""
        entry, dataset = self.entry(id), self.get(id)
        work = lambda job: self._scan(entry, dataset, job)  # noqa: E731
        return self._jobs.start("scan", f"Checking {entry.name}", work, len(dataset), "images")

    def _scan(self, entry: DatasetEntry, dataset: Dataset, job: Job) -> list[Problem]:
        entry.problems, entry.checked = [*dataset.problems, *dataset.collection.remarks], 0
        for start in range(0, len(dataset), SCAN_CHUNK):
            job.check()
            refs = dataset.collection.refs(start, start + SCAN_CHUNK)
            entry.problems += self._pool().run("images.scan", refs, cancelled=job.cancelled, about=entry.name)
            entry.checked += len(refs)
            job.step(len(refs))
        return entry.problems

    def entries(self) -> list[DatasetEntry]:
        """In the order they were added."""
        with self._lock:
            return list(self._entries.values())

    def entry(self, id: str) -> DatasetEntry:
        """The entry of this id."""
        with self._lock:
            if id not in self._entries:
                raise self._removed.missing(id)
            return self._entries[id]

    def get(self, id: str) -> Dataset:
        """The dataset of this id, ready for use."""
        entry = self.entry(id)
        if entry.status == "loading":
            entry.job.wait()
        if entry.dataset is None:
            raise entry.error or BadInput(f"{entry.name} is not open.", field="dataset")
        return entry.dataset

    def remove(self, id: str) -> None:
        """Forget a dataset; its files stay."""
        entry = self.entry(id)
        if entry.status == "loading" and entry.job is not None:
            entry.job.cancel()
        with self._lock:
            self._entries.pop(id, None)
            self._removed.note(id, entry.name)
        self.changed()
