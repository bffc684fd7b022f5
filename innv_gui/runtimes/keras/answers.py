"""What a method answers, checked: maps of the images' shape, whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy

import numpy as np

from innv_gui import analyzers
from innv_gui.analyzers.declaration import Analyzer
from innv_gui.errors import WorkFailed
from innv_gui.extensions.calling import told
from innv_gui.extensions.sources import Origin
from innv_gui.records import ModelSource
from innv_gui.runtimes.keras.networks.network import Network
from innv_gui.runtimes.keras.own_copy import OwnCopy, copy_of

GIVEN = ("x", "weights", "classes", "params")  # of a question, where it has them


@contextmanager
def lent(question, origin: Origin) -> Iterator[None]:
    """A third party may change the arrays and settings that it is given: whoever asks next finds them as they were."""
    if origin.kind == "built-in":
        yield
        return
    kept = {name: getattr(question, name) for name in GIVEN if hasattr(question, name)}
    for name, value in kept.items():
        setattr(question, name, copy(value))
    try:
        yield
    finally:
        for name, value in kept.items():
            setattr(question, name, value)
        if question.own is not None:
            question.own.settle()


def own_copy(source: ModelSource, network: Network, name: str, origin: Origin) -> OwnCopy | None:
    """Of the network, for a method or view whose code is not ours. name: which of them it is."""
    return None if origin.kind == "built-in" else copy_of(source, network, (name, origin.code))


def checked_maps(answer: Callable, method: Analyzer, question, origin: Origin | None = None) -> np.ndarray:
    """`answer` of a question about x (n, H, W, C) -> float32 (n, H, W, C) or (n, H, W, 1).

    origin: where the method is from, when it is not a declared one. Raises WorkFailed where a method gives something
    else, or fails in code that is not ours.
    """
    shape = question.x.shape
    origin = origin or analyzers.origin(method.name)
    with lent(question, origin):
        maps = told(method.name, origin, lambda: np.asarray(answer(question)))
    if maps.dtype.kind not in "fiub":
        raise WorkFailed(f"{method.name} gave maps of {maps.dtype}, expected numbers.", "Its code must be fixed.")
    if maps.shape == shape[:3]:
        maps = maps[..., None]
    if maps.shape not in (shape, (*shape[:3], 1)):
        raise WorkFailed(
            f"{method.name} gave maps of shape {maps.shape} for images of shape {shape}, expected {shape}, "
            f"{(*shape[:3], 1)} or {shape[:3]}.",
            "Its code must be fixed.",
        )
    return maps.astype(np.float32, copy=False)
