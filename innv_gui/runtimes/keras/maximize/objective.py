"""What grows: a class's logit or probability, a neuron's strongest position, or a channel's mean."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from innv_gui.errors import AnalyzerRefused, BadInput
from innv_gui.records import Features
from innv_gui.runtimes.keras.files.quoting import quoted
from innv_gui.runtimes.keras.networks.network import Network


def check(network: Network, features: Features) -> str:
    """The layer's name. Raises BadInput or AnalyzerRefused where there is no such class, neuron or channel."""
    layer = layer_for(network, features)
    count = network.flat.tensors[layer].shape[-1]
    for index in features.index:
        if isinstance(index, bool) or not isinstance(index, int | np.integer) or not 0 <= index < count:
            whose = network.file if features.kind == "class" else f"The layer {quoted(layer)} of {network.file}"
            limits = f"0 to {count - 1}"
            raise BadInput(
                f"{whose} has no {features.kind} {str(index)[:60]}.", f"Expected {limits}.", "index", (limits,)
            )
    return layer


def layer_for(network: Network, features: Features) -> str:
    """The layer by name, or the one whose output is the scores."""
    name = features.layer or network.explained_layer
    known = tuple(network.flat.tensors)
    if name not in known:
        listed = ", ".join(known[-8:])
        raise BadInput(f"{network.file} has no layer {quoted(name)}.", f"Expected one of …, {listed}.", "layer", known)
    if features.kind == "class" and name != network.explained_layer:
        message = f"A class is maximised at the output of {network.file}, {quoted(network.explained_layer)}."
        raise BadInput(message, f"For {quoted(name)} choose neurons or channels.", "layer", (network.explained_layer,))
    network.check_single(name)
    tensor = network.flat.tensors[name]
    if name == known[0]:
        raise AnalyzerRefused(
            f"{quoted(name)} of {network.file} is the input itself.", "Choose another layer.", "layer"
        )
    if not hasattr(tensor, "shape") or len(tensor.shape) < 2 or not tensor.shape[-1]:
        raise AnalyzerRefused(f"{quoted(name)} of {network.file} has no neurons.", "Choose another layer.", "layer")
    if features.kind == "channel" and len(tensor.shape) < 3:
        message = f"{quoted(name)} of {network.file} has neurons, but no positions to take a channel's mean over."
        raise AnalyzerRefused(message, "Choose neurons, or a layer with spatial output.", "layer")
    return name


def seeing(network: Network, layer: str, kind: str, probability: bool):
    """x (N, H, W, C), index (N,) -> values (N,), probabilities (N,); NaN where the feature is no class."""
    model = keras.Model(network.model.inputs[0], network.flat.tensors[layer])

    def see(x, index):
        end = tf.cast(model(x, training=False), tf.float32)
        if kind != "class":
            values = pooled(end, kind, index)
            return values, tf.fill(tf.shape(values), np.float32(np.nan))
        p = tf.gather(network.link().traced(end), index, batch_dims=1)
        return (p if probability else tf.gather(end, index, batch_dims=1)), p

    return see


def pooled(end, kind: str, index):
    """(N, ..., U), (N,) -> (N,): the channel of each picture, its largest value (neuron) or its mean (channel)."""
    positions = tf.reshape(end, [tf.shape(end)[0], -1, end.shape[-1]])
    chosen = tf.gather(positions, index, axis=2, batch_dims=1)
    return tf.reduce_mean(chosen, axis=1) if kind == "channel" else tf.reduce_max(chosen, axis=1)


def no_gradient(network: Network, layer: str) -> AnalyzerRefused:
    """What is said when the derivative with respect to the input does not exist."""
    message = f"No gradient reaches the input of {network.file} from the layer {quoted(layer)}."
    return AnalyzerRefused(message, "Choose a layer before it.", "layer")
