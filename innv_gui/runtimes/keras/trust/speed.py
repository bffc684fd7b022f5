"""How long one forward pass takes here, so that the cost of a table is known before it is begun."""

from __future__ import annotations

import time

import numpy as np

from innv_gui.datasets import geometry
from innv_gui.records import ModelSource
from innv_gui.runtimes.keras.networks import loading

IMAGES = 8


def seconds_per_pass(source: ModelSource) -> float:
    """Of one image in a batch of 8, the second time, when everything is compiled."""
    network = loading.load(source)
    x = np.zeros((IMAGES, *geometry.size_of(network.input_shape), network.input_shape[2]), np.float32)
    network.scores(x)
    started = time.perf_counter()
    network.scores(x)
    return (time.perf_counter() - started) / IMAGES
