"""What a configuration means where Keras 2 wrote it: the same words that mean something else to Keras 3.

For files of Keras 2 alone: in one of Keras 3 every one of these words has its present meaning.
"""

from __future__ import annotations

from innv_gui.runtimes.keras.files import allowed

_HARD_SIGMOID = {
    "class_name": "function",
    "config": "hard_sigmoid_of_keras_2",
    "module": "builtins",
    "registered_name": "innv_gui>hard_sigmoid_of_keras_2",
}
# What a setting was where a file does not tell; wherever both versions agree nothing need be said.
_UNSAID = {
    **dict.fromkeys(("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"), {"recurrent_activation": "hard_sigmoid"}),
    **dict.fromkeys(("GRU", "GRUCell"), {"reset_after": False}),  # before it was a setting
}


def of_keras_2(node):
    """A cleaned configuration with these words replaced, at any depth."""
    if isinstance(node, list):
        return [of_keras_2(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: of_keras_2(value) for key, value in node.items()}
    name, config = node.get("class_name"), node.get("config")
    if isinstance(name, str) and name in allowed.ANY_LAYER and isinstance(config, dict):
        config = {**_UNSAID.get(name, {}), **config}
        node["config"] = {key: _activation(key, value) for key, value in config.items()}
    return _resized(node) if name == "RandomCrop" and isinstance(config, dict) else node


def _activation(key: str, value):
    return dict(_HARD_SIGMOID) if key in allowed.ACTIVATION_KEYS and value == "hard_sigmoid" else value


def _resized(crop: dict) -> dict:
    """Outside training Keras 2 resized to that size, and cut off what does not fit its proportions."""
    kept = {key: crop["config"][key] for key in ("name", "dtype", "height", "width") if key in crop["config"]}
    return {**crop, "class_name": "Resizing", "config": {**kept, "crop_to_aspect_ratio": True}}
