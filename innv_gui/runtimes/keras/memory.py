"""Compiled functions called with as many rows at once as memory allows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import tensorflow as tf


@dataclass
class Memory:
    """Calls compiled functions with all rows at once; where memory runs out, with half as many from then on."""

    at_once: int | None = None
    wished: int = 0

    def call(self, back: Callable, *rows: np.ndarray) -> tuple[np.ndarray, ...]:
        """rows: arrays of the same length n -> what `back`, which gives several tensors, makes of them."""
        parts, start = [], 0
        while start < len(rows[0]):
            stop = min(start + (self.at_once or len(rows[0])), len(rows[0]))
            try:
                parts.append([one.numpy() for one in back(*(tf.constant(row[start:stop]) for row in rows))])
            except tf.errors.ResourceExhaustedError:
                if stop - start == 1:
                    raise
                self.wished = max(self.wished, stop - start)
                self.at_once = (stop - start) // 2
                continue
            start = stop
        return tuple(parts[0]) if len(parts) == 1 else tuple(map(np.concatenate, zip(*parts, strict=True)))

    def notes(self) -> tuple[str, ...]:
        """What a person should know of it."""
        if self.at_once is None:
            return ()
        return (f"Memory was short: images were explained {self.at_once} at a time instead of {self.wished}.",)
