"""What a method of attribution is asked: some images, and how much of each neuron of a layer is to be explained."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from innv_gui.errors import Cancelled
from innv_gui.runtimes.keras.attribution import compiled
from innv_gui.runtimes.keras.memory import Memory
from innv_gui.runtimes.keras.networks.network import BATCH, Network
from innv_gui.runtimes.keras.own_copy import OwnCopy
from innv_gui.runtimes.keras.perturbation.fills import fill_pictures
from innv_gui.runtimes.keras.predict.feeding import AS_IT_IS, Feeding


@dataclass(eq=False)
class Question:
    """One batch. A method takes it and gives maps (n, H, W, C), (n, H, W, 1) or (n, H, W), not normalised.

    x: (n, H, W, C) float32 network input. weights: (n, U) float32, how much of each neuron of `layer` is explained; one
    hot is one class or neuron. params: complete and checked. softmax: the probability is explained, not the score.
    unchecked: go on where the method has nothing for a layer. values: (n, U), the neurons' own values, which a method
    may leave here when it meets them on its way. feeding: how pictures became x. met: what a method may keep while the
    neurons of one batch are asked for one after the other. stopped: whether the person has given up.
    """

    network: Network
    name: str  # of the method, for messages
    params: dict[str, Any]
    layer: str
    softmax: bool
    unchecked: bool
    x: np.ndarray
    weights: np.ndarray
    fit: str = ""  # folder of what was fitted on images, for methods that need it
    memory: Memory = field(default_factory=Memory)
    notes: dict[str, None] = field(default_factory=dict)
    values: np.ndarray | None = None
    feeding: Feeding = AS_IT_IS
    met: dict[Hashable, Any] = field(default_factory=dict)
    stopped: Callable[[], bool] = lambda: False
    own: OwnCopy | None = None  # of the network, for code that is not ours

    @property
    def shape(self) -> tuple[int, ...]:
        """(H, W, C) of the images."""
        return self.x.shape[1:]

    @property
    def model(self) -> keras.Model:
        """The network, for a plug-in its own copy: (N, H, W, C) -> scores (N, K), a softmax at its end removed."""
        return self.network.model if self.own is None else self.own.model

    def note(self, text: str) -> None:
        """Say something that whoever reads the maps should know, in one sentence."""
        self.notes[text] = None

    def check(self) -> None:
        """Between two steps of long work: raises Cancelled when the person has given up."""
        if self.stopped():
            raise Cancelled("The work was cancelled.")

    def filled(self, fill: str) -> np.ndarray:
        """(n, H, W, C) network input, to stand where a part is removed: grey, black, white, mean, blur."""
        return fill_pictures(self.x, fill, self.feeding)

    def images(self) -> Iterator[tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]]:
        """Each image (H, W, C), with what gives the explained value of changed copies of it: (m, H, W, C) -> (m,)."""
        for row, image in enumerate(self.x):
            yield image, lambda copies, row=row: self._neurons(copies) @ self.weights[row]

    def _neurons(self, x: np.ndarray) -> np.ndarray:
        run = compiled.neurons(self.network, self.layer, self.shape, self.softmax)
        x = np.ascontiguousarray(x, np.float32).reshape(-1, *self.shape)
        parts = [run(tf.constant(x[i : i + BATCH])).numpy() for i in range(0, len(x), BATCH)]
        return np.concatenate(parts) if parts else np.zeros((0, self.weights.shape[1]), np.float32)

    def probabilities(self, x: np.ndarray) -> np.ndarray:
        """(m, H, W, C) network input -> (m, K) float32 probabilities of all classes."""
        return self.network.probabilities(self.network.scores(np.ascontiguousarray(x, np.float32)))

    def gradient(self, x: np.ndarray | None = None) -> np.ndarray:
        """Derivative of the explained value with respect to the input; (n, H, W, C) for other inputs of that shape."""
        x = self.x if x is None else np.ascontiguousarray(x, np.float32)
        back = compiled.gradient(self.network, "gradient", self.layer, self.shape, self.softmax, self.unchecked)
        return self.memory.call(back, x, self.weights)[0]
