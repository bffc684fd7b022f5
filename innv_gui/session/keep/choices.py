"""What a person chose for a model's file, kept in the workspace by its content: there again at the next start."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from innv_gui.class_names import class_names
from innv_gui.errors import InnvError, StorageFailed
from innv_gui.preprocessing import parse
from innv_gui.records import OUTPUT_KINDS, LabelClass, ModelSource, Preprocessing, as_plain
from innv_gui.store.kept_files import Damaged, read_record, write_record

FIELDS = {"preprocessing", "class_names", "outputs", "labels_by_hand", "labels_taken_back"}
_log = logging.getLogger("innv_gui.store")


@dataclass(frozen=True)
class Choice:
    """None where nothing was chosen. class_names: empty where a person wants numbers.

    labels_taken_back: (dataset, label) of those that were mapped once and are no longer.
    """

    preprocessing: Preprocessing | None = None
    class_names: tuple[str, ...] | None = None
    outputs: str | None = None
    labels_by_hand: tuple[LabelClass, ...] = ()
    labels_taken_back: frozenset[tuple[str, str]] = frozenset()

    def labels_with(self, others: Sequence[LabelClass]) -> tuple[LabelClass, ...]:
        """The labels by hand, and those of another source, of an earlier run's record, of which nothing is kept."""
        known = {_key(one) for one in self.labels_by_hand} | self.labels_taken_back
        return (*self.labels_by_hand, *(one for one in others if _key(one) not in known))


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

    def now(self, source: ModelSource) -> Choice:
        """What has been chosen by now, in this session, too."""
        with self._lock:
            return _choice(_read(self._path(source)) or {}) if source.sha256 else Choice()

    def keep(self, source: ModelSource, **plain) -> None:
        """Keep FIELDS as plain values beside what was chosen before; None takes one back.

        What cannot be written holds as long as this session does, and the log says so.
        """
        self._keep(source, lambda _: plain)

    def keep_labels(self, source: ModelSource, before: Sequence[LabelClass], now: Sequence[LabelClass]) -> None:
        """Keep what changed among a model's labels by hand; what is kept of others stays, of other datasets, too."""
        gone = {_key(one) for one in before} - {_key(one) for one in now}
        changed = {_key(one): one for one in now if one not in before}

        def plain(kept: Choice) -> dict:
            labels = {_key(one): one for one in kept.labels_by_hand if _key(one) not in gone} | changed
            taken_back = (kept.labels_taken_back | gone) - set(labels)
            return {
                "labels_by_hand": [as_plain(one) for one in labels.values()] or None,
                "labels_taken_back": sorted(map(list, taken_back)) or None,
            }

        self._keep(source, plain)

    def _keep(self, source: ModelSource, plain: Callable[[Choice], dict]) -> None:
        if not source.sha256:
            return
        path = self._path(source)
        with self._lock:
            self._first(path)
            kept = _read(path) or {}
            record = {name: value for name, value in (kept | plain(_choice(kept))).items() if value is not None}
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
    names, outputs = record.get("class_names"), record.get("outputs")
    lists = (names, record.get("labels_by_hand"), record.get("labels_taken_back"))
    if not all(one is None or isinstance(one, list) for one in lists) or outputs not in (None, *OUTPUT_KINDS):
        raise Damaged
    rule = parse(record["preprocessing"]) if "preprocessing" in record else None
    given = tuple(names and class_names(names)) if names is not None else None
    _, by_hand, taken_back = lists
    return Choice(rule, given, outputs, _labels(by_hand or []), _keys(taken_back or []))


def _labels(listed: list) -> tuple[LabelClass, ...]:
    labels = tuple(LabelClass(**one) for one in listed)
    for one in labels:
        is_index = isinstance(one.class_, int) and not isinstance(one.class_, bool) and one.class_ >= 0
        if not (is_index and isinstance(one.dataset, str) and isinstance(one.label, str)):
            raise Damaged
    return labels


def _keys(listed: list) -> frozenset[tuple[str, str]]:
    if not all(len(pair) == 2 and all(isinstance(text, str) for text in pair) for pair in listed):
        raise Damaged
    return frozenset((dataset, label) for dataset, label in listed)


def _key(one: LabelClass) -> tuple[str, str]:
    return one.dataset, one.label
