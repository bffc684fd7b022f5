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
COMPARISONS = EXACT**2  # how many products the comparison with a reference may take, as far as LEAST_REFERENCE allows
LEAST_REFERENCE = 1000
N_ORDERS, N_AFTER = 8, 3  # random orders, and how many images after it each one is compared with
N_BITS = 64  # signs that make an order


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
        _compare(features, _similar_first(features, generator), found)
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
    code = np.zeros(len(features), ">u8")
    for start in range(0, len(features), BLOCK):
        signs = features[start : start + BLOCK] @ directions > 0
        code[start : start + BLOCK] = np.packbits(signs, axis=1).view(">u8")[:, 0]
    return np.argsort(code.astype(np.uint64), kind="stable")


def _compare(features: np.ndarray, order: np.ndarray, found: Nearest) -> None:
    """Each image with the N_AFTER that follow it in the order."""
    for start in range(0, len(order) - 1, BLOCK * 16):
        rows = order[start : start + BLOCK * 16 + N_AFTER]
        near = features[rows]
        for step in range(1, min(N_AFTER, len(rows) - 1) + 1):
            similarity = np.minimum(np.einsum("nd,nd->n", near[:-step], near[step:]), 1)
            _keep_better(found, rows[:-step], rows[step:], similarity)
            _keep_better(found, rows[step:], rows[:-step], similarity)


def _keep_better(found: Nearest, images: np.ndarray, others: np.ndarray, similarity: np.ndarray) -> None:
    better = similarity > found.similarity[images]
    found.similarity[images[better]], found.partner[images[better]] = similarity[better], others[better]


def reference_rows(n: int, seed: int = 0) -> np.ndarray:
    """The images that all are compared with: all up to EXACT, else a sample that keeps the work bounded; ascending."""
    if n <= EXACT:
        return np.arange(n)
    size = int(np.clip(COMPARISONS // n, LEAST_REFERENCE, EXACT))
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


def closest(points: np.ndarray, k: int = N_NEIGHBOURS) -> tuple[np.ndarray, np.ndarray]:
    """Of points (N, D), D small: Euclidean distances to the k nearest others (N, k), rising, and their rows."""
    from scipy.spatial import KDTree  # when it is used: the web process starts without it

    n, k = len(points), max(min(k, len(points) - 1), 0)
    if not k:
        return np.zeros((n, 0)), np.zeros((n, 0), np.int64)
    far, rows = map(np.asarray, KDTree(points).query(points, k + 1))
    own = rows == np.arange(n)[:, None]
    kept = np.ones_like(own)
    kept[np.arange(n), np.where(own.any(axis=1), own.argmax(axis=1), k)] = False
    return far[kept].reshape(n, k), rows[kept].reshape(n, k)


def apart(points: np.ndarray, least: float) -> np.ndarray:
    """(N,) bool: which of some points (N, D) to take, in their order, so that no two are `least` or less apart."""
    taken, left = np.zeros(len(points), bool), np.ones(len(points), bool)
    for row in range(len(points)):
        if left[row]:
            taken[row] = True
            left &= np.linalg.norm(points - points[row], axis=1) > least
    return taken
