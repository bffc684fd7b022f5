"""The ascents of a session, and the searches for the images that activate most and least."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from innv_gui.cluster.jobs import Jobs
from innv_gui.cluster.pool import Pool
from innv_gui.errors import BadInput, Conflict, NotFound
from innv_gui.records import Model
from innv_gui.session.datasets import Dataset
from innv_gui.session.explain.request import is_whole
from innv_gui.session.features.extremes import Compared, Extremes, search
from innv_gui.session.features.maximization import Maximization, ascend
from innv_gui.session.features.request import ChosenFeatures, FeatureRequest, plural

KEPT = 100  # ascents and searches that can still be asked for
KEPT_BYTES = 1 << 30  # of their pictures


class FeatureShelf:
    """The ascents of a session, and the searches for the images that activate most and least, by id."""

    def __init__(self, pool: Callable[[], Pool], jobs: Jobs, scores: Path):
        self._pool, self._jobs, self._scores = pool, jobs, scores
        self._known: OrderedDict[str, Maximization | Extremes] = OrderedDict()
        self._compared = Compared()
        self._lock, self._resuming = threading.Lock(), threading.Lock()

    def start(self, request: FeatureRequest) -> Maximization:
        """Begin an ascent; `.job` tells how far it is, `.pictures` what is there."""
        self._pool().start("keras")
        return self._go(self._keep(Maximization(request)))

    def resume(self, id: str) -> Maximization:
        """Go on with an ascent that was cancelled or failed, from where it stands."""
        known = self.maximization(id)
        with self._resuming:
            return self._resumed(known)

    def _resumed(self, known: Maximization) -> Maximization:
        if known.job.status not in ("cancelled", "failed") or not known.job.ended(3):
            raise Conflict(f"This ascent is {known.job.status}; only a cancelled one can go on.", field="maximization")
        return self._go(known)

    def _go(self, known: Maximization) -> Maximization:
        pool, count = self._pool(), len(known.targets)
        title = f"Maximising {count} {plural(known.request.features.kind, count)}"
        left = known.most_steps - known.steps_done
        known.job = self._jobs.start("maximize", title, lambda job: ascend(known, pool, job), left, "steps")
        return known

    def start_extremes(self, model: Model, dataset: Dataset, chosen: ChosenFeatures, count: int) -> Extremes:
        """Begin to look for the images of a dataset that activate each feature most and least."""
        if not is_whole(count) or not 1 <= count <= 100:
            raise BadInput(f"Expected 1 to 100 images, got {str(count)[:60]}.", "", "count", ("1 to 100",))
        if not len(dataset):
            raise BadInput("No image was given; expected at least one.", "Choose images first.", field="dataset")
        known = self._keep(Extremes(model, dataset, chosen, int(count)))
        pool = self._pool()
        title = f"Looking for what activates {model.name}"
        work = lambda job: search(known, pool, self._scores, self._compared, job)  # noqa: E731
        known.job = self._jobs.start("extremes", title, work, len(dataset), "images")
        return known

    def _keep(self, known):
        with self._lock:
            self._known[known.id] = known
            self._forget()
        return known

    def _forget(self) -> None:
        """The oldest that have ended go, while there are too many or their pictures take too much."""
        used = sum(known.n_bytes for known in self._known.values())
        for id, known in list(self._known.items())[:-1]:
            if len(self._known) <= KEPT and used <= KEPT_BYTES:
                return
            if known.job is not None and known.job.ended():
                used -= known.n_bytes
                del self._known[id]

    def maximization(self, id: str) -> Maximization:
        """An ascent by its id."""
        return self._find(id, Maximization, "maximization")

    def extremes(self, id: str) -> Extremes:
        """A search by its id."""
        return self._find(id, Extremes, "search for extremes")

    def _find(self, id: str, sort: type, what: str):
        with self._lock:
            known = self._known.get(id)
        if not isinstance(known, sort):
            raise NotFound(f"There is no {what} {id[:60]!r}.", "Ask for it again.")
        return known
