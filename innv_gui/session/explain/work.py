"""The work behind a run: which maps are kept already, which have to be computed, by which worker."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from innv_gui import analyzers
from innv_gui.cluster.jobs import Job
from innv_gui.cluster.pool import Pool
from innv_gui.errors import AnalyzerRefused, Cancelled, ImageRefused, InnvError, WorkFailed
from innv_gui.extensions.opening import reason_of
from innv_gui.health import health
from innv_gui.records import Fit, Maps, Model, Prepared, Target, replace
from innv_gui.session.explain.map_keys import map_key
from innv_gui.session.explain.request import Item, Request
from innv_gui.session.explain.run import Cell, Run, cell_of
from innv_gui.session.model_sources import hooks_hash
from innv_gui.store.maps import KeptMap, MapStore

CHUNK = 8  # images a task: small enough for progress, large enough for speed
PASSES = 512  # of the network in a task, where a method takes many: fewer images then
MODELS_AT_ONCE = 3
FIT = (
    "Fit them first: session.fit_patterns(model, dataset), or innv-gui fit-patterns MODEL IMAGES with the same "
    "--workspace, or the button below the method on the Visualize page."
)


def images_a_task(request: Request) -> int:
    """At least one, at most CHUNK."""
    passes = analyzers.cost(request.analyzer.name, request.params) or 1
    return max(1, min(CHUNK, PASSES // passes))


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
        """Release a model that was removed."""
        with self._lock:
            for key in [key for key in self._futures if key[0] == model.source]:
                self._futures.pop(key).release()


def _learnt_from(fit: Fit) -> str:
    return f"Patterns were learnt from {fit.n_images:,} images of {fit.dataset}."


def prepare(pool: Pool, model: Model, items: Sequence[Item], cancelled: threading.Event | None = None) -> Prepared:
    """Decode, resize, preprocess and predict in a worker; rows that are network input already are only predicted."""
    is_array = items[0].row is not None
    refs = None if is_array else tuple(item.ref for item in items)
    arrays = np.stack([item.row for item in items]) if is_array else None
    return pool.run(
        "keras.prepare", model.source, model.preprocessing, refs, arrays, cancelled=cancelled, about=model.name
    )


@dataclass(frozen=True)
class Outcome:
    """The outcome of one image: a map, kept from before or not, or the reason why there is none."""

    position: int
    key: str = ""
    kept: KeptMap | None = None
    cached: bool = False
    error: ImageRefused | None = None

    @property
    def cell(self) -> Cell:
        """As a run shows it."""
        return Cell("failed", error=self.error) if self.kept is None else cell_of(self.key, self.kept, self.cached)


class ModelWork:
    """All images of one request under one model; it computes, and leaves it to others what to do with the maps."""

    def __init__(self, request: Request, model: Model, target: Target, pool: Pool, blueprints: Blueprints):
        self._request, self._model, self._target = request, model, target
        self._pool, self._blueprints = pool, blueprints
        self._hooks = hooks_hash(model.source.hooks)

    def key(self, item: Item) -> str:
        """Where this image's map is kept."""
        return map_key(self._request, self._model, self._target, item, self._hooks)

    def known(self, position: int, store: MapStore, remember: bool = True) -> Outcome | None:
        """The map of this image if it is kept, or why there can be none; None when it has to be computed."""
        try:
            key = self.key(self._request.items[position])
        except ImageRefused as error:
            return Outcome(position, error=error)
        kept = store.get(key, remember)
        return None if kept is None else Outcome(position, key, kept, cached=True)

    def computed(self, positions: list[int], job: Job) -> list[Outcome]:
        """One outcome per image, in this order; a bad image fails alone."""
        if not positions:
            return []
        try:
            prepared = self._prepare(positions, job)
        except ImageRefused as error:
            if len(positions) == 1:
                return [Outcome(positions[0], error=error)]
            return [outcome for position in positions for outcome in self.computed([position], job)]
        return self.explained(positions, prepared, job)

    def explained(self, positions: list[int], prepared: Prepared, job: Job) -> list[Outcome]:
        """The same of images that are prepared."""
        maps = self._maps(prepared, job)
        job.check()
        keys = [self.key(self._request.items[position]) for position in positions]
        return [
            Outcome(position, key, self._kept(row, len(positions), prepared, maps))
            for row, (position, key) in enumerate(zip(positions, keys, strict=True))
        ]

    def _prepare(self, positions: list[int], job: Job) -> Prepared:
        items = [self._request.items[position] for position in positions]
        return prepare(self._pool, self._model, items, job.cancelled)

    def _maps(self, prepared: Prepared, job: Job) -> Maps:
        request, model = self._request, self._model
        fit = self._fit()
        added_by = analyzers.origin(request.analyzer.name).added_by
        about = f"{model.name} with {request.analyzer.name}{f' of {added_by}' if added_by else ''}"
        more = {"cancelled": job.cancelled, "about": about}
        if request.engine == "native":
            what = (request.analyzer.name, request.params, self._target, request.unchecked, prepared.probabilities)
            code = analyzers.origin(request.analyzer.name).code
            what = (*what, code, model.preprocessing, fit.folder if fit is not None else "")
            maps = self._pool.run("keras.explain", model.source, prepared.x, *what, **more)
            return maps if fit is None else replace(maps, notes=(*maps.notes, _learnt_from(fit)))
        aim = self._pool.run(
            "keras.aim", model.source, prepared.x, self._target, prepared.probabilities, cancelled=job.cancelled
        )
        blueprint = self._blueprints.get(model, self._target.softmax)
        what = (request.analyzer.name, request.params, aim, request.unchecked)
        return self._pool.run("innvestigate.explain", blueprint, prepared.x, *what, **more)

    def _fit(self) -> Fit | None:
        """What the method needs to have been fitted; None where it needs nothing. Raises AnalyzerRefused."""
        name, model = self._request.analyzer.name, self._model
        if not self._request.analyzer.fitted:
            return None
        if model.fit is None:
            raise AnalyzerRefused(
                f"{name} needs patterns fitted on images, and {model.name} has none.", FIT, "analyzer"
            )
        return model.fit

    @property
    def _squashing(self) -> tuple[bool, bool]:
        """(softmax was left on, the score is a probability that only the softmax gives)."""
        outputs = self._model.facts.outputs
        at_output = self._target.layer in (None, self._model.facts.explained_layer)
        return self._target.softmax and not outputs.bounded, at_output and outputs.bounded

    def _kept(self, row: int, count: int, prepared: Prepared, maps: Maps) -> KeptMap:
        targets = np.asarray(maps.targets[row], np.int64)
        scores = prepared.probabilities if self._target.softmax else prepared.scores
        activations = maps.activations[row] if maps.activations is not None else scores[row][targets]
        facts = [
            fact
            for values, activation in zip(maps.values[row], activations, strict=True)
            for fact in health(values, float(activation), self._request.analyzer, *self._squashing)
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
            image_size=prepared.sizes[row] if prepared.sizes else None,
        )


def explain(run: Run, pool: Pool, store: MapStore, blueprints: Blueprints, job: Job) -> Run:
    """Do a run: several models at a time, a model that fails does not stop the others."""

    def fill(model: Model, target: Target) -> None:
        _fill(run, ModelWork(run.request, model, target, pool, blueprints), model, store, job)

    return at_once(run, job, fill)


def at_once(run: Run, job: Job, do: Callable[[Model, Target], None]) -> Run:
    """`do` for the models of a run, some at a time."""
    started = time.monotonic()
    pairs = list(zip(run.models, run.request.targets, strict=True))
    with ThreadPoolExecutor(min(MODELS_AT_ONCE, len(pairs)), thread_name_prefix="model") as threads:
        outcomes = [threads.submit(_one, run, model, lambda m=model, t=target: do(m, t)) for model, target in pairs]
        for outcome in outcomes:
            outcome.result()
    run.seconds = time.monotonic() - started
    job.check()
    job.message = _summary(run)
    run.raise_if_nothing()
    return run


def _one(run: Run, model: Model, work: Callable[[], None]) -> None:
    try:
        work()
    except Cancelled:
        return
    except InnvError as error:
        run.fail(model, error)
    except Exception as error:  # the border around a model: the others go on
        traceback.print_exc()
        run.fail(model, WorkFailed(f"{model.name} failed: {reason_of(error)}."))


def _fill(run: Run, work: ModelWork, model: Model, store: MapStore, job: Job) -> None:
    """Show what is kept at once, compute the rest."""
    todo = []
    for position in range(len(run.items)):
        job.check()
        outcome = work.known(position, store)
        if outcome is None:
            todo.append(position)
        else:
            _show(run, model, outcome, job)
    chunk = images_a_task(run.request)
    for start in range(0, len(todo), chunk):
        job.check()
        for outcome in work.computed(todo[start : start + chunk], job):
            if outcome.kept is not None:
                store.put(outcome.key, outcome.kept)
            _show(run, model, outcome, job)


def _show(run: Run, model: Model, outcome: Outcome, job: Job) -> None:
    run.put(model, outcome.position, outcome.cell)
    job.step()


def _summary(run: Run) -> str:
    parts = []
    if run.failures:
        parts.append(f"{len(run.failures)} of {len(run.models)} models failed.")
    if run.problems:
        parts.append(f"{len(run.problems)} of {len(run.items)} images could not be used.")
    return " ".join(parts)
