"""The likeliest classes of an image, and what they are called beside each other."""

from __future__ import annotations

import numpy as np

from innv_gui.runtimes.keras.views.selection import Selection

SHOWN = 5


def likeliest(probabilities: np.ndarray) -> np.ndarray:
    """(n, K) -> (n, up to SHOWN) class indices, the likeliest first."""
    return np.argsort(-probabilities, axis=1, kind="stable")[:, :SHOWN]


def named(selection: Selection, classes: np.ndarray) -> list[str]:
    """What the classes are called, each name once: with its index where two of them share it."""
    names = [selection.class_names[index] for index in classes]
    shared = {name for name in names if names.count(name) > 1}
    return [f"{name} ({index})" if name in shared else name for name, index in zip(names, classes, strict=True)]
