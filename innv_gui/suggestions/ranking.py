"""Which images come first, and why: one value an image, one sentence with its numbers.

Every function takes M models and N images and gives (N,) float64, NaN where there is nothing to say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

N_LISTED = 200  # images of a top list


@dataclass(frozen=True)
class Kind:
    """One list: what it is called, why anybody would look at it, what it needs."""

    name: str
    title: str
    reason: str
    rising: bool = False  # the smallest value first
    models: int = 1  # at least
    labels: bool = False
    similarity: bool = False  # compares images with each other: needs all of them
    one_class: bool = True  # means something only where an image is of exactly one class


KINDS = {
    kind.name: kind
    for kind in (
        Kind("disagreement", "Models say different things", "Most groups first, then the surest.", models=2),
        Kind("entropy", "Undecided", "The probabilities are spread over many classes."),
        Kind("margin", "Between two classes", "The two likeliest classes are almost equally likely.", rising=True),
        Kind("divergence", "Different answers", "The models' probabilities differ (Jensen-Shannon).", models=2),
        Kind(
            "only_right",
            "Only {letter} is right",
            "{name} names the label, no other model does.",
            models=2,
            labels=True,
        ),
        Kind(
            "label_errors",
            "Labels to check",
            "The models are surer of another class than they usually are of it (confident learning, Northcutt et al. "
            "2021). Trust it only where the models were not trained on these images.",
            labels=True,
        ),
        Kind(
            "near_duplicates",
            "Almost the same",
            "Two images with nearly the same activations; one of each group is shown.",
            similarity=True,
            one_class=False,
        ),
        Kind(
            "least_similar",
            "Unlike the rest",
            "Far from even the nearest other images.",
            similarity=True,
            one_class=False,
        ),
    )
}


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
    similarity: float = 0.98,
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
