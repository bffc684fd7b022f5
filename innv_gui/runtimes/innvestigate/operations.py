"""Bare Keras 3 operations in a functional model (`x + y`, `ops.relu(x)`) as tf_keras layers that do exactly the same.

iNNvestigate walks layers, not operations, so each becomes one layer of the operation's name.
"""

from __future__ import annotations

from typing import Any

from innv_gui.runtimes.innvestigate.layers import activation, own_name, plain, untranslatable
from innv_gui.runtimes.innvestigate.legacy import tf, tf_keras

klayers = tf_keras.layers

MERGES = {
    "Add": klayers.Add,
    "Subtract": klayers.Subtract,
    "Multiply": klayers.Multiply,
    "Maximum": klayers.Maximum,
    "Minimum": klayers.Minimum,
}
WITH_NUMBER = {  # x (op) number -> scale, offset
    "Add": lambda number: (1.0, number),
    "Subtract": lambda number: (1.0, -number),
    "Multiply": lambda number: (number, 0.0),
    "TrueDivide": lambda number: (1.0 / number, 0.0),
    "Divide": lambda number: (1.0 / number, 0.0),
}
FROM_NUMBER = {  # number (op) x
    "Add": lambda number: (1.0, number),
    "Subtract": lambda number: (-1.0, number),
    "Multiply": lambda number: (number, 0.0),
}
ACTIVATIONS = {
    "Relu": "relu",
    "Relu6": "relu6",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "Silu": "silu",
    "Softplus": "softplus",
    "Softsign": "softsign",
    "Elu": "elu",
    "Selu": "selu",
    "HardSigmoid": "hard_sigmoid",
    "HardSilu": "hard_silu",
    "LeakyRelu": "leaky_relu",
    "Softmax": "softmax",
    "Exp": "exponential",
}


def is_operation(entry: dict[str, Any]) -> bool:
    """Whether a node of the model is an operation, not a layer."""
    return (entry.get("module") or "").startswith(("keras.src.ops", "keras.ops"))


def apply_operation(entry: dict[str, Any], args: list, kwargs: dict):
    """The output tensor of one operation on tf_keras tensors and numbers. Raises AnalyzerRefused naming it."""
    kind, name = entry["class_name"], own_name(entry)
    settings = {**{key: plain(value) for key, value in entry["config"].items() if key != "name"}, **kwargs}
    try:
        return _layer(kind, name, list(args), settings)
    except (KeyError, TypeError, ValueError, IndexError, ZeroDivisionError) as error:
        raise untranslatable(entry) from error


def _layer(kind: str, name: str, args: list, settings: dict):
    """KeyError stands for "no such translation" throughout."""
    operands = args + [settings[key] for key in ("x1", "x2", "x", "xs") if key in settings]
    if kind in MERGES and all(_is_tensor(operand) for operand in operands):
        return MERGES[kind](name=name)(operands)
    if kind == "Negative":
        return klayers.Rescaling(-1.0, name=name)(operands[0])
    if kind in WITH_NUMBER or kind in FROM_NUMBER:
        return _affine(kind, name, *operands)
    if kind in ACTIVATIONS:
        _only_defaults(kind, settings)
        return klayers.Activation(activation(ACTIVATIONS[kind]), name=name)(operands[0])
    if kind == "Gelu":
        return klayers.Activation(_gelu(settings.get("approximate", True)), name=name)(operands[0])
    return _shape_layer(kind, name, settings)(operands[0])


def _affine(kind: str, name: str, left, right):
    tensor, table, number = (left, WITH_NUMBER, right) if _is_tensor(left) else (right, FROM_NUMBER, left)
    scale, offset = table[kind](float(number))
    return klayers.Rescaling(scale, offset, name=name)(tensor)


def _only_defaults(kind: str, settings: dict) -> None:
    """Refuse what would change the function: the slope of an Elu, the axis of a softmax."""
    defaults = {"axis": -1, "negative_slope": 0.2, "alpha": 1.0}
    if any(settings.get(key, value) != value for key, value in defaults.items()):
        raise KeyError(kind)


def _shape_layer(kind: str, name: str, settings: dict):
    """Layers that only reorder or pool; the batch axis must stay first."""
    axis = settings.get("axis")
    if kind in ("Mean", "Max") and sorted(axis) == [1, 2]:
        pooling = klayers.GlobalAveragePooling2D if kind == "Mean" else klayers.GlobalMaxPooling2D
        return pooling(keepdims=bool(settings.get("keepdims", False)), name=name)
    if kind == "Concatenate":
        return klayers.Concatenate(axis=axis, name=name)
    if kind == "Reshape":
        return klayers.Reshape(tuple(settings["newshape"][1:]), name=name)
    if kind == "Transpose" and settings["axes"][0] == 0:
        return klayers.Permute(tuple(settings["axes"][1:]), name=name)
    raise KeyError(kind)


@tf_keras.saving.register_keras_serializable(package="innv_gui")
def gelu_by_tanh(x):
    """The approximation that `keras.ops.gelu` uses unless told otherwise."""
    return tf.nn.gelu(x, approximate=True)


def _gelu(approximate: bool):
    return gelu_by_tanh if approximate else tf_keras.activations.gelu


def _is_tensor(value: Any) -> bool:
    return tf.is_tensor(value)
