"""Names that only Keras 2 had, or TensorFlow has, for what Keras 3 has under another name.

Only what computes the same outside training is renamed. `WHY_NOT` says why the others cannot be read.
"""

from __future__ import annotations

from innv_gui.runtimes.keras.files import allowed

# What a function calls itself inside of TensorFlow -> the activation of Keras that is the same.
ACTIVATIONS = {
    "softmax_v2": "softmax",
    "log_softmax_v2": "log_softmax",
    "exp": "exponential",
    "identity": "linear",
    "swish": "silu",
    "hard_swish": "hard_silu",
}
_SETTINGS = ("name", "trainable", "dtype", "activity_regularizer")  # of any layer
_PASSES_ON = ("Identity", {})
_LAYERS = {
    "BatchNormalizationV1": ("BatchNormalization", None),
    "BatchNormalizationV2": ("BatchNormalization", None),
    "SyncBatchNormalization": ("BatchNormalization", None),  # but in a .keras file, which knows weights by the class
    "UnifiedLSTM": ("LSTM", None),
    "UnifiedGRU": ("GRU", None),
    "ThresholdedReLU": ("ReLU", {"theta": "threshold"}),
    "RandomHeight": _PASSES_ON,
    "RandomWidth": _PASSES_ON,
}  # -> the class, and its settings by their old name; None: all as they are
_HOMES = frozenset(
    """
    keras.layers keras.layers.experimental keras.layers.experimental.preprocessing tf_keras.layers
    tf_keras.layers.experimental tf_keras.layers.experimental.preprocessing tensorflow.keras.layers
    """.split()
)
# Special layers of keras.applications, with the settings that tell them where a file names no module.
_OF_APPLICATIONS = {
    "LayerScale": {"init_values", "projection_dim"},
    "StochasticDepth": {"drop_path_rate"},
    "CustomScaleLayer": {"scale"},
}
_APPLICATIONS = ("keras.applications.", "keras.src.applications.", "tf_keras.src.applications.")

_ONLY_KERAS_2 = "a layer of Keras 2 that Keras 3 does not have"
_KERAS_1 = "a layer of Keras 1"
_TEXT = "a layer of Keras for text and tables, not for images"
WHY_NOT = {
    **dict.fromkeys(
        ("LocallyConnected1D", "RandomFourierFeatures", "DenseFeatures", "SequenceFeatures"), _ONLY_KERAS_2
    ),
    **dict.fromkeys(("CuDNNLSTM", "CuDNNGRU", "DynamicEmbedding", "PeepholeLSTMCell"), _ONLY_KERAS_2),
    **dict.fromkeys("Convolution1D Convolution2D Convolution3D AtrousConvolution2D Deconvolution2D".split(), _KERAS_1),
    **dict.fromkeys("SeparableConvolution2D Merge MaxoutDense Highway TimeDistributedDense SReLU".split(), _KERAS_1),
    **dict.fromkeys("TextVectorization StringLookup IntegerLookup Hashing HashedCrossing".split(), _TEXT),
    **dict.fromkeys("CategoryEncoding Discretization FeatureSpace".split(), _TEXT),
    "SyncBatchNormalization": "a layer of Keras 2 whose weights Keras 3 does not find in a .keras file",
    "KerasLayer": "a network of TensorFlow Hub, a graph without layers",
    "PruneLowMagnitude": "a wrapper of the TensorFlow Model Optimization toolkit for pruning",
    **dict.fromkeys(
        ("QuantizeWrapper", "QuantizeWrapperV2", "QuantizeLayer"),
        "a wrapper of the TensorFlow Model Optimization toolkit for quantization",
    ),
}
_HELP = {
    _ONLY_KERAS_2: "Replace it with a layer that Keras 3 has, and save the model again.",
    _KERAS_1: "Keras 2.2 still reads it: open the model there and save it again.",
    _TEXT: "Save a model that takes nothing but the image.",
    WHY_NOT["SyncBatchNormalization"]: "Save the model as .h5 in Keras 2.",
    WHY_NOT["KerasLayer"]: "Build the model with a network of keras.applications instead.",
    WHY_NOT["PruneLowMagnitude"]: "Remove it with tfmot.sparsity.keras.strip_pruning and save the model again.",
    WHY_NOT["QuantizeLayer"]: "Save the model as it was before quantization.",
}
INTERPOLATIONS = ("gaussian", "mitchellcubic")  # that Keras 3 has not
QUANTIZED = "QuantizedDTypePolicy QuantizedFloat8DTypePolicy Int4DTypePolicy GPTQDTypePolicy AWQDTypePolicy".split()


def as_known(node: dict, trusted: bool) -> dict:
    """A layer's or initializer's dictionary under its present name; anything else comes back as it is.

    trusted: custom classes can have any name.
    """
    name, config = node["class_name"], node.get("config")
    is_elsewhere = name == "SyncBatchNormalization" and node.get("module")
    if name in _LAYERS and node.get("module") in (None, *_HOMES) and isinstance(config, dict) and not is_elsewhere:
        return _renamed(node, *_LAYERS[name])
    if name == "LocallyConnected2D" and _is_plain(node):
        return {**node, "module": allowed.OLD_LAYERS, "registered_name": allowed.LOCALLY_CONNECTED}
    plain = name.removeprefix("Custom>")
    if plain in _OF_APPLICATIONS and _is_of_applications(node, plain, trusted):
        return {**node, "class_name": plain, "module": allowed.APPLICATION_LAYERS[plain], "registered_name": plain}
    return node


def _renamed(node: dict, name: str, settings: dict[str, str] | None) -> dict:
    config = node["config"]
    if settings is not None:
        kept = {key: config[key] for key in _SETTINGS if key in config}
        config = {**kept, **{new: config[old] for old, new in settings.items() if old in config}}
        if name == "ReLU":
            config.setdefault("threshold", 1.0)  # what theta is unless told otherwise
    module = {"module": "keras.layers", "registered_name": None} if node.get("module") else {}
    return {**node, "class_name": name, "config": config, **module}


def _is_plain(node: dict) -> bool:
    """Whether its weights are laid out as by default; the other ways are for sparse computing."""
    config = node.get("config")
    if node.get("module") not in (None, *_HOMES) or not isinstance(config, dict):
        return False
    return config.get("implementation", 1) == 1 and config.get("data_format") in (None, "channels_last")


def _is_of_applications(node: dict, name: str, trusted: bool) -> bool:
    module, config = node.get("module"), node.get("config")
    if not isinstance(config, dict) or node.get("registered_name") not in (None, name, f"Custom>{name}"):
        return False
    if module is not None:
        return module.startswith(_APPLICATIONS) and module.endswith(allowed.APPLICATION_LAYERS[name].rpartition(".")[2])
    return not trusted and set(config) - set(_SETTINGS) == _OF_APPLICATIONS[name]


def why_not(name: str) -> tuple[str, str] | None:
    """What a known class that cannot be read is, and what helps; None for all others."""
    reason = WHY_NOT.get(name.rpartition(">")[2])
    return reason and (reason, _HELP[reason])
