"""Networks small enough that every activation and every gradient is known without a framework."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.files.model_files import archive, dense, input_layer, layer, sequential, weights


@dataclass(frozen=True)
class HandModel:
    """image (H, W, C) -> Flatten -> "hidden" (H*W*C, U) -> "scores" (U, K), softmax; no biases, no activations."""

    shape: tuple[int, int, int]
    hidden: np.ndarray
    scores: np.ndarray

    def file(self, path: Path) -> Path:
        """The network as a .keras file."""
        units, classes = self.scores.shape
        layers = (
            input_layer(self.shape),
            layer("Flatten", "flat"),
            dense("hidden", units=units, activation="linear", use_bias=False),
            dense("scores", units=classes, use_bias=False),
        )
        return archive(path, sequential(*layers), weights(self._fill))

    def _fill(self, tree) -> None:
        del tree["layers/dense/vars"]
        tree["layers/dense/vars/0"], tree["layers/dense_1/vars/0"] = self.hidden, self.scores

    def activations(self, pixels: np.ndarray) -> np.ndarray:
        """(U,) of "hidden" for an image (H, W, C) as it is in its file."""
        return pixels.astype(np.float64).reshape(-1) @ self.hidden

    def probabilities(self, pixels: np.ndarray) -> np.ndarray:
        """(K,)"""
        logits = self.activations(pixels) @ self.scores
        powers = np.exp(logits - logits.max())
        return powers / powers.sum()

    def neuron_gradient(self, neuron: int) -> np.ndarray:
        """(H, W, C) of an activation of "hidden", for any image."""
        return self.hidden[:, neuron].reshape(self.shape)

    def class_gradient(self, class_: int) -> np.ndarray:
        """(H, W, C) of a logit, for any image."""
        return (self.hidden @ self.scores)[:, class_].reshape(self.shape)

    def neurons_of_class(self, class_: int) -> np.ndarray:
        """The neurons of "hidden" that stand for a class: above the middle of the largest and the smallest part."""
        sizes = np.abs(self.scores[:, class_])
        return np.flatnonzero(sizes > (sizes.max() + sizes.min()) / 2)


def hand_model(seed: int, shape: tuple[int, int, int], units: int = 6, classes: int = 3) -> HandModel:
    """One with drawn weights; for bytes as input its logits are a few units apart."""
    generator = np.random.default_rng(seed)
    hidden = generator.normal(0, 1 / (128 * np.sqrt(np.prod(shape))), (int(np.prod(shape)), units))
    return HandModel(shape, hidden.astype(np.float32), generator.normal(size=(units, classes)).astype(np.float32))
