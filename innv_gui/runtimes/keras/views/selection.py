"""What a view is given: some images under one model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from innv_gui.runtimes.keras.attribution.question import Question
from innv_gui.runtimes.keras.networks.network import Network


@dataclass(frozen=True)
class Selection:
    """x: (n, H, W, C) float32 network input; names and labels (None without) of its images; class_names of the model.

    params: complete and checked.
    """

    network: Network = field(repr=False)
    name: str
    params: dict[str, Any]
    x: np.ndarray = field(repr=False)
    names: tuple[str, ...]
    labels: tuple[str | None, ...]
    class_names: tuple[str, ...]

    @property
    def model(self) -> keras.Model:
        """The network itself: input (N, H, W, C) -> scores (N, K), a softmax at its end removed."""
        return self.network.model

    def probabilities(self, x: np.ndarray | None = None) -> np.ndarray:
        """(n, K) float32, of the selected images or of other network input."""
        x = self.x if x is None else np.ascontiguousarray(x, np.float32)
        return self.network.probabilities(self.network.scores(x))

    def gradient(self, classes: np.ndarray) -> np.ndarray:
        """(n,) class indices -> (n, H, W, C), the derivative of each image's score for its class."""
        network = self.network
        weights = np.eye(network.n_classes, dtype=np.float32)[np.asarray(classes)]
        return Question(network, self.name, {}, network.explained_layer, False, True, self.x, weights).gradient()
