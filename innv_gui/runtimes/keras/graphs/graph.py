"""The operations between the input and one tensor of a flat graph, in the order of computation."""

from __future__ import annotations

from dataclasses import dataclass

import keras
import tensorflow as tf

from innv_gui.runtimes.keras.networks.custom_layers import kind_of

# Between the input and a layer these change no value's meaning: behind them a layer is still the first one.
_KEEP_VALUES = frozenset(
    "Flatten Permute Reshape Dropout SpatialDropout2D Identity ActivityRegularization GaussianNoise GaussianDropout "
    "ZeroPadding1D ZeroPadding2D ZeroPadding3D Cropping1D Cropping2D Cropping3D Rescaling Normalization Resizing "
    "CenterCrop RandomCrop Cast Clip".split()
)
_ARITHMETIC = frozenset("Add Subtract Multiply Divide TrueDivide".split())  # x / 127.5 - 1 is what Rescaling does


@dataclass(frozen=True, eq=False)
class Step:
    """One call of an operation. inputs, outputs: ids of symbolic tensors, each once.

    With a BatchNormalization folded in, the input or output is the one of that layer.
    """

    operation: object
    node: object
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    is_first: bool  # nothing that mixes values stands between the input and this step
    norm_before: keras.Layer | None = None  # BatchNormalization that is folded into this step's weights
    norm_behind: keras.Layer | None = None

    @property
    def kind(self) -> str:
        """The class name of the layer or operation; "custom Name" for what is not Keras' own, whatever its name."""
        return kind_of(self.operation)

    @property
    def name(self) -> str:
        """As the person knows the layer."""
        return self.operation.name

    def call(self, tensors: dict[int, tf.Tensor]) -> list[tf.Tensor]:
        """The outputs for these inputs, outside training."""
        args, kwargs = self.node.arguments.fill_in(tensors)
        if getattr(self.operation, "_call_has_training_arg", False):
            kwargs = {**kwargs, "training": False}
        return [_as_float32(one) for one in keras.tree.flatten(self.operation(*args, **kwargs))]


@dataclass(frozen=True, eq=False)
class Graph:
    """steps: from the input to `end`, which is the id of the tensor that they compute."""

    steps: tuple[Step, ...]
    start: int
    end: int
    end_shape: tuple[int | None, ...]  # without the batch axis


def graph_to(start, end) -> Graph:
    """The graph between two symbolic tensors of a flat network."""
    nodes_by_depth = keras.Model(start, end)._nodes_by_depth
    at_input, steps = {id(start)}, []
    for depth in sorted(nodes_by_depth, reverse=True):
        for node in nodes_by_depth[depth]:
            if not node.is_input:
                steps.append(_step(node, at_input))
    return Graph(tuple(steps), id(start), id(end), tuple(end.shape[1:]))


def _step(node, at_input: set[int]) -> Step:
    """at_input: ids of tensors that show the input's own values; grows."""
    inputs = tuple(dict.fromkeys(id(tensor) for tensor in node.input_tensors))
    outputs = tuple(id(tensor) for tensor in node.outputs)
    is_first = all(one in at_input for one in inputs)
    kind = kind_of(node.operation)
    if is_first and (kind in _KEEP_VALUES or kind in _ARITHMETIC and len(inputs) == 1):
        at_input.update(outputs)
    return Step(node.operation, node, inputs, outputs, is_first)


def _as_float32(tensor):
    """Half-precision layers compute in their own type; relevance is always float32."""
    return tf.cast(tensor, tf.float32) if tensor.dtype in (tf.float16, tf.bfloat16, tf.float64) else tensor
