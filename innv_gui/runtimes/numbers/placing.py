"""Coordinates of images on a map, from rough to fine, step by step.

PCA is there at once. t-SNE (van der Maaten and Hinton 2008, by openTSNE) starts from it: landmarks drawn by a seed
first, the others by their nearest landmarks; sets of at most MOST_IN_ALL images then all together. UMAP (McInnes et al.
2018)
where its library is installed. Every state is given; the same seed gives the same coordinates.
"""

from __future__ import annotations

import importlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from innv_gui.errors import Cancelled
from innv_gui.explore.nearest import neighbours, placed_by, trust
from innv_gui.explore.placing import Placing

LANDMARKS, MOST_IN_ALL = 10_000, 100_000
EARLY, LATE, AT_ONCE = 250, 500, 50  # iterations
EXAGGERATION = 12
FEW, OF_FEW = 200, 1  # fewer images are not exaggerated: 12, and even 4, pull some of such sets into one point for good
START_DEVIATION = 1e-4  # of the first coordinates, as openTSNE asks for
APART = 0.02  # of that
FEWEST_FOR_NEIGHBOURS = 5
EXACT = 20_000  # up to here neighbours are found by comparing all with all
LARGER = 10_000  # images placed by landmarks at a time
KEPT = 3


@dataclass(frozen=True)
class State:
    """places (n, 2) float32, NaN where an image has none yet; words: what has been done; share of the work done.

    trust: (n,), only in the last one.
    """

    places: np.ndarray = field(repr=False)
    landmarks: int
    words: str
    share: float
    trust: np.ndarray | None = field(default=None, repr=False)


@dataclass
class Begun:
    """A map on its way. stopped: asked of the step that runs, which is another task each time."""

    stopped: Callable[[], bool]
    states: Iterator[State] = iter(())

    def check(self) -> None:
        """Raises Cancelled where nobody waits for it any more."""
        if self.stopped():
            raise Cancelled("The work was cancelled.")


_begun: OrderedDict[tuple[str, int], Begun] = OrderedDict()


def place(
    source: str,
    shape: tuple[int, int],
    wish: Placing,
    step: tuple[str, int],
    *,
    stopped: Callable[[], bool] = lambda: False,
    make_way: Callable[[], bool] = lambda: False,
) -> State | None:
    """The next state of a map, None behind the last. source: raw (n, k) float32; step: a word of its own, states given.

    A worker that does not know the steps before makes them again. make_way: not asked, a map has its own worker.
    """

    begun = _begun.pop(step, None)
    if begun is None:
        begun = Begun(stopped)
        features = np.fromfile(source, np.float32).reshape(shape)
        begun.states = placed(features, wish, begun.check)
        for _ in range(step[1]):
            next(begun.states)
    begun.stopped = stopped
    found = next(begun.states, None)
    if found is not None:
        _begun[step[0], step[1] + 1] = begun
        while len(_begun) > KEPT:
            _begun.popitem(last=False)
    return found


def placed(features: np.ndarray, wish: Placing, check: Callable[[], None] = lambda: None) -> Iterator[State]:
    """All states of a map of features (n, k), k components by falling variance."""
    flat = _two(features)
    last = State(flat, 0, "Principal components", 0.05)
    yield last
    n = len(features)
    if wish.method != "pca" and n > FEWEST_FOR_NEIGHBOURS and _differs(features):
        for last in _by_neighbours(features, flat, wish, check):
            yield last
    check()
    yield State(last.places, last.landmarks, last.words, 1.0, trust(features, last.places, wish.seed, check))


def _two(features: np.ndarray) -> np.ndarray:
    found = np.zeros((len(features), 2), np.float32)
    found[:, : min(2, features.shape[1])] = features[:, :2]
    return found


def _differs(features: np.ndarray) -> bool:
    return bool(features.shape[1] and np.ptp(features, axis=0).max() > 0)


def _by_neighbours(features, flat, wish: Placing, check) -> Iterator[State]:
    n = len(features)
    rows = landmarks_of(n, wish.seed) if n > LANDMARKS else np.arange(n)
    run = {"tsne": _tsne, "umap": _umap}[wish.method]
    last = State(flat, len(rows), "", 0.0)
    for words, share, some in run(features[rows], flat[rows], wish, check):
        places = np.full((n, 2), np.nan, np.float32)
        places[rows] = some
        last = State(places, len(rows), words, 0.05 + share * (0.85 if n == len(rows) else 0.4))
        yield last
    if n == len(rows):
        return
    marks = last.places
    for last in _others(features, rows, marks, check):  # noqa: B020 - the last of these is where all start from
        yield last
    if wish.method == "tsne" and (n <= MOST_IN_ALL or wish.full):
        for words, share, places in _tsne(features, last.places, wish, check, early=0):
            yield State(places, n, words, 0.55 + 0.4 * share)


def landmarks_of(n: int, seed: int) -> np.ndarray:
    """(LANDMARKS,) rows drawn by a seed, ascending."""
    return np.sort(np.random.default_rng(seed).choice(n, LANDMARKS, replace=False))


def _others(features, rows, places, check) -> Iterator[State]:
    """All that are no landmarks, by their nearest ones."""
    n, places = len(features), places.copy()
    others = np.setdiff1d(np.arange(n), rows, assume_unique=True)
    step = max(LARGER, len(others) // 5)
    for start in range(0, len(others), step):
        some = others[start : start + step]
        places[some] = placed_by(features[some], features[rows], places[rows], check=check)
        share = (start + len(some)) / len(others)
        yield State(places.copy(), len(rows), "Others by their nearest landmarks", 0.45 + 0.1 * share)


def _tsne(features, start, wish: Placing, check, early: int = EARLY) -> Iterator[tuple[str, float, np.ndarray]]:
    from openTSNE import TSNEEmbedding, affinity  # scikit-learn's parts take a second to import

    perplexity = min(wish.neighbours, (len(features) - 1) / 3)
    known = _known_neighbours(features, int(3 * perplexity), check)
    affinities = affinity.PerplexityBasedNN(
        None if known else np.ascontiguousarray(features, np.float64),
        perplexity=perplexity,  # type: ignore[arg-type]  # its documents say float
        n_jobs=-1,
        random_state=wish.seed,
        knn_index=known,
    )
    check()
    at = TSNEEmbedding(_start(start, wish.seed), affinities, n_jobs=-1, random_state=wish.seed)
    exaggeration = OF_FEW if len(features) < FEW else EXAGGERATION
    for done in range(0, early, AT_ONCE):
        check()
        at = at.optimize(AT_ONCE, exaggeration=exaggeration, momentum=0.5)
        yield "Groups form", (done + AT_ONCE) / (early + LATE), np.asarray(at, np.float32)
    for done in range(0, LATE, AT_ONCE):
        check()
        at = at.optimize(AT_ONCE, exaggeration=1, momentum=0.8)
        yield "Groups spread out", (early + done + AT_ONCE) / (early + LATE), np.asarray(at, np.float32)


def _known_neighbours(features: np.ndarray, k: int, check):
    """Exact neighbours for openTSNE; None for large sets, where it finds them approximately."""
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    if len(features) > EXACT:
        return None
    near, squares = neighbours(features, features, k, np.arange(len(features)), check)
    return PrecomputedNeighbors(near, np.sqrt(squares, dtype=np.float64))


def _start(places: np.ndarray, seed: int) -> np.ndarray:
    """First coordinates, small; equal ones are pulled apart a little, by the seed."""
    plain = np.asarray(places, np.float64)
    apart = np.random.default_rng(seed).normal(size=plain.shape)
    deviation = plain.std(axis=0)[0] or 1.0
    return START_DEVIATION * (plain / deviation + APART * apart)


def _umap(features, start, wish: Placing, check) -> Iterator[tuple[str, float, np.ndarray]]:
    check()
    umap = importlib.import_module("umap")  # not installed everywhere: the server asks before
    count = int(min(wish.neighbours, len(features) - 1))
    found = umap.UMAP(n_neighbors=count, random_state=wish.seed, init=10 * _start(start, wish.seed) / START_DEVIATION)
    yield "Groups form", 1.0, np.asarray(found.fit_transform(features), np.float32)
