"""Configurations of Keras 2, rewritten where Keras 3 would stumble over them.

Only what makes no difference is dropped: a setting is listed with the values at which Keras 3 behaves the same. With
any other value it stays, and Keras then names it in its refusal.
"""

from __future__ import annotations

from innv_gui.runtimes.keras.files import allowed
from innv_gui.runtimes.keras.files.plain_names import is_reference, plain, renamed

_ANY = object()
_ONE_GROUP = {"groups": (1,)}
_RANDOM = {"rng_type": (_ANY,)}
_NO_TIME_MAJOR = {"time_major": (False,)}
_SPATIAL_DROPOUT = {"trainable": (_ANY,), "noise_shape": (None,)}
_KERNEL = {"kernel_initializer": (_ANY,), "kernel_regularizer": (_ANY,), "kernel_constraint": (None,)}

# Keras' reader of old files, which is for layers without a module, takes away any axis but a single one.
_OF_SEVERAL_AXES = ("LayerNormalization", "UnitNormalization", "Normalization")

# class -> setting -> values at which it can go
_DROPPED = {
    "DepthwiseConv1D": _ONE_GROUP,
    "DepthwiseConv2D": _ONE_GROUP,
    "Conv1DTranspose": _ONE_GROUP,
    "Conv2DTranspose": _ONE_GROUP,
    "Conv3DTranspose": _ONE_GROUP,
    "SeparableConv1D": {**_ONE_GROUP, **_KERNEL},
    "SeparableConv2D": {**_ONE_GROUP, **_KERNEL},
    "SpatialDropout1D": _SPATIAL_DROPOUT,
    "SpatialDropout2D": _SPATIAL_DROPOUT,
    "SpatialDropout3D": _SPATIAL_DROPOUT,
    "ConvLSTM1D": _NO_TIME_MAJOR,
    "ConvLSTM2D": _NO_TIME_MAJOR,
    "ConvLSTM3D": _NO_TIME_MAJOR,
    "LSTM": _NO_TIME_MAJOR,
    "GRU": _NO_TIME_MAJOR,
    "SimpleRNN": _NO_TIME_MAJOR,
    "RNN": _NO_TIME_MAJOR,
    "RandomCrop": _RANDOM,
    "Attention": {"score_mode": ("dot",)},  # which the reader of old files takes for a function
    "MultiHeadAttention": {
        **dict.fromkeys(("query_shape", "key_shape", "value_shape"), (_ANY,)),
        "softmax_robust_masking": (False,),
    },
    **dict.fromkeys(allowed.AUGMENTATION, _RANDOM),
}


def modernised(node):
    """A cleaned configuration in the form of Keras 3; what is in that form already comes back as it is."""
    if isinstance(node, list):
        return [modernised(item) for item in node]
    if not isinstance(node, dict):
        return node
    name = node.get("class_name")
    node = renamed(node) if isinstance(name, str) and name in allowed.MODELS else node
    node = {key: modernised(value) for key, value in node.items()}
    if isinstance(name, str) and name in allowed.MODELS:
        _rewrite_model(node, name)
    elif isinstance(name, str) and name in allowed.LAYERS and isinstance(node.get("config"), dict):
        _rewrite_layer(node, name, node["config"])
    return node


def _rewrite_layer(node: dict, name: str, config: dict) -> None:
    for setting, harmless in _DROPPED.get(name, {}).items():
        if setting in config and (_ANY in harmless or config[setting] in harmless):
            del config[setting]
    if name in _OF_SEVERAL_AXES and "module" not in node:
        node.update(module="keras.layers", registered_name=None)
    if name == "InputLayer" and "batch_input_shape" in config:
        config["batch_shape"] = config.pop("batch_input_shape")
    built = node.get("build_config")
    if name == "MultiHeadAttention" and isinstance(built, dict) and "input_shape" in built:
        del node["build_config"]  # Keras 3 asks for the shapes of query and value
    if name == "BatchNormalization" and _is_list_of_one(config.get("axis")):
        config["axis"] = config["axis"][0]
    for holder in (node, config):
        if isinstance(holder.get("name"), str):
            holder["name"] = plain(holder["name"])


def _rewrite_model(node: dict, name: str) -> None:
    if name == "Sequential" and isinstance(node.get("config"), list):
        node["config"] = {"name": "sequential", "layers": node["config"]}
    config = node.get("config")
    if not isinstance(config, dict) or not isinstance(config.get("layers"), list):
        return
    layers = [layer for layer in config["layers"] if isinstance(layer, dict) and isinstance(layer.get("config"), dict)]
    if name == "Sequential" and layers:
        _tell_input(layers[0], config["layers"])
    is_old = not any(isinstance(call, dict) for layer in layers for call in _calls(layer))
    for layer in layers:
        if layer.get("class_name") != "InputLayer":
            layer["config"].pop("batch_input_shape", None)  # the input in front tells it
        if _calls(layer):
            layer["inbound_nodes"] = list(map(_with_tensors, layer["inbound_nodes"]))
    for ends in ("input_layers", "output_layers"):
        if ends in config:
            config[ends] = _unwrapped(config[ends])
    if is_old:
        _count_calls_from_zero(config, layers)


def _calls(layer: dict) -> list:
    calls = layer.get("inbound_nodes")
    return calls if isinstance(calls, list) else []


def _count_calls_from_zero(config: dict, layers: list[dict]) -> None:
    """Keras 2 counts the graph inside of a model as the model's first call, Keras 3 does not.

    But at the outputs, where Keras 3 takes one off for a functional model itself.
    """
    places = [(layer, "inbound_nodes") for layer in layers] + [(config, "output_layers")]
    models = {one["name"]: one for one in layers if _is_called_model(one)}
    calls = {name: len(one["inbound_nodes"]) for name, one in models.items()}
    last = {}
    for holder, key in places:
        for name, number in _references(holder.get(key)):
            last[name] = max(number, last.get(name, 0))
    shifted = {name for name, count in calls.items() if last.get(name) == count}
    sequential = {name for name in shifted if models[name]["class_name"] == "Sequential"}
    for holder, key in places if shifted else ():
        if key in holder:
            holder[key] = _called_earlier(holder[key], sequential if holder is config else shifted)


def _is_called_model(layer: dict) -> bool:
    called = isinstance(layer.get("inbound_nodes"), list) and isinstance(layer.get("name"), str)
    return called and isinstance(layer.get("class_name"), str) and layer["class_name"] in allowed.MODELS


def _references(node) -> list[tuple[str, int]]:
    """Layer and number of the call, of all references in a tree."""
    if isinstance(node, dict):
        return [found for value in node.values() for found in _references(value)]
    if not isinstance(node, list):
        return []
    return [(node[0], node[1])] if is_reference(node) else [found for item in node for found in _references(item)]


def _called_earlier(node, names: set[str]):
    """The tree with references to these layers one call earlier."""
    if isinstance(node, dict):
        return {key: _called_earlier(value, names) for key, value in node.items()}
    if not isinstance(node, list):
        return node
    if is_reference(node):
        return [node[0], node[1] - (node[0] in names), *node[2:]]
    return [_called_earlier(item, names) for item in node]


def _tell_input(first: dict, layers: list) -> None:
    """Before Keras 2.3 the first layer of a Sequential model held the input's shape itself."""
    shape = first["config"].get("batch_input_shape")
    if shape and first.get("class_name") != "InputLayer":
        settings = {"batch_shape": shape, "name": f"{first['config'].get('name', 'first')}_input"}
        layers.insert(0, {"class_name": "InputLayer", "config": settings, **_module_of(first)})


def _module_of(layer: dict) -> dict:
    return {"module": "keras.layers", "registered_name": None} if "module" in layer else {}


def _with_tensors(call):
    """A call whose settings are tensors, too (attention's `value=`), in the form that Keras 3 has for it.

    Keras 3 looks up shape and dtype itself, by the reference.
    """
    if not isinstance(call, list) or len(call) != 1 or not isinstance(call[0], list) or len(call[0]) != 4:
        return call
    *first, settings = call[0]
    if not isinstance(settings, dict) or not any(map(is_reference, settings.values())):
        return call
    given = {name: _tensor(one) if is_reference(one) else one for name, one in settings.items()}
    return {"args": [_tensor(first)], "kwargs": given}


def _tensor(reference: list) -> dict:
    config = {"shape": [None], "dtype": "float32", "keras_history": reference[:3]}
    return {"class_name": "__keras_tensor__", "config": config}


def _is_list_of_one(value) -> bool:
    return isinstance(value, list) and len(value) == 1


def _unwrapped(ends):
    """`[["dense", 0, 0]]` -> `["dense", 0, 0]`: one tensor, not a list that holds one."""
    return ends[0] if _is_list_of_one(ends) and isinstance(ends[0], list) else ends
