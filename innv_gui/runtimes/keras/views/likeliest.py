"""The likeliest classes of an image, and what they are called beside each other."""

from __future__ import annotations

import numpy as np

from innv_gui.runtimes.keras.views.selection import Selection

SHOWN = 5


def likeliest(probabilities: np.ndarray) -> np.ndarray:
    """(n, K) -> (n, up to SHOWN) class indices, the likeliest first."""
    return np.argsort(-probabilities, axis=1, kind="stable")[:, :SHOWN]


def titled(selection: Selection, probabilities: np.ndarray, classes: np.ndarray) -> list[str]:
    """ "goldfish 0.912" of each class; each name once, with its index where two classes share one."""
    names = [selection.class_names[index] for index in classes]
    shared = {name for name in names if names.count(name) > 1}
    pairs = zip(names, classes, strict=True)
    return [f"{f'{name} ({k})' if name in shared else name} {probabilities[k]:.3f}" for name, k in pairs]
