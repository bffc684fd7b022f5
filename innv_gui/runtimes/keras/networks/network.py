"""A loaded network: a flat Keras graph that gives scores, and how to ask it."""

from __future__ import annotations

from dataclasses import dataclass, field

import keras
import numpy as np
import tensorflow as tf

from innv_gui.errors import AnalyzerRefused
from innv_gui.records import Layer
from innv_gui.runtimes.keras.files.quoting import quoted
from innv_gui.runtimes.keras.networks import coverage, links
from innv_gui.runtimes.keras.networks.flatten import Flat
from innv_gui.runtimes.keras.networks.links import LINKS, Link

BATCH = 32
_IN_FRONT = frozenset(
    "InputLayer Rescaling Normalization Resizing CenterCrop RandomCrop GetItem Slice Split CropImages".split()
)


@dataclass(eq=False)
class Network:
    """What every function of this runtime works on. Compiled functions are kept in `compiled`, a trace each."""

    sha256: str
    file: str
    flat: Flat
    outputs: tuple[str, ...]
    output: int = 0
    notes: tuple[str, ...] = ()
    compiled: dict = field(default_factory=dict, repr=False)

    @property
    def model(self) -> keras.Model:
        """Input (N, H, W, C) -> scores (N, K)."""
        return self.flat.model

    @property
    def input_shape(self) -> tuple[int | None, int | None, int]:
        """(H, W, C); None where the network takes any size."""
        return tuple(self.model.inputs[0].shape[1:])

    @property
    def n_classes(self) -> int:
        """K."""
        return self.model.outputs[0].shape[-1]

    @property
    def explained_layer(self) -> str:
        """The operation whose output is the scores."""
        return self.model.outputs[0]._keras_history.operation.name

    @property
    def n_bytes(self) -> int:
        """Memory of the weights."""
        return sum(int(np.prod(w.shape)) * 4 for w in self.model.weights)

    def layers(self) -> tuple[Layer, ...]:
        """In the order of computation, the input first."""
        return tuple(self._layer(name, op) for name, op in self.flat.operations.items())

    def _layer(self, name: str, operation) -> Layer:
        tensor = self.flat.tensors[name]
        is_one = hasattr(tensor, "shape")  # an operation like Split gives several
        shape = tuple((tensor if is_one else keras.tree.flatten(tensor)[0]).shape[1:])
        count = operation.count_params() if isinstance(operation, keras.Layer) else 0
        return Layer(
            name,
            type(operation).__name__,
            shape,
            int(count),
            is_one and is_spatial(operation, shape) and self._has_place(name),
        )

    @property
    def apart(self) -> dict[str, int]:
        """How often a layer is computed, of those that are on different parts: they have no single output."""
        return self.function("apart", lambda: coverage.apart(self.flat))

    @property
    def regions(self) -> dict[str, coverage.Region | None]:
        """The part of the picture that a layer's output shows, by layer."""
        return self.function("regions", lambda: coverage.regions(self.flat))

    @property
    def cam_layer(self) -> str | None:
        """The last layer that Grad-CAM can use, if there is one: of those that see the whole picture, if there are."""
        usable = [layer.name for layer in self.layers() if layer.spatial]
        whole = [name for name in usable if coverage.is_whole(self.regions[name])]
        return (whole or usable or [None])[-1]

    def check_single(self, name: str) -> None:
        """Raises AnalyzerRefused for a layer that has several outputs, of which none stands for the layer."""
        if name in self.apart:
            raise AnalyzerRefused(
                f"{quoted(name)} of {self.file} is computed {self.apart[name]} times apart from each other: it has no"
                " single output.",
                "Choose a layer before these calls, or after the point where they are joined.",
                "layer",
            )

    def _has_place(self, name: str) -> bool:
        return name not in self.apart and self.regions[name] is not None

    def scores(self, x: np.ndarray) -> np.ndarray:
        """(N, H, W, C) float32 network input -> (N, K) float32 scores, in batches of 32."""
        run = self.function("scores", self.trace_scores)
        parts = [run(tf.constant(x[i : i + BATCH])).numpy() for i in range(0, len(x), BATCH)]
        return np.concatenate(parts) if parts else np.zeros((0, self.n_classes), np.float32)

    def predict(self, x: np.ndarray) -> np.ndarray:
        """The same of the file's own units: (N, 1) where both classes are one unit."""
        scores = self.scores(x)
        return scores[:, 1:] if self.flat.outputs.kind == "binary" else scores

    def probabilities(self, scores: np.ndarray) -> np.ndarray:
        """(N, K) scores -> (N, K) float32 probabilities; (N, 1) scores of class 1 -> its probabilities."""
        return links.probabilities(self.flat.link, scores)

    def link(self, wished: bool = True) -> Link:
        """From tensors of scores to probabilities; the identity when probabilities are not wanted."""
        return LINKS[self.flat.link if wished else "identity"]

    @property
    def has_link(self) -> bool:
        """Whether scores are something other than probabilities."""
        return self.flat.link != "identity"

    def function(self, name, trace):
        """A compiled function, traced at its first use."""
        if name not in self.compiled:
            self.compiled[name] = trace()
        return self.compiled[name]

    def signature(self) -> tf.TensorSpec:
        """The input with an open batch axis: one trace serves every batch."""
        return tf.TensorSpec([None, *self.input_shape], tf.float32)

    def trace_scores(self):
        """Compiled: (N, H, W, C) -> (N, K) float32 scores."""

        @tf.function(input_signature=[self.signature()], autograph=False)
        def scores(x):
            return tf.cast(self.model(x, training=False), tf.float32)

        return scores


def is_spatial(operation, shape: tuple) -> bool:
    """Whether Grad-CAM can use the output: (H, W, U) with more than one position, past the input's preparation."""
    kind = type(operation).__name__
    return kind not in _IN_FRONT and len(shape) == 3 and shape[:2] != (1, 1)
