"""TensorFlow operations that Keras 2 wrote into a functional model (`x / 127.5 - 1`), as layers that are the same.

Only what is certain is translated: arithmetic with constants and between two tensors, channels turned around,
activations, means and concatenation. Anything else stays as it is, and is refused by name.
"""

from __future__ import annotations

CLASSES = ("TFOpLambda", "SlicingOpLambda")
LARGEST = 1e30  # of a constant
_CONSTANT = "_CONSTANT_VALUE"
_ADD, _SUBTRACT = ("__operators__.add", "math.add"), ("math.subtract",)
_MULTIPLY, _DIVIDE = ("math.multiply",), ("math.truediv", "math.divide")
_ACTIVATIONS = {
    "nn.relu": ("ReLU", {}),
    "nn.relu6": ("ReLU", {"max_value": 6.0}),
    "nn.silu": ("Activation", {"activation": "swish"}),
    "nn.swish": ("Activation", {"activation": "swish"}),
    "nn.sigmoid": ("Activation", {"activation": "sigmoid"}),
    "math.sigmoid": ("Activation", {"activation": "sigmoid"}),
    "math.tanh": ("Activation", {"activation": "tanh"}),
    "nn.softmax": ("Softmax", {}),
    "identity": ("Activation", {"activation": "linear"}),
}
_BACKWARDS = [{"class_name": "__ellipsis__"}, {"start": None, "stop": None, "step": -1}]


def as_layer(node: dict) -> dict:
    """A layer's dictionary; that of an operation with a layer that is the same becomes the layer's."""
    config, calls = node.get("config"), node.get("inbound_nodes")
    if not isinstance(config, dict) or not isinstance(config.get("function"), str):
        return node
    if not isinstance(calls, list) or len(calls) != 1:
        return node
    found = _together(config["function"], calls[0]) or _alone(config["function"], calls[0])
    if found is None:
        return node
    kind, settings, sources = found
    module = {"module": "keras.layers", "registered_name": None} if "module" in node else {}
    module = {"module": "keras.src.ops.numpy", "registered_name": None} if kind == "Flip" else module
    name = node.get("name")
    layer = {"class_name": kind, "config": {"name": name, **settings}, "name": name, **module}
    return {**layer, "inbound_nodes": [[[*source, {}] for source in sources]]}


def _together(function: str, call) -> tuple | None:
    """Several tensors in a list: only concatenation."""
    tensors = isinstance(call, list) and all(_is_call(one) and one[0] != _CONSTANT for one in call) and call
    if function != "concat" or not tensors:
        return None
    settings = _given(tensors[0][3])
    known = set(settings) == {"axis"} and type(settings["axis"]) is int
    same = all(_given(one[3]) == settings for one in tensors)
    return ("Concatenate", settings, [one[:3] for one in tensors]) if known and same else None


def _alone(function: str, call) -> tuple | None:
    """(class, settings, references to what it takes) of a call with one tensor in front; None where there is none."""
    if not _is_call(call):
        return None
    given, source = _given(call[3]), call[:3]
    if function in _ACTIVATIONS and not given and call[0] != _CONSTANT:
        return *_ACTIVATIONS[function], [source]
    if function == "__operators__.getitem" and given == {"slice_spec": _BACKWARDS}:
        return "Flip", {"axis": -1}, [source]
    if function == "nn.bias_add" and _is_constant(given.get("bias")) and given.get("data_format") in (None, "NHWC"):
        return *_scaled(1.0, given["bias"]), [source]
    if function == "math.reduce_mean" and given.get("axis") == [1, 2] and set(given) <= {"axis", "keepdims"}:
        settings = {"keepdims": bool(given.get("keepdims")), "data_format": "channels_last"}
        return "GlobalAveragePooling2D", settings, [source]
    if function == "cast" and given == {"dtype": "float32"}:
        return "Activation", {"activation": "linear"}, [source]
    return _arithmetic(function, source, given["y"]) if set(given) == {"y"} else None


def _arithmetic(function: str, left: list, right) -> tuple | None:
    if left[0] == _CONSTANT:
        rescaled = _from_constant(function, left[2]) if _is_constant(left[2]) and _is_tensor(right) else None
        return rescaled and (*rescaled, [right])
    if _is_constant(right):
        rescaled = _with_constant(function, right)
        return rescaled and (*rescaled, [left])
    kind = {
        **dict.fromkeys(_ADD, "Add"),
        **dict.fromkeys(_SUBTRACT, "Subtract"),
        **dict.fromkeys(_MULTIPLY, "Multiply"),
    }
    return (kind[function], {}, [left, right]) if function in kind and _is_tensor(right) else None


def _with_constant(function: str, value) -> tuple | None:
    """x op value."""
    if function in _ADD + _SUBTRACT:
        return _scaled(1.0, value if function in _ADD else _each(value, lambda one: -one))
    if function in _MULTIPLY:
        return _scaled(value, 0.0)
    divides = function in _DIVIDE and all(abs(one) >= 1 / LARGEST for one in _numbers(value))
    return _scaled(_each(value, lambda one: 1.0 / one), 0.0) if divides else None


def _from_constant(function: str, value) -> tuple | None:
    """value op x."""
    if function in _ADD + _SUBTRACT:
        return _scaled(1.0 if function in _ADD else -1.0, value)
    return _scaled(value, 0.0) if function in _MULTIPLY else None


def _scaled(scale, offset) -> tuple:
    return "Rescaling", {"scale": scale, "offset": offset}


def _each(value, change):
    return [change(one) for one in value] if isinstance(value, list) else change(value)


def _given(settings: dict) -> dict:
    """Settings without the operation's name, which changes nothing."""
    return {key: value for key, value in settings.items() if key != "name"}


def _is_call(call) -> bool:
    return isinstance(call, list) and len(call) == 4 and isinstance(call[0], str) and isinstance(call[3], dict)


def _is_tensor(value) -> bool:
    return isinstance(value, list) and len(value) == 3 and isinstance(value[0], str)


def _is_constant(value) -> bool:
    """A number, or one for each channel."""
    return all(type(one) in (int, float) and abs(one) <= LARGEST for one in _numbers(value))


def _numbers(value) -> list:
    return value if isinstance(value, list) and value else [value]
