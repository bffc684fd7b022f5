"""The fits of a workspace: each by the content of its model and of its images, the newest of a model is in use."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from innv_gui.analyzers.declaration import Analyzer
from innv_gui.cluster.jobs import Job, Jobs
from innv_gui.cluster.pool import Pool
from innv_gui.datasets import stamp
from innv_gui.errors import BadInput
from innv_gui.records import Fit, Model, as_plain, replace
from innv_gui.session.datasets import Dataset
from innv_gui.session.explain.request import Request
from innv_gui.session.model_sources import hooks_hash
from innv_gui.session.patterns import fitting
from innv_gui.session.scoring.scoring import dataset_key
from innv_gui.session.trust.request import TrustRequest
from innv_gui.store.kept_files import Damaged, read_record, sound, write_record

VERSION = 1  # to be raised with any change to what a pattern is
LINE = "patterns"  # jobs of one line run one after the other
ABOUT = "about.json"
KINDS = {"sha256": str, "dataset": str} | dict.fromkeys(
    ("n_images", "n_layers", "n_neurons", "n_without", "n_problems"), int
)

Asked = TypeVar("Asked", Request, TrustRequest)


class Patterns:
    """One folder per model, in it one per set of images; a model is what its numbers depend on."""

    def __init__(self, pool: Callable[[], Pool], jobs: Jobs, folder: Path, is_open: Callable[[Model], bool]):
        """is_open: whether a model is still among those of the session."""
        self._pool, self._jobs, self._folder, self._is_open = pool, jobs, Path(folder), is_open

    def of(self, model: Model) -> Fit | None:
        """The fit that is in use for a model as it is now: the newest; None without one."""
        folder = self._folder / _model_key(model)
        newest = sorted(folder.glob(f"*/{ABOUT}"), key=_changed, reverse=True)
        return next((fit for fit in map(_read, newest) if fit is not None), None)

    def given(self, request: Asked, methods: Iterable[Analyzer]) -> Asked:
        """A request, which has models, with the fit in use for each of them, where one of its methods needs that."""
        if not any(method.fitted for method in methods):
            return request
        return replace(request, models=tuple(replace(model, fit=self.of(model)) for model in request.models))

    def start(self, model: Model, dataset: Dataset) -> Job:
        """Begin to fit, or go on where an earlier try ended; the job's result is the Fit. A kept one is taken."""
        if not isinstance(dataset, Dataset):
            raise BadInput("Expected a dataset, or the path of one.", "Open it with add_dataset.", "dataset")
        if len(dataset) < fitting.FEWEST:
            raise BadInput(f"Patterns need at least {fitting.FEWEST} images; got {len(dataset)}.", field="dataset")
        pool = self._pool()
        pool.start("keras")
        title, work = f"Fitting patterns of {model.name}", lambda job: self._fitted(model, dataset, pool, job)
        return self._jobs.start("patterns", title, work, len(dataset), "images", line=LINE)

    def _fitted(self, model: Model, dataset: Dataset, pool: Pool, job: Job) -> Fit:
        folder = self._folder / _model_key(model) / _images_key(dataset)
        known = _read(folder / ABOUT)
        if known is None or not _is_whole(folder / fitting.PATTERNS):
            known = fitting.fit(model, dataset, folder, pool, job, self._is_open)
            write_record(folder / ABOUT, {name: getattr(known, name) for name in KINDS})
        else:
            job.skip(len(dataset))
            os.utime(folder / ABOUT)  # in use from now on
        job.message = fitting.summary(known)
        return known


def _changed(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.stat().st_mtime_ns
    return 0


def _read(about: Path) -> Fit | None:
    """None where there is none, or where its files are not what was written."""
    record = read_record(about, _check)
    if record is None or not (about.parent / fitting.PATTERNS).is_file():
        return None
    return Fit(folder=str(about.parent), **record)


def _is_whole(patterns: Path) -> bool:
    """Looked at before a kept fit is taken for a new one; a method that cannot read it says so."""

    def read(path: Path) -> bool:
        with zipfile.ZipFile(path) as stored:
            if stored.testzip() is not None:
                raise Damaged
        return True

    return bool(sound(patterns, read))


def _check(record: dict) -> None:
    right = set(record) == set(KINDS) and all(type(record[name]) is kind for name, kind in KINDS.items())
    if not right:
        raise Damaged


def _model_key(model: Model) -> str:
    """Changes with anything that changes a layer's values: content, output, preprocessing, hooks."""
    source = model.source
    parts = [VERSION, source.sha256, source.output, source.outputs, as_plain(model.preprocessing)]
    return _hash([*parts, hooks_hash(source.hooks)])


def _images_key(dataset: Dataset) -> str:
    """Changes with the images, their order and their files."""
    stamps = hashlib.sha256()
    for ref in dataset:
        stamps.update(repr(stamp(ref)).encode())
    return _hash([dataset_key(dataset), stamps.hexdigest()])


def _hash(parts: list) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:20]
