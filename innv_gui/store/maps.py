"""Kept maps: the relevance of one image under one model, method and target, found again by what went into it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from innv_gui.store.files import written
from innv_gui.store.kept_files import Damaged, sound

FORMAT = 2
ARRAYS = ("values", "targets", "activations", "scores", "probabilities", "x")
NDIMS = {"values": 4, "targets": 1, "activations": 1, "scores": 1, "probabilities": 1, "x": 3}
FACTS = ("engine", "seconds", "health", "notes", "image_size")
MEMORY_BYTES, MEMORY_MAPS = 64 << 20, 100  # what a page has just asked for; a map is read from disk in milliseconds
DISK_BYTES = 8 << 30


@dataclass(frozen=True)
class KeptMap:
    """values (T, H, W, C) float32; targets (T,) int64; activations (T,), scores (K,), probabilities (K,) float32.

    x is the network input (H, W, C) float32.
    """

    values: np.ndarray = field(compare=False)
    targets: np.ndarray = field(compare=False)
    activations: np.ndarray = field(compare=False)
    scores: np.ndarray = field(compare=False)
    probabilities: np.ndarray = field(compare=False)
    x: np.ndarray = field(compare=False)
    engine: str = "native"
    seconds: float = 0.0
    health: tuple[tuple[str, str, str], ...] = ()
    notes: tuple[str, ...] = ()
    image_size: tuple[int, int] | None = None  # (height, width) of the image file in pixels; None for an array

    @property
    def n_bytes(self) -> int:
        """Memory it takes, near enough."""
        return self.values.nbytes + self.x.nbytes + self.scores.nbytes + self.probabilities.nbytes


def key_of(*parts) -> str:
    """A name for a map from everything that determines it (anything JSON can say)."""
    text = json.dumps([FORMAT, *parts], sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


class MapStore:
    """Maps on disk by key, the latest also in memory. Old ones go when the disk share is used up."""

    def __init__(self, folder: Path, disk_bytes: int = DISK_BYTES):
        self._folder = Path(folder)
        self._disk_bytes = disk_bytes
        self._recent: OrderedDict[str, KeptMap] = OrderedDict()
        self._recent_bytes = 0
        self._lock = threading.Lock()
        self._disk_used = self._prune()

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key[2:]}.npz"

    def put(self, key: str, kept: KeptMap, remember: bool = True) -> None:
        """Keep a map; remember: in memory, too, because it will soon be looked at."""
        path = self._path(key)
        with written(path) as temporary, open(temporary, "wb") as file:
            np.savez(file, **_arrays(kept))
        with self._lock:
            if remember:
                self._remember(key, kept)
            self._disk_used += path.stat().st_size
            if self._disk_used > self._disk_bytes:
                self._disk_used = self._prune()

    def has(self, key: str) -> bool:
        """Whether a map of this key is kept."""
        return self._path(key).exists()

    def get(self, key: str, remember: bool = True) -> KeptMap | None:
        """The map of this key, or None."""
        with self._lock:
            if key in self._recent:
                self._recent.move_to_end(key)
                return self._recent[key]
        kept = _read(self._path(key))
        if kept is not None and remember:
            with self._lock:
                self._remember(key, kept)
        return kept

    def forget(self, keys: Iterable[str]) -> None:
        """Drop maps, so that they are computed again when next asked for."""
        for key in keys:
            with self._lock:
                old = self._recent.pop(key, None)
                self._recent_bytes -= old.n_bytes if old else 0
            self._path(key).unlink(missing_ok=True)

    def _remember(self, key: str, kept: KeptMap) -> None:
        if key not in self._recent:
            self._recent_bytes += kept.n_bytes
        self._recent[key] = kept
        while len(self._recent) > 1 and (self._recent_bytes > MEMORY_BYTES or len(self._recent) > MEMORY_MAPS):
            _, old = self._recent.popitem(last=False)
            self._recent_bytes -= old.n_bytes

    def _prune(self) -> int:
        used = 0
        for _, size, path in sorted(self._files(), reverse=True):
            used += size
            if used > self._disk_bytes * 0.9:
                with contextlib.suppress(OSError):  # a folder, for instance
                    path.unlink(missing_ok=True)
                used -= size
        return used

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        """(time of change, bytes, path) of what lies where maps are; a link that leads nowhere is none."""
        for path in self._folder.glob("*/*.npz"):
            with contextlib.suppress(OSError):
                state = path.lstat()
                yield state.st_mtime, state.st_size, path


def _arrays(kept: KeptMap) -> dict[str, np.ndarray]:
    facts = {name: getattr(kept, name) for name in FACTS}
    arrays = {name: getattr(kept, name) for name in ARRAYS}
    return {**arrays, "facts": np.frombuffer(json.dumps(facts).encode(), np.uint8)}


def _read(path: Path) -> KeptMap | None:
    """None where there is none; one that is damaged goes, so that it is computed again."""
    return sound(path, _whole, lambda: path.unlink(missing_ok=True))


def _whole(path: Path) -> KeptMap:
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    facts = json.loads(arrays.pop("facts").tobytes())
    _check(arrays, facts)
    health = tuple(tuple(item) for item in facts.pop("health"))
    size = facts.pop("image_size")
    return KeptMap(
        **arrays,
        **{**facts, "health": health, "notes": tuple(facts["notes"]), "image_size": tuple(size) if size else None},
    )


def _check(arrays: dict[str, np.ndarray], facts: dict) -> None:
    """That names, types and shapes are those of a map; raises Damaged."""
    whole = set(arrays) == set(ARRAYS) and set(facts) == set(FACTS)
    if not whole or any(arrays[name].ndim != n for name, n in NDIMS.items()):
        raise Damaged
    if any(arrays[name].dtype.kind != ("i" if name == "targets" else "f") for name in ARRAYS):
        raise Damaged
    n_targets = {len(arrays[name]) for name in ("values", "targets", "activations")}
    if len(n_targets) != 1 or len(arrays["scores"]) != len(arrays["probabilities"]):
        raise Damaged
    if not isinstance(facts["seconds"], int | float) or not all(len(item) == 3 for item in facts["health"]):
        raise Damaged
