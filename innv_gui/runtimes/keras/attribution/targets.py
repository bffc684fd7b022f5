"""What is explained: which layer, which of its neurons, with what weight, for each image."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from innv_gui.errors import AnalyzerRefused, BadInput
from innv_gui.records import Aim, ModelSource, Target, replace
from innv_gui.runtimes.keras.attribution import compiled
from innv_gui.runtimes.keras.files.quoting import quoted
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.networks.network import BATCH, Network


def aim(network: Network, x: np.ndarray, target: Target, probabilities: np.ndarray) -> Aim:
    """What `target` means for these images."""
    layer = layer_for(network, target.layer)
    is_output = layer == network.explained_layer
    softmax = target.softmax and network.has_link
    if target.neuron is None and target.top_neurons is None and not is_output:
        return _class_at_layer(network, layer, x, _classes(network, target, probabilities), softmax)
    if target.top_neurons is not None:
        return strongest(layer, is_output, neurons(network, layer, x, softmax), target.top_neurons)
    n_neurons = network.flat.tensors[layer].shape[-1]
    if target.neuron is not None:
        index = np.full(len(x), _neuron(target.neuron, n_neurons, layer), np.int64)
    else:
        index = _classes(network, target, probabilities)
    return Aim(layer, is_output, index[:, None], (np.eye(n_neurons, dtype=np.float32)[index],))


def looked_up(source: ModelSource, x: np.ndarray, target: Target, probabilities: np.ndarray) -> Aim:
    """The aim with all that another engine needs to know of this network: the neurons' values."""
    network = loading.load(source)
    found = aim(network, x, target, probabilities)
    values = neurons(network, found.layer, x, target.softmax and network.has_link)
    known = found.activations is not None
    activations = found.activations if known else np.take_along_axis(values, found.targets, axis=1)
    return replace(found, activations=activations, values=values)


def neurons(network: Network, layer: str, x: np.ndarray, softmax: bool) -> np.ndarray:
    """(N, U): each neuron's activation, at its strongest position."""
    softmax = softmax and layer == network.explained_layer
    return _batched(compiled.neurons(network, layer, x.shape[1:], softmax), x)


def layer_for(network: Network, name: str | None) -> str:
    """The layer by name, or the one whose output is the scores."""
    if name is None:
        return network.explained_layer
    known = tuple(network.flat.tensors)
    if name not in known:
        listed = ", ".join(known[-8:])
        raise BadInput(f"{network.file} has no layer {quoted(name)}.", f"Expected one of …, {listed}.", "layer", known)
    network.check_single(name)
    tensor = network.flat.tensors[name]
    usable = hasattr(tensor, "shape") and len(tensor.shape) > 1 and tensor.shape[-1] and "float" in str(tensor.dtype)
    if not usable or name == next(iter(known)):
        what = "the input itself" if name == next(iter(known)) else "no layer with neurons"
        raise AnalyzerRefused(f"{quoted(name)} of {network.file} is {what}.", "Choose another layer.", "layer")
    return name


def _classes(network: Network, target: Target, probabilities: np.ndarray) -> np.ndarray:
    """(N,) int64."""
    n_images, n_classes = len(probabilities), network.n_classes
    if target.class_ in (None, "predicted"):
        return np.asarray(probabilities).reshape(n_images, n_classes).argmax(axis=1).astype(np.int64)
    if isinstance(target.class_, int | np.integer) and 0 <= target.class_ < n_classes:
        return np.full(n_images, target.class_, np.int64)
    limits = f"0 to {n_classes - 1}"
    raise BadInput(f"The class must be an index from {limits}; got {quoted(target.class_)}.", "", "class", (limits,))


def _neuron(index: int, n_neurons: int, layer: str) -> int:
    if isinstance(index, int | np.integer) and not isinstance(index, bool) and 0 <= index < n_neurons:
        return int(index)
    limits = f"0 to {n_neurons - 1}"
    message = f"The layer {quoted(layer)} has neurons {limits}; got {quoted(index)}."
    raise BadInput(message, "", "neuron", (limits,))


def strongest(layer: str, is_output: bool, values: np.ndarray, count: int) -> Aim:
    """The neurons with the largest activation, in descending order, the first of equals first."""
    order = np.argsort(-values, axis=1, kind="stable")[:, :count]
    weights = tuple(np.eye(values.shape[1], dtype=np.float32)[order[:, t]] for t in range(order.shape[1]))
    fewer = order.shape[1] < count
    notes = (f"The layer {layer} has {values.shape[1]} neurons; all of them are shown.",) if fewer else ()
    activations = np.take_along_axis(values, order, axis=1)
    return Aim(layer, is_output, order.astype(np.int64), weights, activations, notes=notes)


def _class_at_layer(network: Network, layer: str, x: np.ndarray, classes: np.ndarray, softmax: bool) -> Aim:
    """The mean over the neurons to which the class's score is most sensitive.

    a_k = |sum over space of d y_c / d A_k|; S = {k: a_k > (max a + min a) / 2}, or the largest alone if that is empty.
    """
    see = compiled.sensitivity(network, layer, x.shape[1:], softmax)
    sizes, scores = _batched(see, x, classes)
    return Aim(layer, False, classes[:, None], (chosen(sizes),), scores[:, None])


def chosen(sizes: np.ndarray) -> np.ndarray:
    """(N, U) sensitivities -> (N, U) float32 weights: 1 / |S| in S, else 0."""
    if not len(sizes):
        return sizes.astype(np.float32)
    middle = (sizes.max(axis=1, keepdims=True) + sizes.min(axis=1, keepdims=True)) / 2
    inside = sizes > middle
    empty = ~inside.any(axis=1)
    inside[empty, sizes[empty].argmax(axis=1)] = True
    return (inside / inside.sum(axis=1, keepdims=True)).astype(np.float32)


def _batched(run, *arrays: np.ndarray):
    """One array, or several, of `run` over all images."""
    parts = [run(*(tf.constant(one[i : i + BATCH]) for one in arrays)) for i in range(0, max(len(arrays[0]), 1), BATCH)]
    if isinstance(parts[0], tuple | list):
        return tuple(np.concatenate([part.numpy() for part in column]) for column in zip(*parts, strict=True))
    return np.concatenate([part.numpy() for part in parts])
