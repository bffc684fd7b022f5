"""Which images come first, and why: one value per image, one sentence with its numbers.

Every function takes M models and N images and gives (N,) float64, NaN where there is nothing to say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

N_LISTED = 200  # images of a top list
SAME = 0.98  # cosine similarity: of two such images a list shows one


def mean_of_models(values: np.ndarray) -> np.ndarray:
    """(M, N) -> (N,): the mean over the models, in float64; for entropies and margins."""
    return np.atleast_2d(values).astype(np.float64).mean(axis=0)


def entropy(probabilities: np.ndarray) -> np.ndarray:
    """-sum p log p over the last axis, natural logarithm; 0 log 0 is 0."""
    p = np.asarray(probabilities, np.float64)
    return -(p * np.log(np.where(p > 0, p, 1))).sum(axis=-1)


def js_divergence(probabilities: np.ndarray) -> np.ndarray:
    """(M, N, K) -> (N,): entropy of the mean minus mean of the entropies, in nats: 0 (same) to log M (Lin 1991)."""
    p = np.asarray(probabilities, np.float64)
    return np.maximum(entropy(p.mean(axis=0)) - entropy(p).mean(axis=0), 0)


def only_model_right(right: np.ndarray, probabilities: np.ndarray, which: int) -> np.ndarray:
    """(N,): probability that model `which` gives the label where it is right and all others are wrong; NaN elsewhere.

    right (M, N) bool; probabilities (M, N) of the predicted class.
    """
    alone = right[which] & (right.sum(axis=0) == 1)
    return np.where(alone, np.asarray(probabilities[which], np.float64), np.nan)


def ranked(values: np.ndarray, rising: bool = False) -> np.ndarray:
    """(k,) positions of what is not NaN, best first; equal values stay in their order."""
    there = np.flatnonzero(~np.isnan(values))
    keys = values[there] if rising else -values[there]
    return there[np.argsort(keys, kind="stable")]


def diverse(
    rows: np.ndarray,
    features_of: Callable[[np.ndarray], np.ndarray],
    n: int = N_LISTED,
    similarity: float = SAME,
    at_once: int = 250,
) -> np.ndarray:
    """At most n of `rows` (k,), best first, none with a cosine similarity above `similarity` to one taken before.

    features_of: rows (j,) -> unit vectors (j, D). Rows are looked at `at_once` at a time, so that a list without
    duplicates costs little.
    """
    taken: list[int] = []
    vectors: list[np.ndarray] = []
    for start in range(0, len(rows), at_once):
        some = rows[start : start + at_once]
        for row, vector in zip(some.tolist(), features_of(some), strict=True):
            if len(taken) < n and (not taken or float((np.stack(vectors) @ vector).max()) <= similarity):
                taken.append(row)
                vectors.append(vector)
        if len(taken) >= n:
            break
    return np.array(taken, np.int64)


def joined(parts: Sequence[str]) -> str:
    """ "3 by A and C, 8 by B"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
