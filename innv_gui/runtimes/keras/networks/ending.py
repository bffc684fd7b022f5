"""What a graph ends in, and the graph without it.

The last function (softmax, sigmoid, their logarithms) is looked for behind all that only reshapes: Flatten, Reshape,
Dropout, pooling over a single position. It is taken off so that scores remain, and put back when what was taken off
turns out not to be what came out before.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import keras
import numpy as np

from innv_gui.runtimes.keras.networks import custom_layers, keras2_layers
from innv_gui.runtimes.keras.networks.links import TAKEN_OFF, outcome

CLOSE = {"float16": 2e-2, "bfloat16": 5e-2}  # largest difference by type; 1e-4 for all others
_PASSING = frozenset(
    "Dropout Identity Flatten Reshape Squeeze ExpandDims Cast ActivityRegularization AlphaDropout GaussianDropout "
    "GaussianNoise SpatialDropout1D SpatialDropout2D SpatialDropout3D StochasticDepth StopGradient".split()
)
_LAYERS = frozenset("Dense EinsumDense Conv1D Conv2D Conv3D SeparableConv2D DepthwiseConv2D Conv2DTranspose".split())
_POOLING = ("Pooling", "AveragePool", "MaxPool")
_SCALING = frozenset("Rescaling Multiply Divide TrueDivide Add Subtract Negative".split())  # by a constant
_PROBABILITIES = frozenset("softmax sigmoid hard_sigmoid hard_sigmoid_of_keras_2".split())
SCALED = "scaled "  # stands before the name of a function
_FUNCTIONS = {
    keras.activations.softmax: "softmax",
    keras.activations.log_softmax: "log_softmax",
    keras.activations.sigmoid: "sigmoid",
    keras.activations.log_sigmoid: "log_sigmoid",
    keras.activations.hard_sigmoid: "hard_sigmoid",
    keras2_layers.hard_sigmoid_of_keras_2: "hard_sigmoid_of_keras_2",
    keras.activations.linear: "linear",
}
_KINDS = {
    "Softmax": "softmax",
    "LogSoftmax": "log_softmax",
    "Sigmoid": "sigmoid",
    "LogSigmoid": "log_sigmoid",
    "HardSigmoid": "hard_sigmoid",
    "ReLU": "relu",
    "Relu": "relu",
    "Tanh": "tanh",
}


@dataclass(frozen=True)
class Ending:
    """function: what is applied last, "linear" for nothing after a layer with weights, "" where it is not known,
    "scaled softmax" where probabilities are multiplied or moved by constants.

    operation: who applies it. before, behind: tensors around it. tail: operations behind it, the first one first.
    activation: the function itself where a layer applies it that does something else as well, else None.
    log_apart: the logarithm is an operation of its own.
    """

    function: str
    operation: object
    before: object
    behind: object
    tail: tuple = ()
    activation: Callable | None = None
    log_apart: bool = False

    @property
    def known(self) -> bool:
        """Whether it is one of those that can be taken off."""
        return self.function in TAKEN_OFF


def found(end) -> Ending:
    """The ending of a graph with the output `end`, (N, K) or (N, 1, ..., K)."""
    tail, tensor = [], end
    while True:
        operation, node_index, _ = tensor._keras_history
        inputs = operation._inbound_nodes[node_index].input_tensors
        if not inputs or not _passes_on(operation, inputs[0], tensor):
            break
        tail.insert(0, operation)
        tensor = inputs[0]
    before = inputs[0] if inputs else tensor
    inside = operation.activation if type(operation).__name__ in _LAYERS else None
    whole = Ending(_function(operation, tensor), operation, before, tensor, tuple(tail), inside)
    if type(operation).__name__ == "Log":
        return _with_logarithm(whole)
    return _scaled(whole) if type(operation).__name__ in _SCALING and len(inputs) == 1 else whole


def without(ending: Ending, end) -> tuple[object, tuple]:
    """(the tensor of scores (N, K), the operations that were called again for it).

    The function is switched off in its layer, or its layer is left out. What stands behind it is called again only
    where the shape asks for it.
    """
    tensor = ending.before
    if ending.activation is not None:
        ending.operation.activation = keras.activations.linear
        tensor = ending.behind
    again = () if tensor.shape == end.shape else ending.tail
    if ending.activation is not None and not ending.log_apart and again:
        return end, ()
    for operation in again:
        tensor = operation(tensor)
    return tensor, again


def restore(ending: Ending) -> None:
    """Switches the function on again."""
    if ending.activation is not None:
        ending.operation.activation = ending.activation


def agrees(ending: Ending, given: np.ndarray, values: np.ndarray, dtype: str) -> bool:
    """Whether the function of the scores of `given` (n, ...), what comes before it, is `values` (n, K)."""
    head = ending.operation if ending.activation is not None else None
    scores = given if head is None else head(keras.ops.convert_to_tensor(given), **_quiet(head))
    scores = np.asarray(keras.ops.convert_to_numpy(scores), np.float64).reshape(values.shape)
    usual = np.isfinite(values).all(axis=1) & np.isfinite(scores).all(axis=1)
    if not usual.any():
        return True
    expected, got = outcome(ending.function, scores[usual]), values[usual]
    return bool(np.allclose(expected, got, rtol=1e-3, atol=CLOSE.get(dtype, 1e-4)))


def _quiet(layer) -> dict:
    return {"training": False} if getattr(layer, "_call_has_training_arg", False) else {}


def _passes_on(operation, before, behind) -> bool:
    """Whether an operation hands on each value of an image, in the same order."""
    if custom_layers.is_own(operation) or _count(before) != _count(behind) or _count(before) is None:
        return False
    kind = type(operation).__name__
    if kind == "Activation":
        return operation.activation is keras.activations.linear
    return kind in _PASSING or any(part in kind for part in _POOLING)


def _count(tensor) -> int | None:
    sides = tuple(tensor.shape[1:])
    return None if None in sides else math.prod(sides)


def _function(operation, behind) -> str:
    """Its name."""
    if custom_layers.is_own(operation):
        return ""
    kind = type(operation).__name__
    if kind in _KINDS:
        return _over_classes(_KINDS[kind], getattr(operation, "axis", -1), behind)
    if kind in _LAYERS or kind == "Activation":
        activation = operation.activation
        name = _FUNCTIONS.get(activation) or _KINDS.get(type(activation).__name__)
        return _over_classes(name or getattr(activation, "__name__", ""), -1, behind)
    return "linear" if isinstance(operation, keras.Layer) and operation.weights else ""


def _over_classes(name: str, axis, tensor) -> str:
    """A softmax counts only where it is over all values of an image."""
    if not name.endswith("softmax"):
        return name
    is_all = isinstance(axis, int) and tensor.shape[axis] == _count(tensor)
    return name if is_all else ""


def _scaled(ending: Ending) -> Ending:
    """Probabilities times 100 are no logits."""
    if custom_layers.is_own(ending.operation):
        return ending
    inner = found(ending.before).function.removeprefix(SCALED)
    return replace(ending, function=SCALED + inner) if inner in _PROBABILITIES else ending


def _with_logarithm(ending: Ending) -> Ending:
    """log(softmax(x)) is log_softmax(x)."""
    inner = found(ending.before)
    if inner.function not in ("softmax", "sigmoid"):
        return ending
    tail = (*inner.tail, *ending.tail)
    return replace(inner, function=f"log_{inner.function}", tail=tail, log_apart=True)
