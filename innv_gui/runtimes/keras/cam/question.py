"""What a class activation map is asked: some images, a class for each, and a spatial layer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from innv_gui.runtimes.keras.networks import coverage
from innv_gui.runtimes.keras.networks.network import Network
from innv_gui.runtimes.keras.own_copy import OwnCopy


@dataclass(eq=False)
class Question:
    """One batch. A method takes it and gives maps (n, H, W, 1) in [0, 1], or (n, H, W, C) where it is no region.

    x: (n, H, W, C) float32 network input. classes: (n,) int64. layer: a spatial one. params: complete and checked.
    softmax: the probability is explained, not the score. scores: (n,) of each image's class, which a method may leave
    here when it meets them on its way.
    """

    network: Network
    name: str  # of the method, for messages
    params: dict[str, Any]
    layer: str
    softmax: bool
    x: np.ndarray
    classes: np.ndarray
    notes: dict[str, None] = field(default_factory=dict)
    scores: np.ndarray | None = None
    own: OwnCopy | None = None  # of the network, for code that is not ours

    @property
    def model(self) -> keras.Model:
        """The network, for a plug-in its own copy: (N, H, W, C) -> scores (N, K), a softmax at its end removed."""
        return self.network.model if self.own is None else self.own.model

    @property
    def region(self) -> coverage.Region:
        """The part of the picture that the layer's output shows."""
        return self.network.regions[self.layer]

    def note(self, text: str) -> None:
        """Say something that whoever reads the maps should know, in one sentence."""
        self.notes[text] = None

    def probabilities(self, x: np.ndarray) -> np.ndarray:
        """(m, H, W, C) network input -> (m, K) float32 probabilities of all classes."""
        return self.network.probabilities(self.network.scores(np.ascontiguousarray(x, np.float32)))

    def score_of(self, x: np.ndarray, classes: np.ndarray) -> np.ndarray:
        """(m, H, W, C), (m,) -> (m,): what is explained of each input's class, its score or its probability."""
        scores = self.network.scores(np.ascontiguousarray(x, np.float32))
        chosen = self.network.probabilities(scores) if self.softmax else scores
        return np.take_along_axis(chosen, classes[:, None], axis=1)[:, 0]
