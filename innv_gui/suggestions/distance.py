"""How far predictions are from one class: mean cosine distance to the one-hot vector."""

from __future__ import annotations

import numpy as np


def class_distance(probabilities: np.ndarray, norms: np.ndarray) -> np.ndarray:
    """(1/M) sum_m (1 - p_m[c] / ||p_m||_2): 0 when all models are right, 1 when all are wrong.

    probabilities (M, N): that of class c (or of each image's own label); norms (M, N): length of the whole vector.
    Returns (N,) float64 in [0, 1]; NaN where a model has no score.
    """
    p, length = np.atleast_2d(probabilities).astype(np.float64), np.atleast_2d(norms).astype(np.float64)
    cosine = np.divide(p, length, out=np.zeros_like(p), where=length > 0)
    cosine[np.isnan(p) | np.isnan(length)] = np.nan
    return np.clip(1 - cosine, 0, 1).mean(axis=0)
