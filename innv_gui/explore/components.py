"""Principal components of any number of vectors that come in blocks, without all of them in memory.

Few dimensions: from their covariance, exactly. Many: a randomised range finder with two power iterations (Halko,
Martinsson and Tropp 2011, algorithm 4.4), drawn by a seed. Signs: the largest weight of a component is positive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

COMPONENTS = 50
EXACT_DIMENSIONS = 1024
MORE, ITERATIONS = 10, 2
Blocks = Callable[[], Iterable[np.ndarray]]


@dataclass(frozen=True)
class Components:
    """mean (D,); axes (D, k) unit vectors by falling variance; variances (k,); total: variance of all dimensions."""

    mean: np.ndarray = field(repr=False)
    axes: np.ndarray = field(repr=False)
    variances: np.ndarray = field(repr=False)
    total: float = 0.0

    def __call__(self, features: np.ndarray) -> np.ndarray:
        """(N, D) -> (N, k) float32 coordinates."""
        return ((np.asarray(features, np.float32) - self.mean) @ self.axes).astype(np.float32)


@dataclass(frozen=True)
class Shortened:
    """components: how vectors become short; shape of what was written; check: its CRC-32."""

    components: Components = field(repr=False)
    shape: tuple[int, int] = (0, 0)
    check: int = 0


def components_of(blocks: Blocks, k: int = COMPONENTS, seed: int = 0) -> Components:
    """blocks: gives (m, D) float32 blocks of all vectors, the same each time. k: at most D and N are given."""
    n, mean = _mean(blocks)
    k = min(k, len(mean), n)
    if len(mean) <= EXACT_DIMENSIONS:
        return _exact(blocks, n, mean, k)
    return _randomised(blocks, n, mean, k, seed)


def _mean(blocks: Blocks) -> tuple[int, np.ndarray]:
    n, total = 0, 0.0
    for block in blocks():
        n += len(block)
        total = total + block.sum(axis=0, dtype=np.float64)
    return n, np.asarray(total) / max(n, 1)


def _exact(blocks: Blocks, n: int, mean: np.ndarray, k: int) -> Components:
    covariance = np.zeros((len(mean), len(mean)))
    for block in blocks():
        centred = np.asarray(block, np.float64) - mean
        covariance += centred.T @ centred
    values, vectors = np.linalg.eigh(covariance / max(n - 1, 1))
    return _sorted(mean, vectors[:, ::-1][:, :k], values[::-1][:k], float(values.sum()))


def _randomised(blocks: Blocks, n: int, mean: np.ndarray, k: int, seed: int) -> Components:
    width = min(k + MORE, len(mean), n)
    basis = np.linalg.qr(np.random.default_rng(seed).normal(size=(len(mean), width)))[0]
    for _ in range(ITERATIONS + 1):
        basis = np.linalg.qr(_through(blocks, mean, basis))[0]
    small, squares = np.zeros((width, width)), 0.0
    for block in blocks():
        centred = block - mean.astype(np.float32)
        squares += float(np.square(centred, dtype=np.float64).sum())
        short = centred @ basis.astype(np.float32)
        small += short.T.astype(np.float64) @ short
    values, vectors = np.linalg.eigh(small / max(n - 1, 1))
    axes = (basis @ vectors)[:, ::-1][:, :k]
    return _sorted(mean, axes, values[::-1][:k], squares / max(n - 1, 1))


def _through(blocks: Blocks, mean: np.ndarray, basis: np.ndarray) -> np.ndarray:
    """Covariance times basis, without the covariance."""
    found = np.zeros(basis.shape)
    centre, wide = mean.astype(np.float32), basis.astype(np.float32)
    for block in blocks():
        centred = block - centre
        found += centred.T @ (centred @ wide)
    return found


def _sorted(mean: np.ndarray, axes: np.ndarray, variances: np.ndarray, total: float) -> Components:
    heaviest = np.abs(axes).argmax(axis=0)
    signs = np.where(axes[heaviest, np.arange(axes.shape[1])] < 0, -1.0, 1.0)
    plain = (axes * signs).astype(np.float32)
    return Components(mean.astype(np.float32), plain, np.maximum(variances, 0), total)
