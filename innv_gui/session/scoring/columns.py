"""The columns of a part of scores, from class probabilities. All numbers are float32; logarithms are natural."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

N_TOP = 5
NO_CLASS = -1
LEAST = np.finfo(np.float32).tiny  # keeps the loss of a probability of 0 finite: at most 87.3


def columns_of(probabilities: np.ndarray, label_class: np.ndarray) -> dict:
    """(N, K) float32, rows of NaN where there is none; label_class (N,) int32, -1 without -> one value per image.

    predicted (-1 without) · probability of it · loss -log p[label_class] · entropy -sum p log p · margin: the largest
    minus the second largest · norm ||p||_2 · top5_class, top5_probability: lists, empty without.
    """
    good = np.isfinite(probabilities).all(axis=1)
    p = np.where(good[:, None], probabilities, np.float32(0))
    order = np.argsort(-p, axis=1, kind="stable")[:, : max(N_TOP, 2)]
    best = np.take_along_axis(p, order, axis=1)
    second = best[:, 1] if best.shape[1] > 1 else np.float32(0)
    top = slice(0, min(N_TOP, p.shape[1]))
    return {
        "predicted": np.where(good, order[:, 0], NO_CLASS).astype(np.int32),
        "probability": _or_nan(best[:, 0], good),
        "loss": _or_nan(_loss(p, label_class), good & (label_class != NO_CLASS)),
        "entropy": _or_nan(-(p * np.log(np.maximum(p, LEAST), dtype=np.float64)).sum(axis=1), good),
        "margin": _or_nan(best[:, 0] - second, good),
        "norm": _or_nan(np.sqrt(np.square(p, dtype=np.float64).sum(axis=1)), good),
        "top5_class": _lists(order[:, top].astype(np.int32), good),
        "top5_probability": _lists(best[:, top], good),
        "probabilities": probabilities,
    }


def relabelled(labels: Sequence[str | None], probabilities: np.ndarray, class_of: dict[str, int]) -> dict:
    """The columns that depend on what labels mean, made again from kept probabilities (N, K), rows of NaN without."""
    classes = label_classes(labels, class_of)
    good = np.isfinite(probabilities).all(axis=1)
    p = np.where(good[:, None], probabilities, np.float32(0))
    return {"label_class": classes, "loss": _or_nan(_loss(p, classes), good & (classes != NO_CLASS))}


def label_classes(labels: Sequence[str | None], class_of: dict[str, int]) -> np.ndarray:
    """(N,) int32: the model's class that each label is, -1 where there is none."""
    return np.array([class_of.get(label, NO_CLASS) for label in labels], np.int32)


def _loss(p: np.ndarray, label_class: np.ndarray) -> np.ndarray:
    chosen = np.take_along_axis(p, np.maximum(label_class, 0)[:, None].astype(np.int64), axis=1)[:, 0]
    return -np.log(np.maximum(chosen, LEAST), dtype=np.float64)


def _or_nan(values: np.ndarray, good: np.ndarray) -> np.ndarray:
    return np.where(good, values, np.nan).astype(np.float32)


def _lists(values: np.ndarray, good: np.ndarray) -> list[np.ndarray]:
    return [row if ok else row[:0] for row, ok in zip(values, good, strict=True)]
