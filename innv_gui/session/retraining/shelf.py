"""The retrainings of a session: beginning them, going on, and what comes of them."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable

import numpy as np

from innv_gui.cluster.jobs import Jobs
from innv_gui.cluster.pool import Pool
from innv_gui.errors import Conflict, InnvError, NotFound
from innv_gui.records import Model
from innv_gui.session.models import ModelEntry, ModelShelf
from innv_gui.session.retraining.kept import KeptRetrainings
from innv_gui.session.retraining.record import Retraining
from innv_gui.session.retraining.request import RetrainRequest, check_retraining
from innv_gui.session.retraining.work import Work
from innv_gui.session.workshop.opened import Opening, stem_of
from innv_gui.store.files import write_bytes

LINE = "retrain"  # jobs of one line run one after the other: each has its images in the worker's memory
ENDED_S = 5.0  # for the thread of a cancelled job


class Retrainings:
    """`session.retrain(model, dataset, regions)` waits for one; `start` begins it. kept: those of the workspace."""

    def __init__(
        self, pool: Callable[[], Pool], jobs: Jobs, models: ModelShelf, opening: Opening, kept: KeptRetrainings
    ):
        self._pool, self._jobs, self._models, self._opening, self._kept = pool, jobs, models, opening, kept
        self._known: dict[str, Retraining] = {}
        self._reading = threading.Lock()

    def check(self, model: Model, images, regions, **wishes) -> RetrainRequest:
        """Complete; raises BadInput naming the field."""
        decode = lambda ref: self._pool().run("images.decode", ref, about=ref.name)  # noqa: E731
        return check_retraining(model, images, regions, decode, **wishes)

    def start(self, request: RetrainRequest) -> Retraining:
        """Begin; the record grows while its job runs."""
        one = Retraining(request)
        self._kept.add(one)
        self._known[one.id] = self._go(one)
        going = {other.id for other in list(self._known.values()) if not other.job.ended()}
        for id in self._kept.forget_old(going):
            self._known.pop(id, None)
        return one

    def resume(self, id: str) -> Retraining:
        """Go on with one that was stopped or failed: the numbers are those of one go."""
        found = self.get(id)
        if found.job.status not in ("cancelled", "failed") or not found.job.ended(ENDED_S):
            raise Conflict("This retraining has not been stopped.", "Cancel it first, or wait for it.", "retraining")
        return self._go(found)

    def _go(self, one: Retraining) -> Retraining:
        pool = self._pool()
        pool.start("keras")
        begin = lambda job: self._work(Work(one, pool, job, self._kept.write))  # noqa: E731
        one.job = self._jobs.start("retrain", one.title, begin, one.total, "steps", line=LINE)
        one.job.skip(one.step)
        return one

    def _work(self, work: Work) -> Retraining:
        try:
            return work.go()
        finally:
            self._kept.write(work.of)

    def get(self, id: str) -> Retraining:
        """Raises NotFound where there is none of that id.

        Of one of an earlier server the model and the images are opened again; raises Conflict where these have changed.
        """
        known = self._known.get(id)
        return known if known is not None else self._read(id)

    def _read(self, id: str) -> Retraining:
        with self._reading:
            found = self._known.get(id) or self._kept.read(id)
            if found is None:
                hint = "Begin it again; the same seed gives the same result."
                raise NotFound(f"There is no retraining {id!r:.60}.", hint)
            return self._known.setdefault(id, found)

    def newest_first(self) -> list[Retraining]:
        """Those of this server, and earlier ones whose model and images are open."""
        ids = set(self._known) | set(self._kept.ids())
        found = [one for one in map(self._listed, ids) if one is not None]
        return sorted(found, key=lambda one: one.created, reverse=True)

    def _listed(self, id: str) -> Retraining | None:
        """None where a file of it is damaged, or its model or images have changed: that hides no other one."""
        try:
            return self.get(id)
        except InnvError:
            return None

    def file(self, one: Retraining) -> bytes:
        """The new model as a .keras file, which carries how it was made."""
        recipe = one.request.asked | {"model": one.request.model.name, "steps_done": one.step}
        recipe |= {"images": one.request.n_trained, "painted_share": round(one.request.painted.share, 4)}
        about = one.request.model.name
        return self._pool().run("keras.retrain_file", one.request.plan, one.trained, recipe, about=about)

    def added(self, one: Retraining) -> ModelEntry | None:
        """The model that has the weights of now, where it is among the models."""
        id, step = one.added
        return next((entry for entry in self._models.entries() if (entry.id, one.step) == (id, step)), None)

    def open(self, one: Retraining) -> ModelEntry:
        """Add the new model beside the old one; goes on as a job. The same weights are not added twice."""
        with one.lock:
            known, old = self.added(one), one.request.model
            if known is not None:
                return known
            place = self._opening.folder / uuid.uuid4().hex[:12] / f"{stem_of(one.name)}.keras"
            wishes = {"preprocessing": old.preprocessing, "classes": list(one.request.names)}
            entry = self._opening.model(write_bytes(place, self.file(one)), name=one.name, **wishes)
            one.added = entry.id, one.step
            return entry

    def model(self, one: Retraining) -> Model:
        """The new model, ready for use."""
        return self._models.get(self.open(one).id)

    def map(self, one: Retraining, image: int, after: bool) -> tuple[np.ndarray, np.ndarray]:
        """(picture (H, W, C) uint8, relevance (H, W) of the label's class) of an image, before or after training."""
        state = one.trained if after else None
        return self._pool().run("keras.retrain_map", one.request.plan, state, self._row(one, image))

    def shown(self, one: Retraining, image: int, seed: int) -> bytes:
        """PNG of an image as training shows it, the painted part filled."""
        return self._pool().run("keras.retrain_shown", one.request.plan, self._row(one, image), seed)

    @staticmethod
    def _row(one: Retraining, image: int) -> int:
        rows = np.flatnonzero(one.request.indices == image)
        if not len(rows):
            raise NotFound(f"Image {image} is not part of this retraining.", "Choose one that is.", "image")
        return int(rows[0])

    @staticmethod
    def examples(one: Retraining, count: int = 4) -> list[int]:
        """Indices of held-out images to look at: class after class."""
        plan, found = one.request.plan, []
        held = np.flatnonzero(plan.held)
        classes = np.unique(plan.labels[held])
        for turn in range(count):
            rows = held[plan.labels[held] == classes[turn % len(classes)]]
            place = turn // len(classes)
            found += [int(one.request.indices[rows[place]])] if place < len(rows) else []
        return found
