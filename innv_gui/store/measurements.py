"""Kept measurements of explanations: a few numbers per image, model, method and metric, by what went into them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from innv_gui.store.kept_files import read_record, write_record


class MeasurementStore:
    """One small JSON record each, with a checksum; a damaged one is as if it were not there."""

    def __init__(self, folder: Path):
        self._folder = Path(folder)

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key[2:]}.json"

    def put(self, key: str, record: dict[str, Any]) -> None:
        """Keep it, atomically."""
        write_record(self._path(key), record)

    def get(self, key: str, check: Callable[[dict[str, Any]], object]) -> dict[str, Any] | None:
        """The record, or None. check: raises for what is no such record."""
        return read_record(self._path(key), check)
