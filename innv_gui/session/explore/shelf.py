"""The explorations of a session: beginning them, finding them again."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from innv_gui.cluster.jobs import Job, Jobs
from innv_gui.cluster.pool import Pool
from innv_gui.datasets import stamps
from innv_gui.errors import Cancelled
from innv_gui.session.datasets import Dataset
from innv_gui.session.explain.ranking import Ranking
from innv_gui.session.explore.exploration import Exploration
from innv_gui.session.explore.tags import TagShelf
from innv_gui.session.explore.thumbs import Thumbs
from innv_gui.session.recent import Recent
from innv_gui.session.scoring.scoring import Scoring, dataset_key
from innv_gui.session.scoring.work import are_few
from innv_gui.session.suggest.request import SuggestionRequest

RECENT = 20
POLL_S = 0.1


@dataclass(frozen=True)
class Places:
    """What an exploration needs of its session."""

    folder: Path
    pool: Callable[[], Pool]
    jobs: Jobs
    rankings: Callable[[], Sequence[Ranking]] = tuple  # by evidence, newest first


class ExploreShelf:
    """Begins explorations and keeps the latest."""

    def __init__(
        self,
        pool: Callable[[], Pool],
        jobs: Jobs,
        scoring: Scoring,
        folder: Path,
        rankings: Callable[[], Sequence[Ranking]] = tuple,
    ):
        self._pool, self._jobs, self._scoring, self._folder = pool, jobs, scoring, Path(folder)
        self._rankings = rankings
        self._tags = TagShelf(self._folder / "tags")
        self._thumbs: dict[tuple[str, int], Thumbs] = {}
        self._lock = threading.Lock()
        self._recent: Recent[Exploration] = Recent(RECENT, "exploration", "Ask for it again; what is kept is reused.")

    def start(self, request: SuggestionRequest) -> Exploration:
        """Begin, or give the one that explores the same."""
        dataset = request.dataset
        files = _files(dataset)
        for known in self._recent.newest_first():
            if self._is_same(known, request) and known.files == files:
                return known
        thumbs = self.thumbs(dataset)
        folders = {model.id: self._scoring.path(model, dataset) for model in request.models}
        thumbs.prepare()
        scoring = self._scoring.start(request.models, dataset, request.measured(), thumbs)
        total = scoring.total + len(dataset)
        work = lambda job: _work(job, scoring, thumbs)  # noqa: E731
        job = self._jobs.start("explore", f"Exploring {dataset.name}", work, total, "images", follows=scoring)
        places = Places(self._folder / "maps", self._pool, self._jobs, self._rankings)
        found = Exploration(request, folders, job, thumbs, self._tags.of(dataset), places, files)
        return self._recent.put(found)

    def thumbs(self, dataset: Dataset) -> Thumbs:
        """The small pictures of a dataset: compared with the files once after it was opened."""
        key = dataset_key(dataset)[:20], dataset.collection.opened_ns
        with self._lock:
            if key not in self._thumbs:
                self._thumbs[key] = Thumbs(self._folder / "thumbs" / key[0], dataset, self._pool)
            return self._thumbs[key]

    @staticmethod
    def _is_same(known: Exploration, request: SuggestionRequest) -> bool:
        same = known.dataset is request.dataset and known.models == request.models
        going = known.job.status not in ("failed", "cancelled")
        return same and going and known.layers == {id: layers[0] for id, layers in request.more.items()}

    def get(self, id: str) -> Exploration:
        """Raises NotFound where there is none of that id."""
        return self._recent.get(id)

    def all(self) -> list[Exploration]:
        """Newest first."""
        return self._recent.newest_first()


def _files(dataset: Dataset) -> str:
    """Changes with the files of a few images, on this machine's disks."""
    return hashlib.sha256(stamps(list(dataset)).tobytes()).hexdigest() if are_few(dataset) else ""


def _work(job: Job, scoring: Job, thumbs: Thumbs) -> None:
    """Scores first, then what is missing of the small pictures."""
    try:
        while not scoring.ended(POLL_S):
            job.check()
            _follow(job, scoring)
    except Cancelled:
        scoring.cancel()
        raise
    scoring.wait()
    _follow(job, scoring)
    job.message = "Making small pictures"
    thumbs.make(job)
    job.message = ""


def _follow(job: Job, scoring: Job) -> None:
    job.message = scoring.message
    if scoring.done > job.done:
        job.step(scoring.done - job.done)
