"""Small squares of a dataset's images: one raw file, filled part by part by workers, kept for every later visit."""

from __future__ import annotations

import hashlib
import threading
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from innv_gui.cluster.jobs import Job
from innv_gui.cluster.pool import Pool
from innv_gui.datasets.small import SIDE
from innv_gui.records import ImageRef
from innv_gui.session.datasets import Dataset
from innv_gui.session.scoring.work import are_few
from innv_gui.store.files import check_free, private_folder, told
from innv_gui.store.kept_files import Damaged, read_record, write_record

ROWS = 256
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
        self._looked: set[int] = set()  # parts whose bytes are what was written
        self._pieces: dict[int, dict[int, tuple[np.ndarray, np.ndarray]]] = {}
        self._unsaved = 0  # parts
        self._compared = False  # whether all images were compared with their files since they were opened

    @property
    def shape(self) -> tuple[int, int]:
        """Of the file, as vectors."""
        return self.n, SIDE * SIDE * 3

    def _kept(self) -> dict[int, tuple[int, int]]:
        record = read_record(self.path.with_suffix(".json"), _check)
        size = self.n * SIDE * SIDE * 3
        if record is None or record["n"] != self.n or not self.path.exists() or self.path.stat().st_size != size:
            return {}
        return {int(part): (pixels, files) for part, (pixels, files) in record["checks"].items()}

    @property
    def n_done(self) -> int:
        """Images that have one."""
        with self._lock:
            return min(self.n, len(self._checks) * ROWS)

    def prepare(self) -> None:
        """The file, of its full size."""
        check_free(self.path)
        with told(self.path):
            private_folder(self.path.parent)
            with open(self.path, "ab") as file:
                file.truncate(self.n * SIDE * SIDE * 3)

    def make(self, job: Job) -> None:
        """Make what is missing; the job has one step per image."""
        self.prepare()
        self._forget_changed(job)
        todo = [part for part in range(self._n_parts) if part not in self._checks]
        job.skip(self.n - sum(len(self._rows(part)) for part in todo))
        try:
            for part in todo:
                job.check()
                self._make(part, job)
        finally:
            self._save()

    # -- pictures that come along with scores

    def has(self, rows: np.ndarray) -> np.ndarray:
        """(k,) bool: rows that have a picture."""
        with self._lock:
            return np.isin(np.asarray(rows) // ROWS, list(self._checks))

    def misses(self, start: int, stop: int) -> bool:
        """Whether any of these rows has none yet."""
        with self._lock:
            return any(part not in self._checks for part in range(start // ROWS, (stop - 1) // ROWS + 1))

    def take(self, start: int, pixels: np.ndarray, stamps: np.ndarray) -> None:
        """Keep pictures of rows from `start` on; a part is written once all of its rows are there."""
        stop = start + len(pixels)
        for part in range(start // ROWS, (stop - 1) // ROWS + 1):
            rows = self._rows(part)
            low, high = max(start, rows.start), min(stop, rows.stop)
            pieces = self._pieces.setdefault(part, {})
            pieces[low] = pixels[low - start : high - start], stamps[low - start : high - start]
            if sum(len(one) for one, _ in pieces.values()) >= len(rows):
                whole = [piece for _, piece in sorted(self._pieces.pop(part).items())]
                self._write(part, np.concatenate([one for one, _ in whole]), np.concatenate([two for _, two in whole]))

    def _forget_changed(self, job: Job) -> None:
        """Parts with an image whose file has changed are made again."""
        if self._compared and not are_few(self._dataset):
            return
        for part in sorted(self._checks):
            job.check()
            refs = self._refs(self._rows(part))
            now = self._pool().run("images.stamps", refs, cancelled=job.cancelled, about=self._dataset.name)
            if zlib.crc32(now.tobytes()) != self._checks[part][1]:
                with self._lock:
                    self._checks.pop(part)
                    self._looked.discard(part)
        self._compared = True

    def _refs(self, rows: range) -> list[ImageRef]:
        positions = self._dataset.positions()
        return [self._dataset.collection.ref(int(positions[row])) for row in rows]

    def content(self) -> str:
        """Changes when any picture may have."""
        with self._lock:
            told = repr(sorted((part, files) for part, (_, files) in self._checks.items()))
        return hashlib.sha256(told.encode()).hexdigest()

    def _make(self, part: int, job: Job) -> None:
        rows = self._rows(part)
        asked = (self._refs(rows), SIDE)
        made = self._pool().run("images.small", *asked, cancelled=job.cancelled, about=self._dataset.name)
        self._write(part, made.pixels, made.stamps)
        job.step(len(rows))

    def _write(self, part: int, pixels: np.ndarray, stamps: np.ndarray) -> None:
        content = np.ascontiguousarray(pixels).tobytes()
        with told(self.path), open(self.path, "r+b") as file:  # a full disk ends a write, but kills who maps a file
            file.seek(part * ROWS * SIDE * SIDE * 3)
            file.write(content)
        with self._lock:
            self._checks[part] = zlib.crc32(content), zlib.crc32(np.ascontiguousarray(stamps, np.int64).tobytes())
            self._looked.add(part)
            self._unsaved += 1
        if self._unsaved >= SAVED_EVERY:
            self._save()

    def _rows(self, part: int) -> range:
        return range(part * ROWS, min(self.n, (part + 1) * ROWS))

    def _save(self) -> None:
        with self._lock:
            self._unsaved = 0
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
        good = zlib.crc32(whole[rows.start : rows.stop].tobytes()) == check[0]
        with self._lock:
            if good:
                self._looked.add(part)
            else:
                self._checks.pop(part, None)
        return good


def _check(record: dict) -> None:
    if not isinstance(record["n"], int) or not isinstance(record["checks"], dict):
        raise Damaged
    for part, (pixels, files) in record["checks"].items():
        if not 0 <= int(part) <= record["n"] // ROWS or not isinstance(pixels, int) or not isinstance(files, int):
            raise Damaged
