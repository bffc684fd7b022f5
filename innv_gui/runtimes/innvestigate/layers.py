"""One Keras 3 layer as the tf_keras layer that computes the same.

Most differ by names only. Weights are set afterwards, so initializers, regularizers and constraints are left out; types
are left out, too: everything runs in float32.
"""

from __future__ import annotations

import inspect
import re
from functools import cache
from typing import Any

import numpy as np

from innv_gui.errors import AnalyzerRefused
from innv_gui.runtimes.innvestigate.legacy import tf, tf_keras

RENAMED = {"LeakyReLU": {"negative_slope": "alpha"}}
ALWAYS_KEPT = {"name", "trainable"}
OF_KERAS_2 = "innv_gui.runtimes.keras.networks.keras2_layers"  # layers that tf_keras has and Keras 3 has not
LEFT_OUT = ("_initializer", "_regularizer", "_constraint")
TRAINING_ONLY = (  # beginnings of names of Keras's layers that pass everything on outside training
    "Random",
    "MixUp",
    "CutMix",
    "AugMix",
    "RandAugment",
    "GaussianNoise",
    "GaussianDropout",
    "StochasticDepth",
    "Identity",
)

_registered = tf_keras.saving.register_keras_serializable(package="innv_gui")


@_registered
def hard_sigmoid(x):
    """Keras 3: relu6(x + 3) / 6; tf_keras has another slope."""
    return tf.clip_by_value(x / 6.0 + 0.5, 0.0, 1.0)


@_registered
def hard_silu(x):
    """x times hard_sigmoid(x); tf_keras has none."""
    return x * hard_sigmoid(x)


@_registered
def relu6(x):
    """tf_keras knows it, but cannot write it into a layer's configuration."""
    return tf.nn.relu6(x)


@_registered
def leaky_relu(x):
    """Slope 0.2 below zero, Keras 3's default for the function."""
    return tf.nn.leaky_relu(x, alpha=0.2)


@_registered
def celu(x):
    """Alpha is 1, Keras 3's default for the function; then celu and elu are the same."""
    return tf.nn.elu(x)


@_registered
def log_softmax(x):
    """Over the last axis."""
    return tf.nn.log_softmax(x)


OWN_ACTIVATIONS = {
    "hard_sigmoid": hard_sigmoid,
    "innv_gui>hard_sigmoid_of_keras_2": tf_keras.activations.hard_sigmoid,
    "hard_silu": hard_silu,
    "hard_swish": hard_silu,
    "relu6": relu6,
    "leaky_relu": leaky_relu,
    "celu": celu,
    "log_softmax": log_softmax,
    "silu": tf_keras.activations.swish,
}


@_registered
class LayerScale(tf_keras.layers.Layer):
    """x times one learnt factor per channel; ConvNeXt's, in keras.applications."""

    def __init__(self, projection_dim: int, **kwargs):
        super().__init__(**kwargs)
        self.projection_dim = projection_dim

    def build(self, input_shape):
        self.gamma = self.add_weight("gamma", (self.projection_dim,), initializer="zeros")
        super().build(input_shape)

    def call(self, x):
        return x * self.gamma

    def get_config(self):
        return {**super().get_config(), "projection_dim": self.projection_dim}


@_registered
class StochasticDepth(tf_keras.layers.Layer):
    """Drops whole branches in training and passes them on otherwise; ConvNeXt's, in keras.applications."""

    def __init__(self, drop_path_rate: float, **kwargs):
        super().__init__(**kwargs)
        self.drop_path_rate = drop_path_rate

    def call(self, x):
        return x

    def get_config(self):
        return {**super().get_config(), "drop_path_rate": self.drop_path_rate}


@_registered
class CustomScaleLayer(tf_keras.layers.Layer):
    """a + scale * b; InceptionResNetV2's, in keras.applications."""

    def __init__(self, scale: float, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, inputs):
        return inputs[0] + inputs[1] * self.scale

    def get_config(self):
        return {**super().get_config(), "scale": self.scale}


@_registered
class BatchNormalization(tf_keras.layers.BatchNormalization):
    """Writes its axis as a number: iNNvestigate's `lrp` stumbles over the list that tf_keras makes of it."""

    def get_config(self):
        (axis,) = self.axis
        return {**super().get_config(), "axis": int(axis)}


@_registered
class ReLU(tf_keras.layers.ReLU):
    """Can be copied "without its activation", as iNNvestigate's `deconvnet` asks of every layer with a ReLU."""

    def __init__(self, *args, activation="relu", **kwargs):
        super().__init__(*args, **kwargs)
        self._passes = activation is None

    def call(self, inputs):
        return inputs if self._passes else super().call(inputs)


SPECIAL = {one.__name__: one for one in (LayerScale, StochasticDepth, CustomScaleLayer, BatchNormalization, ReLU)}


def own_name(entry: dict[str, Any]) -> str:
    """The name in tf_keras: valid as a TensorFlow scope, and none that tf_keras gives to layers of its own accord."""
    return "model." + re.sub(r"[^A-Za-z0-9_.-]", lambda found: f"x{ord(found[0]):x}", entry["config"]["name"])


def legacy_layer(entry: dict[str, Any], weights: tuple[np.ndarray, ...]) -> tf_keras.layers.Layer:
    """The tf_keras layer of a Keras 3 layer's configuration, without its weights. Raises AnalyzerRefused naming it.

    Its name is `own_name`'s; what the person calls it is in its attribute `known_as`.
    """
    layer = _translated(entry["class_name"], {**entry["config"], "name": own_name(entry)}, entry, weights)
    layer.known_as = entry["config"]["name"]
    return layer


def _translated(class_name: str, config: dict, entry: dict, weights: tuple[np.ndarray, ...]) -> tf_keras.layers.Layer:
    if class_name.startswith(TRAINING_ONLY) and _is_kerass(entry):
        return tf_keras.layers.Activation("linear", name=config["name"])
    if class_name == "Normalization":
        return _normalization(config, weights)
    try:
        return _layer_class(entry)(**_arguments(class_name, config))
    except (TypeError, ValueError, AttributeError) as error:
        raise untranslatable(entry, str(error).splitlines()[0] if str(error) else "") from error


def untranslatable(entry: dict[str, Any], why: str = "") -> AnalyzerRefused:
    """The refusal that names a layer."""
    message = f"The layer {entry['config']['name']} ({entry['class_name']}) cannot be carried over to iNNvestigate."
    return AnalyzerRefused(
        message, " ".join([why, "The native engine does not need iNNvestigate."]).strip(), "analyzer"
    )


def _layer_class(entry: dict[str, Any]) -> type:
    class_name = entry["class_name"]
    found = SPECIAL.get(class_name) or getattr(tf_keras.layers, class_name, None)
    if found is None or not _is_kerass(entry):
        raise untranslatable(entry)
    return found


def _is_kerass(entry: dict[str, Any]) -> bool:
    """Whether a layer is Keras's own, of this version or the last, not a person's of the same name."""
    module = entry.get("module") or "keras"
    return module.split(".")[0] == "keras" or module == OF_KERAS_2


@cache
def _known_arguments(layer_class: type) -> frozenset[str]:
    """Names of the settings that a layer class or one of its ancestors takes."""
    ancestors = [one for one in layer_class.__mro__ if "__init__" in vars(one)]
    names = {name for one in ancestors for name in inspect.signature(one.__init__).parameters}
    return frozenset(names - {"self", "args", "kwargs", "dtype", "dynamic"}) | ALWAYS_KEPT


def _arguments(class_name: str, config: dict[str, Any]) -> dict[str, Any]:
    """A Keras 3 configuration as arguments of the old class; initializers become zeros, which are quick to make."""
    layer_class = SPECIAL.get(class_name) or getattr(tf_keras.layers, class_name, tf_keras.layers.Layer)
    renames = RENAMED.get(class_name, {})
    renamed = {renames.get(key, key): plain(value) for key, value in config.items()}
    known = {key: value for key, value in renamed.items() if key in _known_arguments(layer_class)}
    kept = {key: value for key, value in known.items() if not key.endswith(LEFT_OUT)}
    zeros = {key: "zeros" for key in known if key.endswith("_initializer")}
    activations = {key: activation(value) for key, value in config.items() if key.endswith("activation")}
    return {**kept, **zeros, **activations}


def activation(value: Any):
    """A Keras 3 activation, by name or as configuration, as tf_keras's function. Raises ValueError when unknown."""
    if isinstance(value, dict):
        value = value.get("config") if value.get("class_name") == "function" else value.get("class_name")
    if value is None or callable(value):
        return value
    return OWN_ACTIVATIONS.get(value) or tf_keras.activations.get(value)


def plain(value: Any) -> Any:
    """Keras 3 writes tuples as dictionaries."""
    if isinstance(value, dict) and value.get("class_name") == "__tuple__":
        return tuple(plain(item) for item in value["items"])
    return value


def _normalization(config: dict[str, Any], weights: tuple[np.ndarray, ...]) -> tf_keras.layers.Layer:
    """Its statistics are weights in Keras 3 when they were adapted, settings when they were given."""
    mean, variance = weights[:2] if weights else (config["mean"], config["variance"])
    axis = plain(config["axis"])
    settings = {"mean": np.asarray(mean), "variance": np.asarray(variance), "invert": config.get("invert", False)}
    return tf_keras.layers.Normalization(axis=axis, name=config["name"], **settings)
