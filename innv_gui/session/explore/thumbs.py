"""Small squares of a dataset's images: one raw file, filled part by part by workers, kept for every later visit."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from innv_gui.cluster.jobs import Job
from innv_gui.cluster.pool import Pool
from innv_gui.session.datasets import Dataset
from innv_gui.store.files import private_folder, told
from innv_gui.store.kept_files import Damaged, read_record, write_record

SIDE, ROWS = 32, 256
SAVED_EVERY = 40  # parts


class Thumbs:
    """Pictures (n, SIDE, SIDE, 3) uint8 of all images, as far as they are made."""

    def __init__(self, folder: Path, dataset: Dataset, pool: Callable[[], Pool]):
        self.path = Path(folder) / "pictures.u8"
        self._dataset, self._pool = dataset, pool
        self.n = len(dataset)
        self._n_parts = -(-self.n // ROWS)
        self._lock = threading.Lock()
        self._checks = self._kept()
        self._looked: set[int] = set()

    @property
    def shape(self) -> tuple[int, int]:
        """Of the file, as vectors."""
        return self.n, SIDE * SIDE * 3

    def _kept(self) -> dict[int, int]:
        record = read_record(self.path.with_suffix(".json"), _check)
        size = self.n * SIDE * SIDE * 3
        if record is None or record["n"] != self.n or not self.path.exists() or self.path.stat().st_size != size:
            return {}
        return {int(part): int(check) for part, check in record["checks"].items() if int(part) < self._n_parts}

    @property
    def n_done(self) -> int:
        """Images that have one."""
        with self._lock:
            return min(self.n, len(self._checks) * ROWS)

    def make(self, job: Job) -> None:
        """Make what is missing; the job has one step per image."""
        with told(self.path):
            private_folder(self.path.parent)
            with open(self.path, "ab") as file:
                file.truncate(self.n * SIDE * SIDE * 3)
        todo = [part for part in range(self._n_parts) if part not in self._checks]
        job.skip(self.n - sum(len(self._rows(part)) for part in todo))
        try:
            for count, part in enumerate(todo, 1):
                job.check()
                self._make(part, job)
                if count % SAVED_EVERY == 0:
                    self._save()
        finally:
            self._save()

    def _make(self, part: int, job: Job) -> None:
        rows = self._rows(part)
        positions = self._dataset.positions()
        refs = [self._dataset.collection.ref(int(positions[row])) for row in rows]
        asked = (refs, SIDE)
        made = self._pool().run("images.small", *asked, cancelled=job.cancelled, about=self._dataset.name)
        with told(self.path), open(self.path, "r+b") as file:  # a full disk ends a write, but kills who maps a file
            file.seek(rows.start * SIDE * SIDE * 3)
            file.write(np.ascontiguousarray(made).tobytes())
        with self._lock:
            self._checks[part] = zlib.crc32(made.tobytes())
            self._looked.add(part)
        job.step(len(rows))

    def _rows(self, part: int) -> range:
        return range(part * ROWS, min(self.n, (part + 1) * ROWS))

    def _save(self) -> None:
        with self._lock:
            record = {"n": self.n, "checks": {str(part): check for part, check in self._checks.items()}}
        write_record(self.path.with_suffix(".json"), record)

    def _file(self) -> np.memmap:
        return np.memmap(self.path, np.uint8, "r", shape=(self.n, SIDE, SIDE, 3))

    def get(self, rows: np.ndarray) -> np.ndarray:
        """(k, SIDE, SIDE, 3) uint8 of some rows; black where there is none yet, or its bytes have changed."""
        found = np.zeros((len(rows), SIDE, SIDE, 3), np.uint8)
        if not self.path.exists():
            return found
        whole = self._file()
        for part in np.unique(np.asarray(rows) // ROWS).tolist():
            if self._is_sound(part, whole):
                at = np.flatnonzero(np.asarray(rows) // ROWS == part)
                found[at] = whole[np.asarray(rows)[at]]
        return found

    def _is_sound(self, part: int, whole: np.memmap) -> bool:
        rows = self._rows(part)
        with self._lock:
            check = self._checks.get(part)
            if check is None or part in self._looked:
                return check is not None
        good = zlib.crc32(whole[rows.start : rows.stop].tobytes()) == check
        with self._lock:
            if good:
                self._looked.add(part)
            else:
                self._checks.pop(part, None)
        return good


def _check(record: dict) -> None:
    if not isinstance(record["n"], int) or not isinstance(record["checks"], dict):
        raise Damaged
