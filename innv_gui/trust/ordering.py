"""From a map to the order in which parts of the picture are replaced."""

from __future__ import annotations

import numpy as np

FEWEST = 14  # blocks along the shorter side, where it has as many pixels


def evidence(values: np.ndarray, signed: bool) -> np.ndarray:
    """(H, W, C) relevance -> (H, W) float64 by which pixels are ranked: the positive part of a signed map's sum."""
    total = np.asarray(values, np.float64).sum(axis=-1)
    return np.maximum(total, 0) if signed else total


def block_side(height: int, width: int) -> int:
    """Pixels: 16 at 224, elsewhere the most that gives 14 blocks along the shorter side."""
    return max(1, min(height, width) // FEWEST)


def block_numbers(height: int, width: int) -> np.ndarray:
    """(H, W) int: which block a pixel is in, counted by rows; blocks at the right and lower edge may be smaller."""
    side = block_side(height, width)
    rows, columns = np.arange(height) // side, np.arange(width) // side
    return rows[:, None] * (columns[-1] + 1) + columns[None, :]


def block_means(evidence: np.ndarray) -> np.ndarray:
    """(H, W) -> (B,): mean over each block."""
    numbers = block_numbers(*evidence.shape).ravel()
    return np.bincount(numbers, evidence.ravel()) / np.bincount(numbers)


def places(evidence: np.ndarray, seed: int) -> np.ndarray:
    """(H, W) -> (H, W) int32: the place of each pixel's block, the most relevant 0. seed: decides among equal blocks.

    Values that are not finite come last.
    """
    means = block_means(np.where(np.isfinite(evidence), evidence, -np.inf))
    chance = np.random.default_rng(seed).permutation(len(means))
    place = np.empty(len(means), np.int32)
    place[np.lexsort((chance, -means))] = np.arange(len(means))
    return place[block_numbers(*evidence.shape)]


def counts(n_blocks: int, steps: int) -> np.ndarray:
    """(steps + 1,) int: how many blocks are replaced at each step, from none to all."""
    return np.round(np.linspace(0, n_blocks, steps + 1)).astype(np.int64)


def shares(height: int, width: int, steps: int) -> np.ndarray:
    """(steps + 1,) float64: the share of blocks that is replaced at each step."""
    n_blocks = int(block_numbers(height, width)[-1, -1]) + 1
    return counts(n_blocks, steps) / n_blocks


def area(probabilities: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """(..., S) over shares (S,) -> (...): area under the curve by the trapezoidal rule; 1 where p is 1 throughout."""
    values = np.asarray(probabilities, np.float64)
    return ((values[..., 1:] + values[..., :-1]) / 2 * np.diff(shares)).sum(axis=-1)
