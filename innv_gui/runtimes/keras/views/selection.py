"""What a view is given: some images under one model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from innv_gui.runtimes.keras.attribution.question import Question
from innv_gui.runtimes.keras.networks.network import Network
from innv_gui.runtimes.keras.own_copy import OwnCopy
from innv_gui.runtimes.keras.perturbation.fills import fill_pictures
from innv_gui.runtimes.keras.predict.feeding import AS_IT_IS, Feeding


@dataclass(frozen=True)
class Selection:
    """x: (n, H, W, C) float32 network input; names and labels (None without) of its images; class_names of the model.

    params: complete and checked. feeding: how pictures became x. stopped: whether the
    person has given up.
    """

    network: Network = field(repr=False)
    name: str
    params: dict[str, Any]
    x: np.ndarray = field(repr=False)
    names: tuple[str, ...]
    labels: tuple[str | None, ...]
    class_names: tuple[str, ...]
    feeding: Feeding = AS_IT_IS
    stopped: Callable[[], bool] = field(default=lambda: False, repr=False)
    own: OwnCopy | None = field(default=None, repr=False)  # of the network, for code that is not ours

    @property
    def model(self) -> keras.Model:
        """The network, for a plug-in its own copy: (N, H, W, C) -> scores (N, K), a softmax at its end removed."""
        return self.network.model if self.own is None else self.own.model

    def probabilities(self, x: np.ndarray | None = None) -> np.ndarray:
        """(n, K) float32, of the selected images or of other network input."""
        x = self.x if x is None else np.ascontiguousarray(x, np.float32)
        return self.network.probabilities(self.network.scores(x))

    def pictures(self) -> np.ndarray:
        """(n, H, W, C) uint8, the images as the network is given them, before preprocessing."""
        return self.feeding.pictures(self.x)

    def filled(self, fill: str) -> np.ndarray:
        """(n, H, W, C) network input, to stand where a part is removed: grey, black, white, mean, blur."""
        return fill_pictures(self.x, fill, self.feeding)

    def gradient(self, classes: np.ndarray) -> np.ndarray:
        """(n,) class indices -> (n, H, W, C), the derivative of each image's score for its class."""
        network = self.network
        weights = np.eye(network.n_classes, dtype=np.float32)[np.asarray(classes)]
        return Question(network, self.name, {}, network.explained_layer, False, True, self.x, weights).gradient()
