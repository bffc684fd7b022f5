"""A network of one unit as one of two classes: class 0 is the unit's negative, class 1 the unit itself.

The last layer with weights is widened, so that both classes are ordinary neurons to every method: relevance of class 0
is that of the network with the opposite sign. Where there is no such layer, one is added.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np

_PASSING = frozenset("Flatten Dropout Identity GlobalAveragePooling2D AveragePooling2D".split())  # f(-x) = -f(x)
_RESHAPING = frozenset("Reshape Squeeze ExpandDims".split())  # of the one value, left out
_WIDENED = {"Dense": "units", "Conv2D": "filters"}
_ODD = frozenset("linear tanh hard_tanh tanh_shrink hard_shrink soft_shrink softsign".split())  # activations, the same


def both(unit, is_probability: bool, n_calls: Callable[[object], int], note: Callable) -> object:
    """(N, 1) -> (N, 2): -z and z, or 1 - p and p. note(operation, result) is called for what is new."""
    if is_probability:
        return _added(unit, [[-1.0, 1.0]], [1.0, 0.0], note)
    tail, operation, before = _last_weights(unit)
    if not _can_be_widened(operation) or n_calls(operation) > 1:
        return _added(unit, [[-1.0, 1.0]], None, note)
    wide = _widened(operation, before, note)
    for passing in tail + [keras.layers.Flatten(name="both_classes")]:
        if len(wide.shape) > 2 and type(passing).__name__ in _PASSING:
            wide = passing(wide)
            note(passing, wide)
    return wide


def _can_be_widened(operation) -> bool:
    """Whether opposite weights give the opposite output."""
    activation = getattr(operation, "activation", None)
    return type(operation).__name__ in _WIDENED and getattr(activation, "__name__", "") in _ODD


def _last_weights(tensor) -> tuple[list, object, object]:
    """(operations that pass on, the one before them, its input)."""
    tail = []
    while True:
        operation, node_index, _ = tensor._keras_history
        before = operation._inbound_nodes[node_index].input_tensors
        if type(operation).__name__ not in _PASSING | _RESHAPING:
            return tail, operation, before[0] if before else tensor
        tail.insert(0, operation)
        tensor = before[0]


def _widened(layer: keras.Layer, before, note: Callable):
    config = layer.get_config()
    config[_WIDENED[type(layer).__name__]] = 2
    wide = type(layer).from_config(config)
    result = wide(before)
    wide.set_weights([np.concatenate([-values, values], axis=-1) for values in layer.get_weights()])
    note(wide, result)
    return result


def _added(unit, kernel: list, bias: list | None, note: Callable):
    layer = keras.layers.Dense(2, use_bias=bias is not None, name="both_classes")
    result = layer(unit)
    layer.set_weights([np.asarray(values, np.float32) for values in (kernel, bias) if values is not None])
    note(layer, result)
    return result
