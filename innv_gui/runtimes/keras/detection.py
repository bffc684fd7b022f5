"""Finding out what a network expects of its input, and saying how it was found out."""

from __future__ import annotations

import re

import keras

from innv_gui.records import Preprocessing
from innv_gui.runtimes.keras.network import Network
from innv_gui.runtimes.keras.quoting import quoted

# The convention that each family of keras.applications was trained with, by the start of the model's name.
_FAMILIES = (
    ("mobilenetv3", "tf"),
    ("mobilenet", "tf"),
    ("vgg16", "caffe"),
    ("vgg19", "caffe"),
    (r"resnet\d+v2", "tf"),
    (r"resnet\d+", "caffe"),
    ("densenet", "torch"),
    ("inception", "tf"),
    ("xception", "tf"),
    ("nasnet", "tf"),
    ("efficientnet", "none"),
    ("convnext", "none"),
)
ASSUMED = "The file does not tell: pixels scaled to [0, 1] are assumed."
_SCALING_LAYERS = ("Rescaling", "Normalization")
_ARITHMETIC = ("Divide", "TrueDivide", "Subtract", "Multiply", "Add")


def preprocessing(network: Network) -> tuple[Preprocessing, str]:
    """(preprocessing, one sentence on how it was found out)."""
    scaling = _scaling_operation(network)
    if scaling is not None:
        return Preprocessing("none"), f"The model scales its input itself (layer {quoted(scaling)})."
    for name in network.flat.inner_names:
        mode = _mode_of(name)
        if mode and (network.input_shape[2] == 3 or mode not in ("caffe", "torch")):
            reason = f"The architecture is {name}, whose convention in keras.applications is {mode!r}."
            return Preprocessing(mode), reason
    return Preprocessing("unit"), ASSUMED


def _mode_of(name: str) -> str | None:
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    return next((mode for start, mode in _FAMILIES if re.match(start, plain)), None)


def _scaling_operation(network: Network) -> str | None:
    """The first operation that rescales the input, before any layer that was trained."""
    for name, operation in network.flat.operations.items():
        kind = type(operation).__name__
        if kind in _SCALING_LAYERS or (kind in _ARITHMETIC and not isinstance(operation, keras.Layer)):
            return name
        if isinstance(operation, keras.Layer) and operation.weights:
            return None
    return None
