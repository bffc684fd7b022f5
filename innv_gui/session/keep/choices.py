"""What a person chose for a model's file, kept in the workspace by its content: there again at the next start."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from pathlib import Path

from innv_gui.class_names import class_names
from innv_gui.errors import InnvError, StorageFailed
from innv_gui.preprocessing import parse
from innv_gui.records import LabelClass, ModelSource, Preprocessing
from innv_gui.store.kept_files import Damaged, read_record, write_record

FIELDS = {"preprocessing", "class_names", "labels_by_hand"}
_log = logging.getLogger("innv_gui.store")


@dataclass(frozen=True)
class Choice:
    """None where nothing was chosen. class_names: empty where a person wants numbers."""

    preprocessing: Preprocessing | None = None
    class_names: tuple[str, ...] | None = None
    labels_by_hand: tuple[LabelClass, ...] = ()


class Choices:
    """One small file for each model file and output.

    A file that is opened again gets what was kept when this session began: so the same file can be opened twice, to
    compare two rules, and a model that is removed and added again is as its file tells.
    """

    def __init__(self, folder: Path):
        self._folder = Path(folder)
        self._at_start: dict[Path, Choice] = {}
        self._lock = threading.Lock()

    def of(self, source: ModelSource) -> Choice:
        """What was chosen before this session; of a damaged file nothing, and the log says so."""
        with self._lock:
            return self._first(self._path(source)) if source.sha256 else Choice()

    def keep(self, source: ModelSource, **plain) -> None:
        """Keep FIELDS as plain values beside what was chosen before; None takes one back.

        What cannot be written holds as long as this session does, and the log says so.
        """
        if not source.sha256:
            return
        path = self._path(source)
        with self._lock:
            self._first(path)
            record = {name: value for name, value in ((_read(path) or {}) | plain).items() if value is not None}
            try:
                write_record(path, record)
            except StorageFailed as error:
                _log.warning("What was chosen for a model is not kept: %s", error)

    def _first(self, path: Path) -> Choice:
        if path not in self._at_start:
            self._at_start[path] = _choice(_read(path) or {})
        return self._at_start[path]

    def _path(self, source: ModelSource) -> Path:
        """A separate output has separate classes."""
        return self._folder / f"{source.sha256}{'' if source.output is None else f'-{source.output}'}.json"


def _read(path: Path) -> dict | None:
    return read_record(path, _check)


def _check(record: dict) -> None:
    """Raises ValueError, or what else changed values raise."""
    try:
        _choice(record)
    except InnvError as error:
        raise Damaged(error.message) from error


def _choice(record: dict) -> Choice:
    if not set(record) <= FIELDS:
        raise Damaged
    names, labels = record.get("class_names"), record.get("labels_by_hand")
    if not all(one is None or isinstance(one, list) for one in (names, labels)):
        raise Damaged
    rule = parse(record["preprocessing"]) if "preprocessing" in record else None
    return Choice(rule, tuple(names and class_names(names)) if names is not None else None, _labels(labels or []))


def _labels(listed: list) -> tuple[LabelClass, ...]:
    labels = tuple(LabelClass(**one) for one in listed)
    for one in labels:
        is_index = isinstance(one.class_, int) and not isinstance(one.class_, bool) and one.class_ >= 0
        if not (is_index and isinstance(one.dataset, str) and isinstance(one.label, str)):
            raise Damaged
    return labels
