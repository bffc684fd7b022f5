"""A network as plain values, for a process that must not read the person's file."""

from __future__ import annotations

import hashlib
import json
from functools import partial

import keras
import numpy as np

from innv_gui.records import Blueprint, ModelSource
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.networks.network import Network


def blueprint(source: ModelSource, softmax: bool = False) -> Blueprint:
    """The flat network; with softmax=True it ends in probabilities as its file says, else in logits."""
    network = loading.load(source)
    with_softmax = softmax and network.has_link
    config = with_link(network, network.link().activation) if with_softmax else network.model.get_config()
    weights = {layer.name: tuple(map(_plain, layer.get_weights())) for layer in network.model.layers if layer.weights}
    return Blueprint(_identity(network, with_softmax), json.loads(json.dumps(config)), weights)


def with_link(network: Network, activation: str) -> dict:
    """The configuration of a network that ends in this activation: in its last layer where the file has it there, else
    as a layer of its own."""
    if not network.flat.link_inside:
        name = activation
        while name in network.flat.operations:
            name += "_"
        last = keras.layers.Softmax if activation == "softmax" else partial(keras.layers.Activation, activation)
        ends = last(name=name)(network.model.outputs[0])
        return keras.Model(network.model.inputs[0], ends, name=network.model.name).get_config()
    config = network.model.get_config()
    for layer in config["layers"]:
        if layer["name"] == network.explained_layer:
            layer["config"]["activation"] = activation
    return config


def _plain(array: np.ndarray) -> np.ndarray:
    """Half-precision weights as float32, which every reader knows."""
    return array if array.dtype.kind in "iu" else np.asarray(array, np.float32)


def _identity(network: Network, softmax: bool) -> str:
    """The file's hash; another one for another output or with softmax, because it is another network."""
    if network.output == 0 and not softmax and network.flat.outputs.kind != "binary":
        return network.sha256
    known = f"{network.sha256}:{network.output}:{softmax}:{network.flat.outputs.kind}"
    return hashlib.sha256(known.encode()).hexdigest()
