"""A Keras 3 model, given as a blueprint, rebuilt in tf_keras: same layers, same weights, same numbers.

The user's file is never read here. `agree` is the proof: the rebuilt model must give the values that Keras 3 gave.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np

from innv_gui.errors import AnalyzerRefused
from innv_gui.records import Blueprint
from innv_gui.runtimes.innvestigate.layers import legacy_layer, own_name, plain, untranslatable
from innv_gui.runtimes.innvestigate.legacy import tf_keras
from innv_gui.runtimes.innvestigate.operations import apply_operation, is_operation

TOLERANCE = 1e-4  # of the largest score; float noise of deep networks stays below 1e-6
HALF_TOLERANCE = 2e-2  # the same for models that computed in 16 bit

Tensors = dict[tuple[str, int, int], Any]  # (layer, call, output) -> tensor


def build(blueprint: Blueprint, input_shape: tuple[int, int, int], layer: str | None = None) -> tf_keras.Model:
    """The tf_keras model with its weights, in the present graph and session; input (N, *input_shape) float32.

    layer: where it ends, None is the blueprint's own end; what lies behind is not built.
    Raises AnalyzerRefused naming the first layer that tf_keras has no equal for.
    """
    config = _functional(blueprint.config)
    ends = _ends(config["output_layers"]) if layer is None else [_last_call(config, layer)]
    tensors, layers = _connect(config, blueprint.weights, input_shape, _calls_to(config, ends))
    inputs = [tensors[key] for key in _ends(config["input_layers"])]
    outputs = [tensors[key] for key in ends]
    model = tf_keras.Model(inputs, outputs[0])
    _set_weights(layers, blueprint.weights)
    return model


def n_layers(blueprint: Blueprint) -> int:
    """How many there are, the input included."""
    return len(_functional(blueprint.config)["layers"])


def agree(found: np.ndarray, expected: np.ndarray, blueprint: Blueprint) -> None:
    """Raise AnalyzerRefused unless the rebuilt model's neurons (N, U) have the values that Keras 3 computed."""
    tolerance = HALF_TOLERANCE if _computes_in_half(blueprint) else TOLERANCE
    largest = float(np.max(np.abs(expected), initial=1.0))
    difference = float(np.max(np.abs(found - expected), initial=0.0))
    if not difference <= tolerance * largest:
        raise AnalyzerRefused(
            f"The model rebuilt for iNNvestigate gives other scores than Keras (difference {difference:.2g}).",
            "One of its layers works differently there; the native engine does not need iNNvestigate.",
            "analyzer",
        )


def _functional(config: dict[str, Any]) -> dict[str, Any]:
    return config["config"] if "layers" not in config else config


def _ends(ends: Any) -> list[tuple[str, int, int]]:
    """`["dense", 0, 0]` or a list of such, as keys of tensors."""
    many = [ends] if isinstance(ends[0], str) else ends
    return [tuple(end) for end in many]


def _last_call(config: dict[str, Any], layer: str) -> tuple[str, int, int]:
    """The output of a layer by name; of one that is called more than once the last one."""
    entry = next(entry for entry in config["layers"] if entry["config"]["name"] == layer)
    return layer, max(0, len(entry["inbound_nodes"]) - 1), 0


def _calls_to(config: dict[str, Any], ends: list[tuple[str, int, int]]) -> set[tuple[str, int]]:
    """(layer, call) of everything that `ends` depend on, the inputs included."""
    entries = {entry["config"]["name"]: entry for entry in config["layers"]}
    found, todo = set(), [*ends, *_ends(config["input_layers"])]
    while todo:
        name, call, _ = todo.pop()
        if (name, call) not in found:
            found.add((name, call))
            nodes = entries[name]["inbound_nodes"]
            todo += _histories(nodes[call]) if nodes else []
    return found


def _histories(value: Any) -> list[tuple[str, int, int]]:
    """Keys of all tensors in a nested argument."""
    key = _history(value)
    return [key] if key else [found for child in _children(value) for found in _histories(child)]


def _connect(
    config: dict, weights: dict, input_shape: tuple, wanted: set[tuple[str, int]]
) -> tuple[Tensors, dict[str, tf_keras.layers.Layer]]:
    """Make the wanted calls, layer after layer; one whose inputs are not there yet goes to the end of the queue."""
    tensors: Tensors = {}
    layers: dict[str, tf_keras.layers.Layer] = {}
    entries = [(entry, i) for entry in config["layers"] for i in range(max(1, len(entry["inbound_nodes"])))]
    calls = deque((entry, i) for entry, i in entries if (entry["config"]["name"], i) in wanted)
    waited = 0
    while calls:
        entry, call = calls.popleft()
        if not _ready(entry, call, tensors):
            calls.append((entry, call))
            waited += 1
            if waited > len(calls):
                raise untranslatable(entry, "Its inputs are not part of the model.")
            continue
        waited = 0
        outputs = _call(entry, call, tensors, layers, weights, input_shape)
        outputs = outputs if isinstance(outputs, list | tuple) else [outputs]
        tensors.update({(entry["config"]["name"], call, i): output for i, output in enumerate(outputs)})
    return tensors, layers


def _call(entry: dict, call: int, tensors: Tensors, layers: dict, weights: dict, input_shape: tuple):
    name = entry["config"]["name"]
    if entry["class_name"] == "InputLayer":
        return tf_keras.Input(input_shape, name=own_name(entry))
    node = entry["inbound_nodes"][call]
    args, kwargs = _filled(node["args"], tensors), _filled(node["kwargs"], tensors)
    kwargs = {key: value for key, value in kwargs.items() if key not in ("training", "mask")}
    if is_operation(entry):
        return apply_operation(entry, args, kwargs)
    if name not in layers:
        layers[name] = legacy_layer(entry, weights.get(name, ()))
    if not args and len(kwargs) == 1:  # what a layer calls its only input is another name there
        args, kwargs = list(kwargs.values()), {}
    try:
        return layers[name](*args, **kwargs)
    except (TypeError, ValueError) as error:
        raise untranslatable(entry) from error


def _history(value: Any) -> tuple[str, int, int] | None:
    """The key of a tensor, when `value` stands for one."""
    if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        return tuple(value["config"]["keras_history"])
    return None


def _children(value: Any) -> list:
    """What a nested argument consists of."""
    value = plain(value)
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, list | tuple) else []


def _ready(entry: dict, call: int, tensors: Tensors) -> bool:
    """Whether all tensors that a call takes exist."""

    def known(value: Any) -> bool:
        key = _history(value)
        return key in tensors if key else all(known(child) for child in _children(value))

    return not entry["inbound_nodes"] or known(entry["inbound_nodes"][call])


def _filled(value: Any, tensors: Tensors) -> Any:
    """Arguments of a call with the tensors in place of their descriptions."""
    key, value = _history(value), plain(value)
    if key:
        return tensors[key]
    if isinstance(value, dict):
        return {name: _filled(part, tensors) for name, part in value.items()}
    return [_filled(part, tensors) for part in value] if isinstance(value, list | tuple) else value


def _set_weights(layers: dict[str, tf_keras.layers.Layer], weights: dict[str, tuple[np.ndarray, ...]]) -> None:
    """All weights at once: tf_keras looks through every variable of the graph each time it is asked to set some."""
    pairs = []
    for name, layer in layers.items():
        given = weights.get(name, ())
        shapes = [tuple(variable.shape) for variable in layer.weights]
        if shapes and shapes != [np.shape(array) for array in given]:
            entry = {"class_name": type(layer).__name__, "config": {"name": name}}
            raise untranslatable(entry, f"Its weights have the shapes {[np.shape(a) for a in given]}, not {shapes}.")
        pairs += zip(layer.weights, given, strict=False)
    tf_keras.backend.batch_set_value(pairs)


def _computes_in_half(blueprint: Blueprint) -> bool:
    """Whether any layer's dtype policy has 16 in it."""
    policies = [entry["config"].get("dtype") for entry in _functional(blueprint.config)["layers"]]
    names = [policy["config"]["name"] if isinstance(policy, dict) else str(policy) for policy in policies]
    return any("16" in name for name in names)
