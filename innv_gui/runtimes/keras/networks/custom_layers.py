"""Custom layers and models: no graph to look into, so each is one layer to everything here."""

from __future__ import annotations

import keras
import numpy as np

from innv_gui.errors import ModelRefused
from innv_gui.runtimes.keras.networks import keras2_layers
from innv_gui.runtimes.keras.networks.links import outcome

_TAKEN_OFF = ("softmax", "sigmoid", "log_softmax", "log_sigmoid")


def kind_of(operation) -> str:
    """The class name of a layer or operation; "custom Name" for what is not Keras' own, whatever its name."""
    found = type(operation)
    is_known = found.__module__.partition(".")[0] == "keras" or found.__module__ == keras2_layers.__name__
    return found.__name__ if is_known else f"custom {found.__name__}"


def is_own(operation) -> bool:
    """Whether what a layer does is code that a person wrote."""
    return kind_of(operation).startswith("custom ") or type(operation).__name__ == "Lambda"


def named(objects: dict) -> dict:
    """Without those that are named as something of Keras: by its name alone a file means that."""
    homes = (keras, keras.layers, keras.activations, keras.initializers, keras.regularizers, keras.constraints)
    return {name: one for name, one in objects.items() if not any(hasattr(home, name) for home in homes)}


def check_built(model: keras.Model, file: str) -> None:
    """Raises ModelRefused for a model that has no weights yet, because it was saved without ever being called."""
    if _input_shape(model) is None:
        raise ModelRefused(
            f"{file} is a subclassed model without a defined input size.",
            "Call it on an image once, or build it with its input shape, and save it again.",
        )


def as_layer(model: keras.Model, file: str) -> keras.Model:
    """A model without a graph as the only layer of one that has it."""
    check_built(model, file)
    start = keras.Input(_input_shape(model)[1:])
    return keras.Model(start, model(start, training=False), name=model.name)


def _input_shape(model: keras.Model) -> tuple | None:
    """(N, H, W, C) that the model was built with, as its file tells."""
    known = model.get_build_config() or {}
    shape = known.get("input_shape") or next(iter(known.get("shapes_dict", {}).values()), None)
    return tuple(shape) if model.built and isinstance(shape, list | tuple) else None


def taken_off(operation, model: keras.Model, x: np.ndarray) -> tuple[str, np.ndarray]:
    """Looks for a softmax or sigmoid at the end of a layer's own code and switches it off: (its name or "", values).

    Nothing tells from outside which layer inside is the last one; so each is tried, and kept off when the function of
    what comes out then is what came out before. values: (n, K) of the images x, with nothing switched off.
    """
    values = _values(model, x)
    for layer in reversed(operation._flatten_layers()):
        function, attribute = _function_of(layer)
        if not function:
            continue
        original = getattr(layer, attribute)
        setattr(layer, attribute, keras.activations.linear if attribute == "activation" else _same)
        after = _values(model, x)
        if not np.allclose(after, values, atol=1e-5) and np.allclose(outcome(function, after), values, atol=1e-5):
            return function, values
        setattr(layer, attribute, original)
    return "", values


def _function_of(layer) -> tuple[str, str]:
    """(its name, where a layer holds it): in `activation`, or it is one itself; ("", "") for another."""
    activation = getattr(layer, "activation", None)
    name = next((name for name in _TAKEN_OFF if activation is getattr(keras.activations, name)), "")
    if name:
        return name, "activation"
    return ("softmax", "call") if type(layer) is keras.layers.Softmax else ("", "")


def _same(inputs, mask=None):
    return inputs


def _values(model: keras.Model, x: np.ndarray) -> np.ndarray:
    """(n, K) float64."""
    return np.asarray(keras.ops.convert_to_numpy(model(x, training=False)), np.float64)
