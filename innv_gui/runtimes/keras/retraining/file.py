"""The new model as a .keras file: the flat network with its new weights, ending in probabilities."""

from __future__ import annotations

import tempfile
from pathlib import Path

import keras
import numpy as np

from innv_gui.runtimes.keras.networks.blueprint import with_link
from innv_gui.runtimes.keras.networks.network import Network
from innv_gui.workshop.written import with_metadata

RECIPE = "innv_gui_retraining"


def made(network: Network, found: list, weights, recipe: dict) -> bytes:
    """The bytes of the file. Two classes of one unit become a softmax over both, with the same probabilities."""
    model = _with_probabilities(network)
    for layer in network.model.layers:
        model.get_layer(layer.name).set_weights(layer.get_weights())
    last = found[-1][0]
    for (layer, variable), value in zip(found, weights, strict=True):
        place = next(i for i, one in enumerate(layer.weights) if one is variable)
        half = np.float32(0.5 if _is_halved(network) and layer is last else 1.0)
        model.get_layer(layer.name).weights[place].assign(half * value)
    return with_metadata(saved(model), {RECIPE: recipe})


def _with_probabilities(network: Network) -> keras.Model:
    activation = "softmax" if _is_halved(network) else network.link().activation
    return keras.Model.from_config(with_link(network, activation) if activation else network.model.get_config())


def _is_halved(network: Network) -> bool:
    """Whether p = sigmoid(z) of -z and z is to be written as softmax(-z / 2, z / 2)."""
    return network.flat.outputs.kind == "binary" and network.flat.link == "sigmoid"


def saved(model: keras.Model) -> bytes:
    """A .keras archive."""
    with tempfile.TemporaryDirectory(prefix="innv-gui-") as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return path.read_bytes()
