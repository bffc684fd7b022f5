"""Compiled functions of a network, a bounded number: one per (method, settings, layer, shape); never one per neuron.

AutoGraph is off: it would read and rewrite all the code on the way, most of the time to a first map, and a layer's own
code never sees it, because Keras calls that unconverted.

Each takes x (N, H, W, C) and weights (N, U): how much of each neuron of the explained layer is asked for. One hot is
one neuron. A neuron of a layer with several positions is its strongest position. The neurons' values (N, U) come along.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable

import keras
import tensorflow as tf

from innv_gui.errors import AnalyzerRefused
from innv_gui.runtimes.keras.attribution import unweighted
from innv_gui.runtimes.keras.attribution.method import Method
from innv_gui.runtimes.keras.attribution.passes import HINT_ACTIVATION, Walk, known_as, plan
from innv_gui.runtimes.keras.attribution.relu_gradients import bent_relus
from innv_gui.runtimes.keras.attribution.unfolded import graph_to
from innv_gui.runtimes.keras.graphs.batch_norm import folded
from innv_gui.runtimes.keras.networks.network import Network

KEPT = 24


def kept(network: Network, key: Hashable, make: Callable):
    """The function of that key, made when it is not there; the longest unused ones go."""
    functions = network.compiled.setdefault("attribution", OrderedDict())
    if key not in functions:
        functions[key] = make()
    functions.move_to_end(key)
    while len(functions) > KEPT:
        functions.popitem(last=False)
    return functions[key]


def gradient(network: Network, name: str, layer: str, shape: tuple, softmax: bool, unchecked: bool):
    """Compiled: x, weights -> d sum(weights * neurons) / dx, (N, H, W, C), and values (N, U).

    With bent ReLUs the way back starts from the neurons' values instead of one, as iNNvestigate has it.
    """
    key = ("gradient", name, layer, shape, softmax, unchecked)
    return kept(network, key, lambda: _trace_gradient(network, name, layer, shape, softmax, unchecked))


def relevance(network: Network, key: Hashable, name: str, method: Method, layer: str, shape: tuple, more: tuple):
    """Compiled: x, weights -> relevance (N, H, W, C), values (N, U); and notes. more: (softmax, unchecked)."""
    full = ("relevance", key, layer, shape, *more)
    return kept(network, full, lambda: _trace_relevance(network, name, method, layer, shape, *more))


def replaced(network: Network, layer: str, shape: tuple, softmax: bool, forward: Callable[[tf.Tensor], tf.Tensor]):
    """Compiled: x, weights -> the way back through `forward`, (N, H, W, C), and values (N, U).

    forward: x -> the layer's output, by operations whose derivatives are other ones. The way back starts from the
    neurons' values.
    """

    @tf.function(input_signature=x_and_weights(shape), autograph=False)
    def back(x, weights):
        with tf.GradientTape() as tape:
            tape.watch(x)
            end = positions(network.link(softmax).traced(forward(x)))
        given = at_strongest(end) * weights[:, None] * end
        return tape.gradient(end, x, given, tf.UnconnectedGradients.ZERO), tf.reduce_max(end, axis=1)

    return back


def neurons(network: Network, layer: str, shape: tuple, softmax: bool):
    """Compiled: x -> (N, U), each neuron's value at its strongest position."""

    def trace():
        model = keras.Model(network.model.inputs[0], network.flat.tensors[layer])

        @tf.function(input_signature=[_x(shape)], autograph=False)
        def values(x):
            return tf.reduce_max(positions(_end(network, model, x, softmax)), axis=1)

        return values

    return kept(network, ("neurons", layer, shape, softmax), trace)


def sensitivity(network: Network, layer: str, shape: tuple, softmax: bool):
    """Compiled: x, classes (N,) -> |sum over positions of d y_c / d A|, (N, U), and y_c, (N,)."""

    def trace():
        tensors = [network.flat.tensors[layer], network.model.outputs[0]]
        model = keras.Model(network.model.inputs[0], tensors)

        @tf.function(input_signature=[_x(shape), tf.TensorSpec([None], tf.int64)], autograph=False)
        def sizes(x, classes):
            with tf.GradientTape() as tape:
                tape.watch(x)
                features, output = model(x, training=False)
                output = tf.cast(output, tf.float32)
                output = network.link(softmax).traced(output)
                score = tf.gather(output, classes, batch_dims=1)
            slope = tape.gradient(score, features)
            slope = tf.zeros_like(features) if slope is None else slope
            return tf.abs(tf.reduce_sum(positions(tf.cast(slope, tf.float32)), axis=1)), score

        return sizes

    return kept(network, ("sensitivity", layer, shape, softmax), trace)


def _trace_gradient(network: Network, name: str, layer: str, shape: tuple, softmax: bool, unchecked: bool):
    model = keras.Model(network.model.inputs[0], network.flat.tensors[layer])
    bent = {"guided_backprop": "guided", "deconvnet": "deconvnet"}.get(name)
    if bent and not unchecked:
        _refuse_other_activations(network, name, layer)

    @tf.function(input_signature=x_and_weights(shape), autograph=False)
    def back(x, weights):
        with tf.GradientTape() as tape, bent_relus(network.flat.operations.values() if bent else (), bent or ""):
            tape.watch(x)
            end = positions(_end(network, model, x, softmax))
        given = at_strongest(end) * weights[:, None]
        found = tape.gradient(end, x, given * end if bent else given, tf.UnconnectedGradients.ZERO)
        return found, tf.reduce_max(end, axis=1)

    back.get_concrete_function()
    return back


def _refuse_other_activations(network: Network, name: str, layer: str) -> None:
    for step in graph_to(network.model.inputs[0], network.flat.tensors[layer]).steps:
        if not unweighted.only_relu(step):
            known = f"the layer {known_as(step)} of this model {unweighted.objection(step)}"
            message = f"{name} knows no activations other than ReLU: {known}."
            raise AnalyzerRefused(message, HINT_ACTIVATION, "unchecked", (True,))


def _trace_relevance(network, name: str, method: Method, layer: str, shape: tuple, softmax: bool, unchecked: bool):
    graph = folded(graph_to(network.model.inputs[0], network.flat.tensors[layer], method.weighs))
    places = {known: place for place, known in enumerate(network.flat.operations)}
    laid_out = plan(name, method, graph, places, unchecked)

    @tf.function(input_signature=x_and_weights(shape), autograph=False)
    def back(x, weights):
        walk = Walk(laid_out)
        end = walk.forward(x)
        score = positions(network.link(softmax).traced(end))
        relevance = tf.nn.relu(score) if laid_out.positive_score else score
        given = at_strongest(score) * weights[:, None] * relevance
        return walk.backward(tf.reshape(given, tf.shape(end))), tf.reduce_max(score, axis=1)

    back.get_concrete_function()
    return back, laid_out.notes


def _end(network: Network, model, x, softmax: bool):
    return network.link(softmax).traced(tf.cast(model(x, training=False), tf.float32))


def positions(tensor):
    """(N, ..., U) -> (N, P, U)."""
    return tf.reshape(tensor, [tf.shape(tensor)[0], -1, tensor.shape[-1]])


def at_strongest(positions):
    """(N, P, U) -> (N, P, U): 1 at each neuron's strongest position, the first one of equals."""
    return tf.one_hot(tf.argmax(positions, axis=1), tf.shape(positions)[1], axis=1)


def _x(shape: tuple) -> tf.TensorSpec:
    return tf.TensorSpec([None, *shape], tf.float32)


def x_and_weights(shape: tuple) -> list[tf.TensorSpec]:
    return [_x(shape), tf.TensorSpec([None, None], tf.float32)]
