"""Images compared with each other: near-duplicates, and images unlike all others. Never N x N numbers at once.

Features are unit vectors (N, D) float32, so that a product is a cosine similarity.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

EXACT = 20_000  # up to here every image is compared with every other
BLOCK = 1024
N_NEIGHBOURS = 10
ALMOST_SAME = 0.999
COMPARISONS = 2_000_000_000  # how many products the comparison with a reference may take
N_ORDERS, N_AFTER = 12, 4  # random orders, and how many images after it each one is compared with
N_BITS = 62


@dataclass(frozen=True)
class Nearest:
    """partner (N,) int64: the most similar other image found, -1 for none; similarity (N,) float32, -1 for none."""

    partner: np.ndarray = field(repr=False)
    similarity: np.ndarray = field(repr=False)
    exact: bool = True


def nearest(features: np.ndarray, seed: int = 0) -> Nearest:
    """The nearest other image of each.

    Up to EXACT images exactly. Above, by locality-sensitive hashing (Charikar 2002): in each of some random orders that
    put similar images close together, every image is compared with those that follow; near-duplicates meet almost
    surely, distant neighbours may be missed.
    """
    if len(features) <= EXACT:
        return _exact(features)
    generator = np.random.default_rng(seed)
    found = Nearest(np.full(len(features), -1), np.full(len(features), -1, np.float32), exact=False)
    for _ in range(N_ORDERS):
        order = _similar_first(features, generator)
        for step in range(1, N_AFTER + 1):
            _compare(features, order[:-step], order[step:], found)
    return found


def _exact(features: np.ndarray) -> Nearest:
    partner = np.full(len(features), -1)
    similarity = np.full(len(features), -1, np.float32)
    for start in range(0, len(features), BLOCK):
        products = features[start : start + BLOCK] @ features.T
        own = np.arange(len(products))
        products[own, start + own] = -np.inf
        best = products.argmax(axis=1)
        there = np.isfinite(products[own, best])
        partner[start + own[there]], similarity[start + own[there]] = best[there], products[own, best][there]
    return Nearest(partner, np.minimum(similarity, 1))


def _similar_first(features: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """An order by the signs of products with random directions: images that share the first signs are neighbours."""
    directions = generator.normal(size=(features.shape[1], N_BITS)).astype(np.float32)
    code = np.zeros(len(features), np.int64)
    for start in range(0, len(features), BLOCK):
        signs = features[start : start + BLOCK] @ directions > 0
        code[start : start + BLOCK] = signs @ (1 << np.arange(N_BITS - 1, -1, -1))
    return np.argsort(code, kind="stable")


def _compare(features: np.ndarray, left: np.ndarray, right: np.ndarray, found: Nearest) -> None:
    for start in range(0, len(left), BLOCK * 16):
        a, b = left[start : start + BLOCK * 16], right[start : start + BLOCK * 16]
        similarity = np.minimum(np.einsum("nd,nd->n", features[a], features[b]), 1)
        for one, other in ((a, b), (b, a)):
            better = similarity > found.similarity[one]
            found.similarity[one[better]], found.partner[one[better]] = similarity[better], other[better]


def reference_rows(n: int, seed: int = 0) -> np.ndarray:
    """The images that all are compared with: all up to EXACT, else a sample that keeps the work bounded; ascending."""
    if n <= EXACT:
        return np.arange(n)
    size = int(np.clip(COMPARISONS // n, 1000, EXACT))
    return np.sort(np.random.default_rng(seed).choice(n, size, replace=False))


def isolation(features: np.ndarray, reference: np.ndarray, k: int = N_NEIGHBOURS) -> np.ndarray:
    """(N,) float32: mean cosine distance (0 to 2) of each image to its k nearest in the reference, itself left out.

    reference: ascending positions, from `reference_rows`. NaN with fewer than two images.
    """
    apart = np.full(len(features), np.nan, np.float32)
    others = features[reference]
    k = min(k, len(reference) - 1)
    if k < 1:
        return apart
    for start in range(0, len(features), BLOCK):
        products = features[start : start + BLOCK] @ others.T
        at = np.searchsorted(reference, start), np.searchsorted(reference, start + len(products))
        products[reference[at[0] : at[1]] - start, np.arange(*at)] = -np.inf
        near = np.partition(products, -k, axis=1)[:, -k:]
        apart[start : start + BLOCK] = np.maximum(1 - near.mean(axis=1), 0)
    return apart
