"""Images in the order of how much models disagree about the evidence: same answer, different evidence first.

Each image's maps are compared as soon as they are there and then let go, so memory is flat in the number of images;
those of the first pages go to the store, to be looked at.
"""

from __future__ import annotations

import threading
import uuid
from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

import numpy as np

from innv_gui.agreement import matrix
from innv_gui.cluster.jobs import Job
from innv_gui.cluster.pool import Pool
from innv_gui.errors import BadInput, InnvError
from innv_gui.records import Model, Problem, replace
from innv_gui.session.explain.agreement import checked_measure, comparable
from innv_gui.session.explain.map_keys import map_key
from innv_gui.session.explain.request import Request
from innv_gui.session.explain.work import Blueprints, ModelWork, Outcome, images_a_task
from innv_gui.store.maps import MapStore

MOST_SHOWN = 96  # images with the same answer, and with different ones, whose maps are kept: four pages each


@dataclass(frozen=True)
class Ranked:
    """One image. agreement: mean over the pairs of models, NaN where no pair has a number.

    best: (class index, probability) per model, in the order of the models; answers: the same by name.
    """

    position: int
    index: int
    name: str
    label: str | None
    agreement: float
    answers: tuple[tuple[str, float], ...]
    best: tuple[tuple[int, float], ...] = ()

    @cached_property
    def same_answer(self) -> bool:
        """Whether all models say the same class, by name."""
        return len({name for name, _ in self.answers}) == 1


def _place(row: Ranked) -> tuple[bool, float, int]:
    unknown = bool(np.isnan(row.agreement))
    return (unknown, 0.0 if unknown else row.agreement, row.position)


@dataclass
class Ranking:
    """A ranking in progress; `rows` are the finished ones, least agreement first."""

    request: Request
    measure: str
    id: str = field(default_factory=lambda: f"r-{uuid.uuid4().hex[:12]}")
    job: Job | None = None
    problems: list[Problem] = field(default_factory=list)
    _rows: list[Ranked] = field(default_factory=list)
    _names: tuple[tuple[str, ...], ...] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def call(self, models: Sequence[Model]) -> None:
        """Take up what classes are called by now. models: those of the request, as they are now."""
        names = tuple(self.request.naming(model).names for model in models)
        with self._lock:
            if names != self._names:
                self._names = names
                self._rows = [replace(row, answers=_named(row.best, names)) for row in self._rows]

    def answers(self, best: tuple[tuple[int, float], ...]) -> tuple[tuple[str, float], ...]:
        """(class index, probability) per model -> (name, probability)."""
        if self._names is None:
            self.call(self.request.models)
        return _named(best, self._names)

    def put(self, row: Ranked, job: Job) -> bool:
        """An image is finished; it goes to its place, because a page looks often and a person ranks many.

        Returns whether it is now on one of the first pages of its list. Raises Cancelled once the job is: what a
        cancelled ranking shows does not change any more.
        """
        with self._lock:
            job.check()
            insort(self._rows, row, key=_place)
            alike = (one for one in self._rows if one.same_answer == row.same_answer)
            return any(one is row for one in islice(alike, MOST_SHOWN))

    def leave_out(self, problem: Problem, job: Job) -> None:
        """An image cannot be ranked, and why; raises Cancelled as `put` does."""
        with self._lock:
            job.check()
            self.problems.append(problem)

    @property
    def n_ranked(self) -> int:
        """How many images have a place so far."""
        return len(self._rows)

    @property
    def rows(self) -> list[Ranked]:
        """Least agreement first, images without a number last; equal ones in the dataset's order."""
        with self._lock:
            return list(self._rows)


def new_ranking(request: Request, measure: str) -> Ranking:
    """Raises BadInput when there is nothing to compare."""
    checked_measure(measure)
    if len(request.models) < 2:
        raise BadInput(
            f"Ranking by disagreement needs two or more models, got {len(request.models)}.",
            "Choose another model.",
            "models",
        )
    return Ranking(request, measure)


def rank(ranking: Ranking, pool: Pool, store: MapStore, blueprints: Blueprints, job: Job) -> Ranking:
    """Do it, chunk by chunk. Raises the reason when a model cannot be explained this way at all."""
    request = ranking.request
    pairs = zip(request.models, request.targets, strict=True)
    works = [ModelWork(request, model, target, pool, blueprints) for model, target in pairs]
    chunk = images_a_task(request)
    for start in range(0, len(request.items), chunk):
        job.check()
        positions = list(range(start, min(start + chunk, len(request.items))))
        outcomes = [_outcomes(work, positions, store, job) for work in works]
        for place, position in enumerate(positions):
            found = [of_model[place] for of_model in outcomes]
            if _compare(ranking, position, found, job):
                _keep(store, found)
        job.step(len(positions))
    if ranking.problems:
        job.message = f"{len(ranking.problems)} of {len(request.items)} images could not be used."
    return ranking


def _outcomes(work: ModelWork, positions: list[int], store: MapStore, job: Job) -> list[Outcome]:
    known = {position: work.known(position, store, remember=False) for position in positions}
    todo = [position for position, outcome in known.items() if outcome is None]
    known.update((outcome.position, outcome) for outcome in work.computed(todo, job))
    return [known[position] for position in positions]


def _keep(store: MapStore, outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        if not outcome.cached:
            store.put(outcome.key, outcome.kept, remember=False)


def map_keys(ranking: Ranking, row: Ranked) -> dict[str, str]:
    """Per model id where the map of an image is kept. Raises ImageRefused for an image that is gone."""
    request, item = ranking.request, ranking.request.items[row.position]
    pairs = zip(request.models, request.targets, strict=True)
    return {model.id: map_key(request, model, target, item) for model, target in pairs}


def _compare(ranking: Ranking, position: int, outcomes: list[Outcome], job: Job) -> bool:
    """Give an image its place; returns whether it is on one of the first pages."""
    request, item = ranking.request, ranking.request.items[position]
    failed = next((outcome.error for outcome in outcomes if outcome.kept is None), None)
    if failed is not None:
        ranking.leave_out(Problem(item.name, str(failed)), job)
        return False
    found = [(model, outcome.kept) for model, outcome in zip(request.models, outcomes, strict=True)]
    try:
        agreements = matrix(comparable(found), ranking.measure)
    except InnvError as error:
        ranking.leave_out(Problem(item.name, str(error)), job)
        return False
    pairs = agreements[np.triu_indices(len(found), 1)]
    mean = float(np.nanmean(pairs)) if np.isfinite(pairs).any() else float("nan")
    best = tuple(_best(kept.probabilities) for _, kept in found)
    return ranking.put(Ranked(position, item.index, item.name, item.label, mean, ranking.answers(best), best), job)


def _best(probabilities: np.ndarray) -> tuple[int, float]:
    best = int(np.argmax(probabilities))
    return best, float(probabilities[best])


def _named(best: tuple[tuple[int, float], ...], names: Sequence[Sequence[str]]) -> tuple[tuple[str, float], ...]:
    return tuple((own[index], probability) for (index, probability), own in zip(best, names, strict=True))
