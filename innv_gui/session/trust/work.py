"""The measuring: chunk by chunk of images, in each all models and rows, the cheapest first. What is kept is taken up.

A chunk ends with every row having all of its images, so that intervals narrow for all methods alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from innv_gui.cluster.jobs import Job
from innv_gui.cluster.pool import Pool
from innv_gui.errors import Cancelled, ImageRefused, InnvError
from innv_gui.records import Model
from innv_gui.session.explain.work import CHUNK, Blueprints, ModelWork, Outcome
from innv_gui.session.model_sources import hooks_hash
from innv_gui.session.trust.keys import map_of, measurement_key
from innv_gui.session.trust.measurements import CHECKS, MEASURES, Measured
from innv_gui.session.trust.parts import Part, part_of
from innv_gui.session.trust.record import Trust
from innv_gui.session.trust.request import Row
from innv_gui.store.maps import MapStore
from innv_gui.store.measurements import MeasurementStore
from innv_gui.trust import controls


@dataclass
class Kept:
    """What the workspace has of a request's measurements."""

    trust: Trust
    store: MeasurementStore
    _hooks: dict[str, str] = field(default_factory=dict)
    _maps: dict[tuple[str, str, int], list[str]] = field(default_factory=dict)

    def take_up(self) -> int:
        """Put all of it into the record; returns how many forward passes that saves."""
        request = self.trust.request
        pairs = [(model, row) for model in request.models for row in request.rows]
        return sum(self._images(model, row) * request.passes(row) for model, row in pairs)

    def _images(self, model: Model, row: Row) -> int:
        """How many images of a row are whole."""
        request = self.trust.request
        return sum(self._image(model, row, position) for position in range(len(request.items)))

    def _image(self, model: Model, row: Row, position: int) -> bool:
        """Whether an image is whole; a part of it is taken up as well."""
        found = [self._one(model, row, one, position) for one in self.trust.request.of(row)]
        return all(found)

    def _one(self, model: Model, row: Row, measurement: str, position: int) -> bool:
        if not self.trust.request.applies(measurement, position):
            return True
        try:
            record = self.store.get(self.key(model, row, measurement, position), CHECKS[measurement])
        except ImageRefused:
            return False
        if record is not None:
            self.trust.put(model, row, measurement, position, record)
        return record is not None

    def put(self, model: Model, row: Row, measurement: str, position: int, record: dict) -> None:
        """Keep what was measured, and show it."""
        self.store.put(self.key(model, row, measurement, position), record)
        self.trust.put(model, row, measurement, position, record)

    def key(self, model: Model, row: Row, measurement: str, position: int) -> str:
        """Where one measurement is. Raises ImageRefused for an image that is gone."""
        map_ = self._maps.get((model.id, row.name, position))
        if map_ is None:
            if model.id not in self._hooks:
                self._hooks[model.id] = hooks_hash(model.source.hooks)
            map_ = map_of(self.trust.request, row, model, position, self._hooks[model.id])
            self._maps[model.id, row.name, position] = map_
        return measurement_key(self.trust.request, row, map_, position, measurement)


@dataclass
class Measuring:
    """One run of a request."""

    trust: Trust
    pool: Pool
    maps: MapStore
    kept: Kept
    blueprints: Blueprints
    job: Job

    def run(self) -> Trust:
        """Take up what is kept, measure the rest. Raises the reason when no method can be measured on any model."""
        request = self.trust.request
        self.job.skip(self.kept.take_up())
        for start in range(0, len(request.items), CHUNK):
            self._chunk(list(range(start, min(start + CHUNK, len(request.items)))))
        if len(self.trust.failures) == len(request.methods) * len(request.models):
            raise next(iter(self.trust.failures.values()))
        self.job.message = _summary(self.trust)
        return self.trust

    def _chunk(self, positions: list[int]) -> None:
        for model in self.trust.request.models:
            part = None
            for row, todo in self._todo(model, positions):
                self.job.check()
                part = part or self._part(model, positions)
                if part is None:
                    break
                self._row(model, row, part.of(todo))
                self.job.step(len(todo) * self.trust.request.passes(row))

    def _todo(self, model: Model, positions: list[int]) -> Iterator[tuple[Row, list[int]]]:
        """Rows with the images of which something is not known; not those that have failed on the model."""
        request = self.trust.request
        for row in request.rows:
            known = {one: self.trust.records(model, row.name, one) for one in request.of(row)}
            todo = [
                position
                for position in positions
                if any(position not in found and request.applies(one, position) for one, found in known.items())
            ]
            if todo and (model.id, row.name) not in self.trust.failures:
                yield row, todo

    def _part(self, model: Model, positions: list[int]) -> Part | None:
        """The images that can be used; the others are reported, and no method is blamed for them."""
        target = self.trust.request.target(model)
        part, problems = part_of(self.pool, model, target, self.trust.request.items, positions, self.job)
        for problem in problems.values():
            self.trust.leave_out(problem)
        return part

    def _row(self, model: Model, row: Row, part: Part) -> None:
        """Measure one row on a chunk; a method that cannot be used on the model is noted and left."""
        if not part.positions:
            return
        try:
            values = self._values(model, row, part)
            target = self.trust.request.target(model, row)
            asked = Measured(self.trust.request, model, row, target, part, values, self.pool, self.job)
            for measurement in self.trust.request.of(row):
                for position, record in zip(part.positions, MEASURES[measurement](asked), strict=True):
                    if record is not None:
                        self.kept.put(model, row, measurement, position, record)
        except Cancelled:
            raise
        except InnvError as error:
            self.job.check()  # it was cancelled, which is no failure
            self.trust.fail(model, row, error)

    def _values(self, model: Model, row: Row, part: Part) -> np.ndarray:
        """(n, H, W, C): the maps, kept from before or made."""
        if row.request is None:
            return np.stack([controls.control(row.name, x) for x in part.prepared.x])[..., None]
        target = self.trust.request.target(model, row)
        work = ModelWork(row.request, model, target, self.pool, self.blueprints)
        known = {position: work.known(position, self.maps, remember=False) for position in part.positions}
        todo = [position for position, outcome in known.items() if outcome is None]
        for outcome in work.explained(todo, part.of(todo).prepared, self.job) if todo else ():
            self._keep(outcome)
            known[outcome.position] = outcome
        return np.stack([_values(known[position]) for position in part.positions])

    def _keep(self, outcome: Outcome) -> None:
        if outcome.kept is not None:
            self.maps.put(outcome.key, outcome.kept, remember=False)


def _values(outcome: Outcome | None) -> np.ndarray:
    """(H, W, C) of a map."""
    if outcome is None or outcome.kept is None:
        raise ImageRefused("The image can no longer be read.", "Open the dataset again.")
    return outcome.kept.values[0]


def _summary(trust: Trust) -> str:
    names = sorted({row for _, row in trust.failures})
    parts = [f"{', '.join(names)}: not measured on every model."] if names else []
    if trust.problems:
        parts.append(f"{len(trust.problems)} of {len(trust.request.items)} images could not be used.")
    return " ".join(parts)
