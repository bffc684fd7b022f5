"""Activations as short unit vectors, so that images can be compared by cosine similarity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

DIMENSIONS = 32
N_SAMPLE = 5000  # images that the projection is fitted to
TINY = 1e-12
HELD = 0.01  # of the variance: a direction that images differ in


@dataclass(frozen=True)
class Projection:
    """Centres, scales and projects activations (N, U) to unit vectors (N, D) float32, D <= DIMENSIONS.

    mean (U,); matrix (U, D): principal components of a sample, every model's activations scaled to the same variance.
    directions: how many of them hold a hundredth of the variance.
    """

    mean: np.ndarray = field(repr=False)
    matrix: np.ndarray = field(repr=False)
    directions: int = 0

    def points(self, activations: np.ndarray) -> np.ndarray:
        """(N, D) float32 before they are made unit vectors: the components, of total variance M for M models."""
        return (np.asarray(activations, np.float32) - self.mean) @ self.matrix

    def __call__(self, activations: np.ndarray) -> np.ndarray:
        short = self.points(activations)
        length = np.linalg.norm(short, axis=1, keepdims=True)
        return np.where(length > TINY, short / np.maximum(length, TINY), _first_axis(short.shape[1]))


def _first_axis(dimensions: int) -> np.ndarray:
    """Where images without a direction go: all to the same place, because they are the same."""
    return np.eye(1, dimensions, dtype=np.float32)


def fit(blocks: Sequence[np.ndarray], dimensions: int = DIMENSIONS) -> Projection:
    """The projection for activations of one model or several side by side: blocks (N, U_m) of the same N images."""
    whole = np.concatenate([_even(block) for block in blocks], axis=1)
    plain = np.concatenate([np.asarray(block, np.float64) for block in blocks], axis=1)
    scale = np.concatenate([_scale(block) for block in blocks])
    variances, axes = np.linalg.eigh(whole.T @ whole) if whole.shape[1] <= len(whole) else _axes_of_few(whole)
    matrix = axes[:, ::-1][:, :dimensions] * scale[:, None]
    directions = int((variances > HELD * max(variances.sum(), TINY)).sum())
    return Projection(plain.mean(axis=0).astype(np.float32), matrix.astype(np.float32), directions)


def _axes_of_few(whole: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """More neurons than images: variances and right singular vectors, in rising order like those of eigh."""
    _, lengths, axes = np.linalg.svd(whole, full_matrices=False)
    return lengths[::-1] ** 2, axes.T[:, ::-1]


def _scale(block: np.ndarray) -> np.ndarray:
    """One factor for all neurons of a model: total variance 1."""
    total = float(np.asarray(block, np.float64).var(axis=0).sum())
    return np.full(block.shape[1], 1 / np.sqrt(total) if total > 0 else 0.0)


def _even(block: np.ndarray) -> np.ndarray:
    plain = np.asarray(block, np.float64)
    return (plain - plain.mean(axis=0)) * _scale(block)


def pairs_above(vectors: np.ndarray, similarity: float) -> float:
    """Share of all pairs of unit vectors (N, D) with at least this cosine; 0 without a pair."""
    n = len(vectors)
    if n < 2:
        return 0.0
    return float((np.count_nonzero(vectors @ vectors.T >= similarity) - n) / (n * (n - 1)))
