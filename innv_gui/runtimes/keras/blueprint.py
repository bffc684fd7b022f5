"""A network as plain values, for a process that must not read the person's file."""

from __future__ import annotations

import hashlib
import json

import keras
import numpy as np

from innv_gui.records import Blueprint, ModelSource
from innv_gui.runtimes.keras import loading
from innv_gui.runtimes.keras.network import Network


def blueprint(source: ModelSource, softmax: bool = False) -> Blueprint:
    """The flat network; with softmax=True it ends in probabilities as its file says, else in logits."""
    network = loading.load(source)
    with_softmax = softmax and network.takes_softmax
    config = _with_softmax(network) if with_softmax else network.model.get_config()
    weights = {layer.name: tuple(map(_plain, layer.get_weights())) for layer in network.model.layers if layer.weights}
    return Blueprint(_identity(network, with_softmax), json.loads(json.dumps(config)), weights)


def _with_softmax(network: Network) -> dict:
    """Where the file has it: in the last layer, else as a layer of its own."""
    if network.flat.softmax != "activation":
        name = "softmax"
        while name in network.flat.operations:
            name += "_"
        ends = keras.layers.Softmax(name=name)(network.model.outputs[0])
        return keras.Model(network.model.inputs[0], ends, name=network.model.name).get_config()
    config = network.model.get_config()
    for layer in config["layers"]:
        if layer["name"] == network.explained_layer:
            layer["config"]["activation"] = "softmax"
    return config


def _plain(array: np.ndarray) -> np.ndarray:
    """Half-precision weights as float32, which every reader knows."""
    return array if array.dtype.kind in "iu" else np.asarray(array, np.float32)


def _identity(network: Network, softmax: bool) -> str:
    """The file's hash; another one for another output or with softmax, because it is another network."""
    if network.output == 0 and not softmax:
        return network.sha256
    return hashlib.sha256(f"{network.sha256}:{network.output}:{softmax}".encode()).hexdigest()
