"""Small networks on which a method is tried before anyone relies on it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from innv_gui.analyzers.declaration import Analyzer, Targets
from innv_gui.extensions.sources import Origin
from innv_gui.records import Preprocessing
from innv_gui.runtimes.code import function
from innv_gui.runtimes.keras.answers import checked_maps
from innv_gui.runtimes.keras.attribution.question import Question
from innv_gui.runtimes.keras.cam.question import Question as ClassQuestion
from innv_gui.runtimes.keras.networks.flatten import flatten
from innv_gui.runtimes.keras.networks.network import Network
from innv_gui.runtimes.keras.networks.seeding import seeded
from innv_gui.runtimes.keras.own_copy import OwnCopy
from innv_gui.runtimes.keras.predict.feeding import Feeding

TRIED = Origin("file", "a plug-in that is tried")
FED = Feeding(Preprocessing("symmetric"))
SIZES = ((16, 20, 3), (12, 12, 1))  # heights, widths and channels that a mistake in one of them shows in


@dataclass(frozen=True)
class Trial:
    """x (n, H, W, C); targets (n,): classes, or neurons of `layer`."""

    name: str
    network: Network
    layer: str
    x: np.ndarray
    targets: np.ndarray

    def maps(self, analyzer: Analyzer, params: dict[str, Any]) -> np.ndarray:
        """(n, H, W, C) or (n, H, W, 1). Raises WorkFailed where the method fails or gives something else."""
        answer = function(analyzer.run["native"])
        if analyzer.targets == Targets.CAM:
            question = ClassQuestion(self.network, analyzer.name, params, self.layer, False, self.x, self.targets)
        else:
            units = self.network.flat.tensors[self.layer].shape[-1]
            weights = np.eye(units, dtype=np.float32)[self.targets]
            asked = (self.network, analyzer.name, params, self.layer, False, True, self.x, weights)
            question = Question(*asked, feeding=FED)
        shape = self.x.shape[1:]
        question.own = OwnCopy(self.network, (shape, answer), lambda: _network(shape).model)
        return checked_maps(answer, analyzer, question, TRIED)


def trials(by_class: bool) -> Iterator[Trial]:
    """A class of each of three images, another one, and a neuron of an inner layer; by_class: no neurons."""
    for shape in SIZES:
        network = _network(shape)
        x = np.random.default_rng(1).uniform(-1, 1, (3, *shape)).astype(np.float32)
        size, ends = " × ".join(map(str, shape)), "late" if by_class else network.explained_layer
        yield Trial(f"classes of a network for {size}", network, ends, x, np.array([0, 1, 2]))
        yield Trial(f"class 3 of a network for {size}", network, ends, x, np.array([3, 3, 3]))
        if not by_class:
            yield Trial(f"a neuron of a network for {size}", network, "late", x, np.array([2, 2, 2]))


@seeded(2)
def _network(shape: tuple[int, int, int]) -> Network:
    layers = [
        keras.Input(shape),
        keras.layers.Conv2D(6, 3, activation="relu", name="early"),
        keras.layers.MaxPooling2D(2),
        keras.layers.Conv2D(8, 3, activation="relu", name="late"),
        keras.layers.Flatten(),
        keras.layers.Dense(5, name="scores"),
        keras.layers.Softmax(),
    ]
    flat = flatten(keras.Sequential(layers), 0, None)
    return Network(hashlib.sha256(str(shape).encode()).hexdigest(), "a network to try methods on", flat, ("scores",))
