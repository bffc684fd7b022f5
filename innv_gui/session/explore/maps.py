"""Maps of a dataset: coordinates that grow from rough to fine while a job runs, and are kept."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np

from innv_gui.cluster.jobs import ENDED, Job, Jobs
from innv_gui.cluster.pool import Pool
from innv_gui.errors import BadInput, InnvError, NotFound
from innv_gui.explore.placing import Placing
from innv_gui.session.explain.request import is_whole
from innv_gui.session.explore.spaces import Space, Spaces
from innv_gui.store import raw_arrays

METHODS = ("pca", "tsne", "umap")
TITLES = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}
PERPLEXITY, NEIGHBOURS, SEEDS = range(5, 101), range(2, 201), 2**31
VERSION = 2  # of how coordinates are made
STEPS = 100  # a job's progress


@dataclass(frozen=True)
class MapWish:
    """of: "pixels" or a model's id. perplexity belongs to t-SNE, neighbours to UMAP."""

    of: str
    method: str = "pca"
    perplexity: int = 30
    neighbours: int = 15
    seed: int = 0
    full: bool = False

    @property
    def size(self) -> int:
        """How many neighbours count."""
        return self.perplexity if self.method == "tsne" else self.neighbours

    def asked(self) -> dict:
        """Only what changes the coordinates."""
        found = {"of": self.of, "method": self.method}
        if self.method == "pca":
            return found
        return found | {"size": self.size, "seed": self.seed, "full": self.full}


def has_umap() -> bool:
    """Whether UMAP's library is installed; it is not imported here."""
    return importlib.util.find_spec("umap") is not None


def check_map(wish: MapWish) -> MapWish:
    """The wish in Python's own numbers. Raises BadInput for a method or a setting that is not there."""
    if wish.method not in METHODS:
        raise BadInput(f"Unknown projection {wish.method!r:.40}.", f"Expected {', '.join(METHODS)}.", "method", METHODS)
    if wish.method == "umap" and not has_umap():
        raise BadInput("UMAP is not installed.", "Install it with pip install 'innv-gui[umap]', or use tsne.", "method")
    whole = {"perplexity": PERPLEXITY, "neighbours": NEIGHBOURS, "seed": range(SEEDS)}
    for name, known in whole.items():
        given = getattr(wish, name)
        if not is_whole(given) or int(given) not in known:
            number = "a seed" if name == "seed" else name
            raise BadInput(f"Expected {number} from {known[0]} to {known[-1]}, got {given!r:.40}.", "", name)
    return replace(wish, **{name: int(getattr(wish, name)) for name in whole})


@dataclass
class PlacedMap:
    """places (n, 2) float32 in [-1, 1] over the dataset, NaN where nothing is placed; trust (n,) or None.

    version grows with every finer state.
    """

    id: str
    wish: MapWish
    space: Space
    job: Job
    places: np.ndarray = field(repr=False)
    trust: np.ndarray | None = field(default=None, repr=False)
    landmarks: int = 0
    state: str = ""
    version: int = 0

    @property
    def placed(self) -> int:
        """Images that have a place."""
        return int(np.isfinite(self.places[:, 0]).sum())

    @property
    def trust_mean(self) -> float | None:
        """Mean share of an image's 10 nearest that stay its 10 nearest; None until it is known."""
        known = self.trust is not None and np.isfinite(self.trust).any()
        return float(np.nanmean(self.trust)) if known and self.trust is not None else None

    @property
    def words(self) -> str:
        """What stands where, in a sentence."""
        n, placed = len(self.places), self.placed
        if not placed:
            return "Nothing is placed yet"
        if self.landmarks and self.landmarks < placed:
            return f"{self.landmarks:,} of {n:,} placed by themselves; others by their nearest landmarks"
        return f"{placed:,} of {n:,} placed"

    def take(self, rows: np.ndarray, places: np.ndarray, landmarks: int, words: str) -> None:
        """A finer state."""
        whole = np.full((len(self.places), 2), np.nan, np.float32)
        whole[rows] = scaled(places)
        self.places, self.landmarks, self.state = whole, landmarks, words
        self.version += 1


def scaled(places: np.ndarray) -> np.ndarray:
    """The same picture within [-1, 1], its middle at 0; NaN stays."""
    known = places[np.isfinite(places[:, 0])]
    if not len(known):
        return places
    low, high = known.min(axis=0), known.max(axis=0)
    half = float((high - low).max()) / 2
    return ((places - (low + high) / 2) / (half or 1.0)).astype(np.float32)


class Maps:
    """The maps of one exploration, made by jobs, newest last."""

    def __init__(self, folder: Path, spaces: Spaces, n: int, pool: Callable[[], Pool], jobs: Jobs):
        self._folder, self.spaces, self._n = Path(folder), spaces, n
        self._pool, self._jobs = pool, jobs
        self._maps: dict[str, PlacedMap] = {}
        self._lock = threading.Lock()

    def all(self) -> Sequence[PlacedMap]:
        """Newest last."""
        with self._lock:
            return tuple(self._maps.values())

    def get(self, id: str) -> PlacedMap:
        """By its id. Raises NotFound."""
        with self._lock:
            if id not in self._maps:
                raise NotFound(f"There is no map {id!r:.40}.", "Ask for it again; kept maps are reused.", "map")
            return self._maps[id]

    def start(self, wish: MapWish, ready: Callable[[PlacedMap], None]) -> PlacedMap:
        """Begin a map, or give the one that is there. ready: waits until all features are there."""
        with self._lock:
            same = [one for one in self._maps.values() if one.wish.asked() == wish.asked()]
            for one in same:
                if one.job.status not in ("failed", "cancelled"):
                    return one
                self._maps.pop(one.id)
        space = None
        id = f"m-{uuid.uuid4().hex[:12]}"
        begun = threading.Event()

        def work(job: Job) -> None:
            begun.wait()
            with self._lock:
                made = self._maps[id]
            ready(made)
            made.space = self.spaces.space(wish.of)
            if not self._take_kept(made):
                self._make(made, job)
            job.step(STEPS - job.done)

        space = self.spaces.space(wish.of)
        title = f"{TITLES[wish.method]} of {space.title}"
        job = self._jobs.start("map", title, work, STEPS, "percent")
        made = PlacedMap(id, wish, space, job, np.full((self._n, 2), np.nan, np.float32))
        with self._lock:
            self._maps[id] = made
        begun.set()
        return made

    def _path(self, made: PlacedMap) -> Path:
        told = [VERSION, made.space.key, {**made.wish.asked(), "of": ""}]
        return self._folder / f"map-{hashlib.sha256(json.dumps(told).encode()).hexdigest()[:24]}.f32"

    def _take_kept(self, made: PlacedMap) -> bool:
        kept = raw_arrays.get(self._path(made))
        if kept is None or kept.values.shape != (self._n, 3):
            return False
        made.places, made.trust = np.ascontiguousarray(kept.values[:, :2]), np.ascontiguousarray(kept.values[:, 2])
        made.landmarks, made.state = int(kept.more.get("landmarks", 0)), str(kept.more.get("state", ""))
        made.version += 1
        return True

    def _make(self, made: PlacedMap, job: Job) -> None:
        short = self.spaces.short(made.space, job)
        wish, word = Placing(made.wish.method, made.wish.size, made.wish.seed, made.wish.full), uuid.uuid4().hex
        source, shape = str(self.spaces.path(made.space)), short.vectors.shape
        for step in range(10_000):
            job.check()
            asked = (source, shape, wish, (word, step))
            state = self._pool().run("numbers.place", *asked, cancelled=job.cancelled, about=made.space.title)
            if state is None:
                break
            made.take(short.rows, state.places, state.landmarks, state.words)
            job.message = state.words
            job.step(max(0, int(state.share * STEPS) - job.done))
            if state.trust is not None:
                made.trust = np.full(self._n, np.nan, np.float32)
                made.trust[short.rows] = state.trust
        trust = made.trust if made.trust is not None else np.full(self._n, np.nan, np.float32)
        values = np.column_stack([made.places, trust]).astype(np.float32)
        raw_arrays.put(self._path(made), values, {"landmarks": made.landmarks, "state": made.state} | asdict(made.wish))

    def close(self) -> None:
        """Stop what is being made."""
        for made in self.all():
            if made.job.status not in ENDED:
                made.job.cancel()


def problem_of(made: PlacedMap) -> str:
    """Why a map could not be made; empty where it could."""
    error = made.job.error
    return str(error) if isinstance(error, InnvError) and made.job.status == "failed" else ""
