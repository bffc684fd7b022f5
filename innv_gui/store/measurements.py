"""Kept measurements of explanations: a few numbers per image, model, method and metric, by what went into them.

The latest are also in memory: a table that is looked at again asks for thousands of them.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from innv_gui.store.kept_files import read_record, write_record

MEMORY_RECORDS = 10_000


class MeasurementStore:
    """One small JSON record each, with a checksum; a damaged one is as if it were not there."""

    def __init__(self, folder: Path):
        self._folder = Path(folder)
        self._recent: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key[2:]}.json"

    def put(self, key: str, record: dict[str, Any]) -> None:
        """Keep it, atomically."""
        write_record(self._path(key), record)
        self._remember(key, record)

    def get(self, key: str, check: Callable[[dict[str, Any]], object]) -> dict[str, Any] | None:
        """The record, or None. check: raises for what is no such record."""
        with self._lock:
            if key in self._recent:
                self._recent.move_to_end(key)
                return self._recent[key]
        record = read_record(self._path(key), check)
        if record is not None:
            self._remember(key, record)
        return record

    def _remember(self, key: str, record: dict[str, Any]) -> None:
        with self._lock:
            self._recent[key] = record
            self._recent.move_to_end(key)
            while len(self._recent) > MEMORY_RECORDS:
                self._recent.popitem(last=False)
