"""One scoring job at work: what is kept is checked, the rest goes to the workers in chunks and comes back as parts."""

from __future__ import annotations

import errno
import threading
from collections import Counter, defaultdict
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np

from innv_gui.cluster.jobs import Job
from innv_gui.cluster.pool import Pool
from innv_gui.datasets import is_address
from innv_gui.errors import StorageFailed, WorkFailed
from innv_gui.records import ImageRef, Model, ScoredImages, ScoreWish, Votes
from innv_gui.session.datasets import Dataset
from innv_gui.session.scoring.columns import columns_of, label_classes, relabelled
from innv_gui.session.scoring.nothing import nothing_scored
from innv_gui.session.scoring.plan import Cutter, Stretch, groups, stretches
from innv_gui.session.scoring.tasks import Asking, joined_votes
from innv_gui.store.score_adoption import adopt
from innv_gui.store.score_parts import ScoreFolder, remove_rests

MOST_AT_ONCE = 64  # chunks on their way, when there are as many workers
STAMPED_AT_ONCE = 4096  # images
FEW = 5000  # images on this machine's disks whose files are looked at each time: it takes a tenth of a second
POLL_S = 0.1


@dataclass(frozen=True)
class Scored:
    """What a scoring job leaves behind.

    folders: per model id where its parts are. n_computed: images this time; by_worker: by which worker process.
    """

    folders: dict[str, Path]
    n_images: int
    n_computed: int
    n_problems: int
    by_worker: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ModelParts:
    """One model in a scoring job. class_of: label -> class index."""

    model: Model
    folder: ScoreFolder
    class_of: dict[str, int]

    @property
    def wish(self) -> ScoreWish:
        """What its worker is asked for."""
        return ScoreWish(self.model.source, self.model.preprocessing, self.folder.layers)


def are_few(dataset: Dataset) -> bool:
    """Whether looking at all files of a dataset takes no time that anybody notices."""
    return 0 < len(dataset) <= FEW and not is_address(dataset.collection.ref(0).path)


class Seen:
    """Parts whose images were compared with the disk since their dataset was opened."""

    def __init__(self):
        self._parts: set[tuple[Path, int, int]] = set()
        self._lock = threading.Lock()

    def has(self, folder: ScoreFolder, part: int, opened_ns: int) -> bool:
        """Whether nothing has to be looked at again."""
        with self._lock:
            return (folder.path, part, opened_ns) in self._parts

    def add(self, folder: ScoreFolder, part: int, opened_ns: int) -> None:
        """They were."""
        with self._lock:
            self._parts.add((folder.path, part, opened_ns))


class Squares(Protocol):
    """Who keeps small pictures that come along with scores."""

    def misses(self, start: int, stop: int) -> bool:
        """Whether any of these rows has none yet."""
        ...

    def take(self, start: int, pixels: np.ndarray, stamps: np.ndarray) -> None:
        """Pictures (n, 32, 32, 3) uint8 of rows from `start` on, and the stamps of their files."""
        ...


@dataclass(frozen=True)
class Piece:
    """Rows start <= row < stop of the dataset, as they came back in a chunk that began at `origin`."""

    start: int
    stop: int
    origin: int
    images: ScoredImages

    @property
    def stamps(self) -> np.ndarray:
        """(rows, 2) int64."""
        return self.images.stamps[self.start - self.origin : self.stop - self.origin]

    def scores(self, which: int) -> Votes:
        """Of one model; problems count from this piece's first row."""
        low, high = self.start - self.origin, self.stop - self.origin
        whole = self.images.models[which]
        return Votes(
            whole.probabilities[low:high],
            {name: values[low:high] for name, values in whole.activations.items()},
            {row - low: reason for row, reason in whole.problems.items() if low <= row < high},
        )


class ScoringWork:
    """One scoring job."""

    def __init__(
        self, pool: Pool, parts: list[ModelParts], dataset: Dataset, seen: Seen, squares: Squares | None = None
    ):
        self._squares = squares
        self._pool, self._parts, self._dataset, self._seen = pool, parts, dataset, seen
        self._of = {part.model.id: part for part in parts}
        self._positions = dataset.positions()
        self._opened_ns = dataset.collection.opened_ns
        self._rows_a_part = parts[0].folder.rows_a_part
        self._groups = groups({part.model.id: part.model.facts.n_params for part in parts})
        self._pieces: dict[tuple, list[Piece]] = defaultdict(list)  # of a part under the models of one chunk
        self._by_worker: Counter[str] = Counter()

    @property
    def n_steps(self) -> int:
        """How often an image is looked at: once for every group of models."""
        return len(self._dataset) * len(self._groups)

    def do(self, job: Job) -> Scored:
        """Score what is missing."""
        for parts in self._parts:
            remove_rests(parts.folder.path)
            adopt(parts.folder, partial(relabelled, class_of=parts.class_of))
        todo = self._todo(job)
        self._check_space(todo)
        with ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="chunk") as threads:
            try:
                self._hand_out(Cutter(todo), threads, job)
            except BaseException:
                job.cancelled.set()  # chunks on their way are not worth waiting for any more
                raise
        return self._scored(job)

    # -- what is already scored

    def _todo(self, job: Job) -> list[Stretch]:
        n_parts = self._parts[0].folder.n_parts
        for first in range(0, n_parts, max(1, STAMPED_AT_ONCE // self._rows_a_part)):
            job.check()
            last = min(n_parts, first + max(1, STAMPED_AT_ONCE // self._rows_a_part))
            self._discard_changed(first, last, job)
        missing = {parts.model.id: parts.folder.missing() for parts in self._parts}
        todo = [
            stretch
            for group in self._groups
            for stretch in stretches({model: missing[model] for model in group}, self._rows_a_part, len(self._dataset))
        ]
        job.skip(self.n_steps - sum(stretch.stop - stretch.start for stretch in todo))
        return todo

    def _discard_changed(self, first: int, last: int, job: Job) -> None:
        """Forget the parts of first <= part < last that are damaged, or of an image that has changed since."""
        is_few = are_few(self._dataset)
        kept = [
            (parts.folder, part)
            for parts in self._parts
            for part in range(first, last)
            if parts.folder.is_finished(part) and (is_few or not self._seen.has(parts.folder, part, self._opened_ns))
        ]
        if not kept:
            return
        start = first * self._rows_a_part
        refs = self._refs(start, min(len(self._dataset), last * self._rows_a_part))
        now = self._pool.run("images.stamps", refs, cancelled=job.cancelled, about=self._dataset.name)
        for folder, part in kept:
            rows = folder.rows(part)
            if not folder.is_intact(part) or not _same_files(folder, part, now[rows.start - start : rows.stop - start]):
                folder.discard(part)
            self._seen.add(folder, part, self._opened_ns)

    def _refs(self, start: int, stop: int) -> list[ImageRef]:
        return [self._dataset.collection.ref(int(index)) for index in self._positions[start:stop]]

    def _check_space(self, todo: list[Stretch]) -> None:
        needed = sum(self._bytes(stretch) for stretch in todo)
        free = self._parts[0].folder.free_bytes()
        if needed > free:
            raise self._full(needed, free)

    def _bytes(self, stretch: Stretch) -> int:
        a_row = sum(self._of[model].folder.bytes_a_row() for model in stretch.models)
        return (stretch.stop - stretch.start) * a_row

    def _full(self, needed: int, free: int) -> StorageFailed:
        return StorageFailed(
            f"The disk is full: scoring {self._dataset.name} needs about {_size(needed)} more in the workspace, "
            f"{_size(free)} are free.",
            "Free some space or choose another workspace, then start again: what is scored is kept.",
        )

    # -- the work

    def _hand_out(self, cutter: Cutter, threads: ThreadPoolExecutor, job: Job) -> None:
        running: dict[Future, Stretch] = {}
        back: list[tuple[Stretch, ScoredImages]] = []
        while cutter or running:
            job.check()
            while cutter and len(running) < min(MOST_AT_ONCE, self._pool.capacity("keras")):
                chunk = cutter.next()
                running[threads.submit(self._score, chunk, job)] = chunk
            for chunk, images in back:  # written while the workers are busy with the next
                self._take(chunk, images, job)
            done, _ = wait(running, POLL_S, FIRST_COMPLETED)
            back = [self._done(running.pop(future), future.result(), cutter) for future in done]
        for chunk, images in back:
            self._take(chunk, images, job)

    def _done(self, chunk: Stretch, images: ScoredImages, cutter: Cutter) -> tuple[Stretch, ScoredImages]:
        """What was done of a chunk: less than all of it where the worker made way for somebody."""
        stop = chunk.start + len(images.stamps)
        if stop < chunk.stop:
            cutter.back(Stretch(stop, chunk.stop, chunk.models))
        chunk = Stretch(chunk.start, stop, chunk.models)
        cutter.took(chunk, images.seconds)
        return chunk, images

    def _score(self, chunk: Stretch, job: Job) -> ScoredImages:
        wishes = tuple(self._of[model].wish for model in chunk.models)
        about = ", ".join(self._of[model].model.name for model in chunk.models)
        squares = self._squares is not None and self._squares.misses(chunk.start, chunk.stop)
        asking = Asking(self._pool, wishes, self._opened_ns, about, job.cancelled, squares)
        return asking.score(self._refs(chunk.start, chunk.stop))

    def _take(self, chunk: Stretch, images: ScoredImages, job: Job) -> None:
        """Keep what came back; a part that is complete is written."""
        size = self._rows_a_part
        for part in range(chunk.start // size, (chunk.stop - 1) // size + 1):
            start, stop = max(chunk.start, part * size), min(chunk.stop, (part + 1) * size)
            pieces = self._pieces[part, chunk.models]
            pieces.append(Piece(start, stop, chunk.start, images))
            have = sum(piece.stop - piece.start for piece in pieces)
            if have == min(len(self._dataset), (part + 1) * size) - part * size:
                pieces = sorted(self._pieces.pop((part, chunk.models)), key=lambda piece: piece.start)
                self._write(part, chunk.models, pieces, job)
        if self._squares is not None and images.squares is not None:
            self._squares.take(chunk.start, images.squares, images.stamps)
        self._by_worker[images.worker] += chunk.stop - chunk.start
        job.step(chunk.stop - chunk.start)

    def _write(self, part: int, models: tuple[str, ...], pieces: list[Piece], job: Job) -> None:
        refs = self._refs(pieces[0].start, pieces[-1].stop)
        stamps = np.concatenate([piece.stamps for piece in pieces])
        for which, model in enumerate(models):
            scores = joined_votes([piece.scores(which) for piece in pieces])
            parts = self._of[model]
            columns = self._columns(pieces[0].start, refs, stamps, scores, parts)
            try:
                parts.folder.write(part, columns, scores.activations)
            except WorkFailed as error:
                raise self._told(error, job) from error
            self._seen.add(parts.folder, part, self._opened_ns)

    def _columns(self, start: int, refs: list[ImageRef], stamps, scores: Votes, parts: ModelParts) -> dict:
        labels = [ref.label for ref in refs]
        classes = label_classes(labels, parts.class_of)
        return {
            "index": np.asarray(self._positions[start : start + len(refs)], np.int64),
            "problem": [scores.problems.get(row) for row in range(len(refs))],
            "name": [ref.name for ref in refs],
            "label": labels,
            "label_class": classes,
            **columns_of(scores.probabilities, classes),
            "file_bytes": stamps[:, 0],
            "file_time_ns": stamps[:, 1],
        }

    def _told(self, error: WorkFailed, job: Job) -> WorkFailed:
        """A disk that fills up while we write: with what is needed and what is there."""
        cause = error.__cause__
        if not isinstance(cause, OSError) or cause.errno not in (errno.ENOSPC, errno.EDQUOT):
            return error
        a_row = sum(parts.folder.bytes_a_row() for parts in self._parts)
        return self._full((self.n_steps - job.done) * a_row // len(self._groups), self._parts[0].folder.free_bytes())

    # -- the end

    def _scored(self, job: Job) -> Scored:
        n, bad = len(self._dataset), 0
        for part in range(self._parts[0].folder.n_parts):
            columns = [parts.folder.column(part, "problem")[0] for parts in self._parts]
            rows = np.any([[text is not None for text in column] for column in columns], axis=0)
            bad += int(rows.sum())
        if bad == n:
            raise nothing_scored(self._dataset.name, [(parts.model.name, parts.folder) for parts in self._parts])
        if bad:
            job.message = f"{bad:,} of {n:,} images could not be used."
        folders = {parts.model.id: parts.folder.path for parts in self._parts}
        return Scored(folders, n, self._by_worker.total(), bad, dict(self._by_worker))


def _same_files(folder: ScoreFolder, part: int, now: np.ndarray) -> bool:
    """Whether the images of a part are those that were scored. now: (rows, 2) bytes and time of each file."""
    return np.array_equal(np.stack(folder.column(part, "file_bytes", "file_time_ns"), axis=1), now)


def _size(n_bytes: float) -> str:
    return f"{n_bytes / 1e9:,.1f} GB" if n_bytes >= 1e9 else f"{n_bytes / 1e6:,.1f} MB"
