"""Images as the grey squares that a small network is trained on; those of the latest classes are kept in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

import numpy as np

from innv_gui.cluster.pool import Pool
from innv_gui.datasets import state
from innv_gui.records import ImageRef, Problem
from innv_gui.workshop.recipe import MOST_CLASSES
from innv_gui.workshop.tiles import SIDE

CHUNK = 32  # images a task
KEPT = 2 * MOST_CLASSES  # classes: a page asks again with every change of its form

Made = tuple[np.ndarray, list[Problem]]


class Squares:
    """Makes them, once as long as the files do not change."""

    def __init__(self, pool: Callable[[], Pool]):
        self._pool = pool
        self._known: OrderedDict[tuple, Made] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, refs: list[ImageRef]) -> Made:
        """(n, 28, 28) uint8 of the images that can be used, and the others with their reasons."""
        key = tuple((ref, state(ref)) for ref in refs)
        with self._lock:
            known = self._known.get(key)
        return known or self._keep(key, self._made(refs))

    def _made(self, refs: list[ImageRef]) -> Made:
        squares, problems = [np.zeros((0, SIDE, SIDE), np.uint8)], []
        for start in range(0, len(refs), CHUNK):
            made, bad = self._pool().run("images.greys", refs[start : start + CHUNK], SIDE, about="the pictures")
            squares.append(made)
            problems += bad
        return np.concatenate(squares), problems

    def _keep(self, key: tuple, made: Made) -> Made:
        with self._lock:
            self._known[key] = made
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return made
