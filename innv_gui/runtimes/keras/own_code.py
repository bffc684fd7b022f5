"""Layers and models of a person's own code: no graph to look into, so each is one layer to everything here."""

from __future__ import annotations

import keras
import numpy as np

from innv_gui.errors import ModelRefused
from innv_gui.runtimes.keras import old_layers

SOFTMAX = "softmax in its own code"  # an ending that cannot be taken off
_PROBE_SIDE_PX = 64  # where a model takes images of any size


def kind_of(operation) -> str:
    """The class name of a layer or operation; "custom Name" for what is not Keras' own, whatever its name."""
    found = type(operation)
    is_known = found.__module__.partition(".")[0] == "keras" or found.__module__ == old_layers.__name__
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
            f"{file} is a subclassed model that was never told its input size.",
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


def without_softmax(operation, start, end) -> tuple[str, str]:
    """Looks for a softmax at the end of a layer's own code and switches it off: (softmax, ending) as in `Flat`.

    Nothing tells from outside which layer inside is the last one; so each is tried, and kept off when the softmax of
    what comes out then is what came out before.
    """
    model = keras.Model(start, end)
    before = _probed(model)
    if not _are_probabilities(before):
        return "none", "linear"
    for layer in reversed(operation._flatten_layers()):
        attribute = _softmax_of(layer)
        if attribute is None:
            continue
        original = getattr(layer, attribute)
        setattr(layer, attribute, keras.activations.linear if attribute == "activation" else _same)
        after = _probed(model)
        if not _are_probabilities(after) and np.allclose(_softmax(after), before, atol=1e-5):
            return "activation", "linear"
        setattr(layer, attribute, original)
    return "none", SOFTMAX


def _softmax_of(layer) -> str | None:
    """Where a layer holds a softmax: in `activation`, or it is one itself."""
    if getattr(layer, "activation", None) is keras.activations.softmax:
        return "activation"
    return "call" if type(layer) is keras.layers.Softmax else None


def _same(inputs, mask=None):
    return inputs


def _probed(model: keras.Model) -> np.ndarray:
    """(4, K) for images of noise, of different strengths."""
    sides = [side or _PROBE_SIDE_PX for side in model.inputs[0].shape[1:]]
    strengths = np.asarray([0.1, 1.0, 30.0, 255.0], np.float32)[:, None, None, None]
    x = np.random.default_rng(0).random((4, *sides), dtype=np.float32) * strengths
    return np.asarray(keras.ops.convert_to_numpy(model(x, training=False)), np.float64)


def _are_probabilities(scores: np.ndarray) -> bool:
    sums = scores.sum(axis=-1)
    return scores.ndim == 2 and scores.shape[1] > 1 and scores.min() >= 0 and bool(np.allclose(sums, 1, atol=1e-3))


def _softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
