"""What opening a model may cost: estimated before anything is made, and watched while it is made.

The estimate refuses with a sentence. What it did not foresee ends the worker's process, because nothing else stops a
computation in TensorFlow or gives all of its memory back; a note beside it lets the next process refuse the same file.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from innv_gui.errors import ModelRefused
from innv_gui.records import SCRATCH, Budget, ModelSource

OVER_BUDGET = 75  # exit code
LOOK_S = 0.05
SLACK = 2**30  # bytes that any file may cost
SLACK_S = 10.0  # seconds of processor time, likewise
FACTOR = 3  # by how much an estimate may be wrong
LAYER_S = 0.015  # of processor time to build, join and trace one layer; measured: 0.01
BYTES_A_SECOND = 5e7  # to hash, unpack, draw and copy; several times as many where nothing else runs
COPIES = 2  # of weights: in the file's bytes, and in the network
INITIALIZED = 3  # copies while random weights are drawn
ORTHOGONAL = 18  # the same for an orthogonal matrix, measured with 4000 x 4000
ORTHOGONAL_FLOPS = 5e9  # a second, of its decomposition


def check_memory(budget: Budget, needing: str, needed: float) -> None:
    """needing: "net.keras needs"; needed: bytes. Raises ModelRefused with both and the limit."""
    if needed > budget.memory:
        raise ModelRefused(
            f"{needing} {in_gb(needed)} of memory to open; the limit is {in_gb(budget.memory)}.",
            f"--most-memory {math.ceil(needed / 2**30)} raises it (in GB), where this machine has that much.",
        )


def check_seconds(budget: Budget, file: str, seconds: float, why: str) -> None:
    """seconds: of processor time. Raises ModelRefused."""
    if seconds > budget.seconds:
        raise ModelRefused(
            f"{file} {why} and takes about {seconds:,.0f} s to open; the limit is {budget.seconds:,.0f} s.",
            f"--most-seconds {math.ceil(seconds)} raises it.",
        )


def check_layers(budget: Budget, file: str, n_layers: int) -> None:
    """Before they are built, by their number."""
    check_seconds(budget, file, n_layers * LAYER_S, f"has {n_layers:,} layers")


def check_weights(budget: Budget, file: str, variables: list, drawn: bool) -> float:
    """Of a network that has no weights yet; drawn: they will be random. Returns the bytes that it will need."""
    sizes = [math.prod(one.shape) * _item_size(one) for one in variables]
    copies = [_copies(one) if drawn else COPIES for one in variables]
    needed = sum(size * times for size, times in zip(sizes, copies, strict=True))
    count = sum(math.prod(one.shape) for one in variables)
    check_memory(budget, f"{file}: its {count:,} parameters need", needed)
    if drawn:
        seconds = sum(_orthogonal_s(one.shape) for one in variables if _is_orthogonal(one))
        check_seconds(budget, file, seconds, "draws orthogonal matrices")
    return needed


def in_gb(n_bytes: float) -> str:
    """With one digit where that says something."""
    return f"{n_bytes / 2**30:,.1f}".removesuffix(".0") + " GB"


def _item_size(variable) -> int:
    return {"16": 2, "t8": 1, "64": 8}.get(str(variable.dtype)[-2:], 4)


def _is_orthogonal(variable) -> bool:
    return "Orthogonal" in type(variable._initializer).__name__


def _copies(variable) -> int:
    return ORTHOGONAL if _is_orthogonal(variable) else INITIALIZED


def _orthogonal_s(shape) -> float:
    rows, columns = math.prod(shape[:-1]), shape[-1]
    return 4 * max(rows, columns) * min(rows, columns) ** 2 / ORTHOGONAL_FLOPS


class Watch:
    """What a load has cost so far against what it may; `allow` once more is known about it."""

    def __init__(self, source: ModelSource, shown: str, note: Path, n_bytes: int):
        """n_bytes: of the files that are read. A trusted file's own code may take its time."""
        self._budget, self._shown, self._note = source.budget, shown, note
        self._trusted, self._n_bytes, self._n_layers = source.trusted, n_bytes, 0
        self._ended = threading.Event()
        self.memory, self.seconds = float(source.budget.memory), math.inf
        self.allow()

    def allow(self, n_layers: int = 0, needed: float = 0) -> None:
        """What is expected: layers to build, and bytes to fill."""
        if self._trusted:
            return
        self._n_layers = max(self._n_layers, n_layers)
        n_bytes = max(COPIES * self._n_bytes, needed)
        self.memory = max(SLACK, min(self._budget.memory, SLACK + FACTOR * n_bytes))
        expected_s = FACTOR * self._n_layers * LAYER_S + (self._n_bytes + needed) / BYTES_A_SECOND
        self.seconds = SLACK_S + min(expected_s, self._budget.seconds)

    def run(self) -> None:
        """Looks until the load has ended."""
        process = psutil.Process()
        memory, seconds = process.memory_info().rss, time.process_time()
        while not self._ended.wait(LOOK_S):
            grown, spent = process.memory_info().rss - memory, time.process_time() - seconds
            if grown > self.memory:
                self._end(f"needs more than {in_gb(self.memory)} of memory to open, more than its size explains.")
            if spent > self.seconds:
                self._end(f"takes more than {self.seconds:.0f} s of computing to open, more than its size explains.")

    def _end(self, what: str) -> None:
        try:
            self._note.parent.mkdir(parents=True, exist_ok=True)
            self._note.write_text(f"{self._shown} {what}")
        finally:
            os._exit(OVER_BUDGET)

    def close(self) -> None:
        """The load has finished."""
        self._ended.set()


def _size_of(source: ModelSource) -> int:
    """Bytes of the files that are read."""
    paths = [Path(path) for path in (source.path, source.weights) if path and path != "random"]
    files = [file for path in paths for file in (path.rglob("*") if path.is_dir() else [path])]
    return sum(file.stat().st_size for file in files if file.is_file())


@contextlib.contextmanager
def watched(source: ModelSource, shown: str, key: tuple) -> Iterator[Watch]:
    """Ends this process when the block costs too much; only a worker, which is started again. key: of the content."""
    scratch = os.environ.get(SCRATCH, "")
    note = Path(scratch, f"over-budget-{hashlib.sha256(repr(key).encode()).hexdigest()[:20]}.txt")
    if scratch:
        _refuse_what_ended_the_last(note)
    watch = Watch(source, shown, note, _size_of(source) if scratch else 0)
    if scratch:
        threading.Thread(target=watch.run, daemon=True, name="budget").start()
    try:
        yield watch
    finally:
        watch.close()


def _refuse_what_ended_the_last(note: Path) -> None:
    """Once: who asks again may have more memory by then."""
    with contextlib.suppress(FileNotFoundError):
        text = note.read_text()
        note.unlink()
        raise ModelRefused(
            text, "Loading was stopped and its memory freed; a file you trust (--trust SHA256) may take longer."
        )
