"""Nearest neighbours among short vectors, exactly, in blocks; and how many of them a map keeps near."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

BLOCK = 512
NEIGHBOURS, FEW = 10, 4
TRUST_EXACT, TRUST_SAMPLE = 20_000, 1_000
ROUNDING = 1e-6  # of squared distances that are equal


def nearest_to(query: np.ndarray, features: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """(k,) rows by rising Euclidean distance to query (D,), and the distances; equal ones in the order of rows."""
    squares = np.empty(len(features), np.float32)
    for start in range(0, len(features), 65_536):
        part = features[start : start + 65_536] - query
        squares[start : start + len(part)] = np.einsum("nd,nd->n", part, part)
    squares[np.isnan(squares)] = np.inf
    k = min(k, int(np.isfinite(squares).sum()))
    if not k:
        return np.zeros(0, int), np.zeros(0, np.float32)
    limit = np.partition(squares, k - 1)[k - 1]
    close = np.flatnonzero(squares <= limit)
    order = close[np.argsort(squares[close], kind="stable")][:k]
    return order, np.sqrt(squares[order])


def neighbours(
    queries: np.ndarray,
    features: np.ndarray,
    k: int,
    own: np.ndarray | None = None,
    check: Callable[[], None] = lambda: None,
) -> tuple[np.ndarray, np.ndarray]:
    """(M, k) rows of `features` nearest to each query (M, D), by rising distance, and squared distances.

    own: (M,) the row that each query is, left out. check: asked between blocks.
    """
    k = max(1, min(k, len(features) - (own is not None)))
    lengths = np.einsum("nd,nd->n", features, features)
    found, far = np.empty((len(queries), k), np.int64), np.empty((len(queries), k), np.float32)
    step = max(16, min(BLOCK, 200_000_000 // max(len(features), 1)))
    for start in range(0, len(queries), step):
        check()
        part = queries[start : start + step]
        apart = lengths - 2 * (part @ features.T)
        if own is not None:
            apart[np.arange(len(part)), own[start : start + len(part)]] = np.inf
        best = _smallest(apart, k)
        squares = np.einsum("nd,nd->n", part, part)[:, None]
        found[start : start + step] = best
        far[start : start + step] = np.maximum(-2 * _products(part, features, best) + lengths[best] + squares, 0)
    return found, far


def _smallest(apart: np.ndarray, k: int) -> np.ndarray:
    """(M, k) places of the k smallest of each row, in their order; `apart` is used up.

    Few are found one by one, which takes a seventh of the time of a partition.
    """
    if k <= FEW:
        rows, found = np.arange(len(apart)), np.empty((len(apart), k), np.int64)
        for place in range(k):
            found[:, place] = apart.argmin(axis=1)
            apart[rows, found[:, place]] = np.inf
        return found
    best = np.argpartition(apart, k - 1, axis=1)[:, :k]
    order = np.argsort(np.take_along_axis(apart, best, axis=1), axis=1, kind="stable")
    return np.take_along_axis(best, order, axis=1)


def _products(part: np.ndarray, features: np.ndarray, best: np.ndarray) -> np.ndarray:
    return np.einsum("md,mkd->mk", part, features[best])


def trust(
    features: np.ndarray, places: np.ndarray, seed: int = 0, check: Callable[[], None] = lambda: None
) -> np.ndarray:
    """(n,) share of each row's 10 nearest by places (n, 2) that are no farther by features (n, D) than its 10 nearest.

    Which of equally near ones are the ten does not matter: images that are the same are each other's nearest. Above
    TRUST_EXACT rows only a sample of them is looked at, the others are NaN.
    """
    n = len(features)
    kept = np.full(n, np.nan, np.float32)
    k = min(NEIGHBOURS, n - 1)
    if k < 1:
        return kept
    rows = np.arange(n)
    if n > TRUST_EXACT:
        rows = np.sort(np.random.default_rng(seed).choice(n, TRUST_SAMPLE, replace=False))
    near = neighbours(features[rows], features, k, rows, check)[0]
    seen = neighbours(places[rows], places, k, rows, check)[0]
    for start in range(0, len(rows), BLOCK):
        part = slice(start, start + BLOCK)
        own = features[rows[part], None].astype(np.float64)
        far, limit = (((features[of[part]] - own) ** 2).sum(axis=2) for of in (seen, near))
        kept[rows[part]] = (far <= limit.max(axis=1, keepdims=True) * (1 + ROUNDING)).mean(axis=1)
    return kept


def placed_by(
    features: np.ndarray,
    landmarks: np.ndarray,
    places: np.ndarray,
    k: int = 3,
    check: Callable[[], None] = lambda: None,
) -> np.ndarray:
    """(m, 2) places of other vectors (m, D): the mean of their k nearest landmarks' places, near ones counting more.

    landmarks (L, D) with their places (L, 2). Weights are 1 / (distance / that of the nearest + 0.1).
    """
    near, squares = neighbours(features, landmarks, k, None, check)
    far = np.sqrt(squares)
    closest = np.maximum(far[:, :1], 1e-12)
    weights = 1 / (far / closest + 0.1)
    weights /= weights.sum(axis=1, keepdims=True)
    return np.einsum("mk,mkd->md", weights, places[near]).astype(np.float32)
