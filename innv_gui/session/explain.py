"""The work behind a run: which maps are kept already, which have to be computed, by which worker."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from innv_gui import __version__
from innv_gui.cluster.jobs import Job
from innv_gui.cluster.pool import Pool
from innv_gui.datasets import GONE, stamp
from innv_gui.errors import Cancelled, ImageRefused, InnvError
from innv_gui.health import health
from innv_gui.records import Maps, Model, Prepared, Target, as_plain
from innv_gui.session.request import Item
from innv_gui.session.run import Cell, Run, cell_of
from innv_gui.store.maps import KeptMap, MapStore, key_of

CHUNK = 8  # images a task: small enough for progress, large enough for speed
MODELS_AT_ONCE = 3


class Blueprints:
    """Networks as plain values, held in the keras worker for the innvestigate worker to fetch."""

    def __init__(self, pool: Pool):
        self._pool = pool
        self._futures: dict[tuple, object] = {}
        self._lock = threading.Lock()

    def get(self, model: Model, softmax: bool):
        """A future of the model's Blueprint."""
        key = (model.source, softmax)
        with self._lock:
            future = self._futures.get(key)
            if future is None or future.status in ("error", "cancelled", "lost"):
                future = self._futures[key] = self._pool.submit("keras.blueprint", model.source, softmax)
            return future

    def forget(self, model: Model) -> None:
        """Let go of a model that was removed."""
        with self._lock:
            for key in [key for key in self._futures if key[0] == model.source]:
                self._futures.pop(key).release()


def identity(item: Item) -> list:
    """What makes an image the same as before: its place, size and time of change, or its numbers."""
    if item.row is not None:
        return ["array", list(item.row.shape), hashlib.sha256(np.ascontiguousarray(item.row)).hexdigest()]
    found = stamp(item.ref)
    if found == GONE:
        raise ImageRefused(f"{item.name} is no longer there.", "Open the dataset again.")
    return [item.ref.path, *found, item.ref.key, item.ref.index]


def prepare(pool: Pool, model: Model, items: Sequence[Item], cancelled: threading.Event | None = None) -> Prepared:
    """Decode, resize, preprocess and predict in a worker; rows that are network input already are only predicted."""
    is_array = items[0].row is not None
    refs = None if is_array else tuple(item.ref for item in items)
    arrays = np.stack([item.row for item in items]) if is_array else None
    return pool.run(
        "keras.prepare", model.source, model.preprocessing, refs, arrays, cancelled=cancelled, about=model.name
    )


class ModelWork:
    """All images of one run under one model."""

    def __init__(self, run: Run, model: Model, target: Target, pool: Pool, store: MapStore, blueprints: Blueprints):
        self._run, self._model, self._target = run, model, target
        self._pool, self._store, self._blueprints = pool, store, blueprints
        self._request = run.request

    def key(self, item: Item) -> str:
        """Where this image's map is kept."""
        request, model = self._request, self._model
        source = as_plain(model.source) | {"path": "", "weights": model.source.weights and "w", "trusted": False}
        return key_of(
            __version__,
            source,
            None if item.row is not None else as_plain(model.preprocessing),
            identity(item),
            request.analyzer.name,
            request.params,
            as_plain(self._target),
            request.engine,
            request.unchecked,
        )

    def do(self, job: Job) -> None:
        """Find what is kept, compute the rest."""
        todo = [position for position in range(len(self._run.items)) if not self._find(position, job)]
        for start in range(0, len(todo), CHUNK):
            job.check()
            self._chunk(todo[start : start + CHUNK], job)

    def _find(self, position: int, job: Job) -> bool:
        job.check()
        try:
            key = self.key(self._run.items[position])
        except ImageRefused as error:
            return self._failed(position, error, job)
        kept = self._store.get(key)
        if kept is None:
            return False
        self._run.put(self._model, position, cell_of(key, kept, cached=True))
        job.step()
        return True

    def _failed(self, position: int, error: ImageRefused, job: Job) -> bool:
        self._run.put(self._model, position, Cell("failed", error=error))
        job.step()
        return True

    def _chunk(self, positions: list[int], job: Job) -> None:
        try:
            prepared = self._prepare(positions, job)
        except ImageRefused as error:
            if len(positions) == 1:
                self._failed(positions[0], error, job)
                return
            for position in positions:
                self._chunk([position], job)
            return
        self._keep(positions, prepared, self._maps(prepared, job), job)

    def _prepare(self, positions: list[int], job: Job) -> Prepared:
        items = [self._run.items[position] for position in positions]
        return prepare(self._pool, self._model, items, job.cancelled)

    def _maps(self, prepared: Prepared, job: Job) -> Maps:
        request, model = self._request, self._model
        what = (request.analyzer.name, request.params, self._target)
        more = {"cancelled": job.cancelled, "about": f"{model.name} with {request.analyzer.name}"}
        if request.engine == "native":
            return self._pool.run(
                "keras.explain", model.source, prepared.x, *what, request.unchecked, prepared.probabilities, **more
            )
        blueprint = self._blueprints.get(model, self._target.softmax)
        return self._pool.run(
            "innvestigate.explain",
            blueprint,
            prepared.x,
            *what,
            request.unchecked,
            prepared.probabilities,
            prepared.scores,
            **more,
        )

    def _keep(self, positions: list[int], prepared: Prepared, maps: Maps, job: Job) -> None:
        job.check()
        for row, position in enumerate(positions):
            key = self.key(self._run.items[position])
            kept = self._kept(row, len(positions), prepared, maps)
            self._store.put(key, kept)
            self._run.put(self._model, position, cell_of(key, kept, cached=False))
            job.step()

    def _kept(self, row: int, count: int, prepared: Prepared, maps: Maps) -> KeptMap:
        targets = np.asarray(maps.targets[row], np.int64)
        scores = prepared.probabilities if self._target.softmax else prepared.scores
        activations = maps.activations[row] if maps.activations is not None else scores[row][targets]
        facts = [
            fact
            for values, activation in zip(maps.values[row], activations, strict=True)
            for fact in health(values, float(activation), self._request.analyzer, self._target.softmax)
        ]
        return KeptMap(
            values=np.asarray(maps.values[row], np.float32),
            targets=targets,
            activations=np.asarray(activations, np.float32),
            scores=prepared.scores[row],
            probabilities=prepared.probabilities[row],
            x=prepared.x[row],
            engine=maps.engine,
            seconds=maps.seconds / count,
            health=tuple((fact.level, fact.text, fact.reason) for fact in dict.fromkeys(facts)),
            notes=(*prepared.notes, *(prepared.image_notes[row] if prepared.image_notes else ()), *maps.notes),
        )


def explain(run: Run, pool: Pool, store: MapStore, blueprints: Blueprints, job: Job) -> Run:
    """Do a run: several models at a time, a model that fails does not stop the others."""
    started = time.monotonic()
    works = [
        ModelWork(run, model, target, pool, store, blueprints)
        for model, target in zip(run.models, run.request.targets, strict=True)
    ]
    with ThreadPoolExecutor(min(MODELS_AT_ONCE, len(works)), thread_name_prefix="model") as threads:
        outcomes = [threads.submit(_one, run, model, work, job) for model, work in zip(run.models, works, strict=True)]
        for outcome in outcomes:
            outcome.result()
    run.seconds = time.monotonic() - started
    job.check()
    job.message = _summary(run)
    run.raise_if_nothing()
    return run


def _one(run: Run, model: Model, work: ModelWork, job: Job) -> None:
    try:
        work.do(job)
    except Cancelled:
        return
    except InnvError as error:
        run.fail(model, error)


def _summary(run: Run) -> str:
    parts = []
    if run.failures:
        parts.append(f"{len(run.failures)} of {len(run.models)} models failed.")
    if run.problems:
        parts.append(f"{len(run.problems)} of {len(run.items)} images could not be used.")
    return " ".join(parts)
