"""Grad-CAM and Guided Grad-CAM (Selvaraju et al. 2017), on the logit of a class.

w_k = mean over space of d y_c / d A_k;  cam = relu(sum_k w_k A_k), brought to the input's size bilinearly and divided
by its maximum. A map without positive evidence stays all zero. Guided Grad-CAM = guided backprop x cam.
"""

from __future__ import annotations

import time

import keras
import numpy as np
import tensorflow as tf

from innv_gui.errors import AnalyzerRefused, BadInput
from innv_gui.records import Layer, Maps, ModelSource, Target
from innv_gui.runtimes.keras import loading
from innv_gui.runtimes.keras.guided import guided_relus
from innv_gui.runtimes.keras.network import BATCH, Network
from innv_gui.runtimes.keras.quoting import quoted

ANALYZERS = ("grad_cam", "guided_grad_cam")


def explain(
    source: ModelSource,
    x: np.ndarray,
    analyzer: str,
    params: dict,
    target: Target,
    probabilities: np.ndarray | None = None,
) -> Maps:
    """(N, H, W, C) network input -> maps (N, 1, H, W, 1) in [0, 1], or (N, 1, H, W, C) signed when guided.

    probabilities: (N, K), for the predicted class. Raises AnalyzerRefused naming the layers that can be used.
    """
    started = time.perf_counter()
    network = loading.load(source)
    if analyzer not in ANALYZERS:
        raise BadInput(f"{quoted(analyzer)} does not run here.", field="analyzer", allowed=ANALYZERS)
    layer = layer_for(network, target.layer)
    classes = _classes(network, x, target, probabilities)
    parts = [
        _explained(network, layer, analyzer, x[i : i + BATCH], classes[i : i + BATCH], target.softmax)
        for i in range(0, len(x), BATCH)
    ]
    depth = 1 if analyzer == "grad_cam" else x.shape[3]
    empty = (np.zeros((0, *x.shape[1:3], depth), np.float32), np.zeros(0, np.float32))
    values, scores = (np.concatenate(both) for both in zip(empty, *parts, strict=True))
    return Maps(
        values=values[:, None],
        targets=classes[:, None],
        seconds=time.perf_counter() - started,
        engine="native",
        activations=scores[:, None],
    )


def layer_for(network: Network, name: str | None) -> str:
    """The layer by name, or the last with spatial output."""
    layers = network.layers()
    usable = [layer.name for layer in layers if layer.spatial]
    if not usable:
        raise AnalyzerRefused(
            f"Grad-CAM does not apply to {network.file}: no layer of it has spatial output (H, W, channels).",
            "Choose a method that explains the input directly, like gradient or lrp.epsilon.",
        )
    if name is None:
        return usable[-1]
    if name not in usable:
        raise AnalyzerRefused(
            f"Grad-CAM cannot use {_why_not(layers, name)} of {network.file}.",
            f"Layers with spatial output: {_listed(usable)}.",
            field="layer",
            allowed=tuple(usable),
        )
    return name


def _why_not(layers: tuple[Layer, ...], name: str) -> str:
    found = next((layer for layer in layers if layer.name == name), None)
    if found is None:
        return f"the unknown layer {quoted(name)}"
    return f"the layer {quoted(name)}, whose output is {tuple(found.output_shape)},"


def _listed(names: list[str], limit: int = 12) -> str:
    shown = ", ".join(names[-limit:])
    return shown if len(names) <= limit else f"..., {shown}"


def _classes(network: Network, x: np.ndarray, target: Target, probabilities: np.ndarray | None) -> np.ndarray:
    """(N,) int64: the class of each image."""
    if target.neuron is not None or target.top_neurons is not None:
        raise BadInput("Grad-CAM explains a class, not a neuron.", "Choose a class.", field="neuron")
    if target.class_ in (None, "predicted"):
        known = network.probabilities(network.predict(x)) if probabilities is None else np.asarray(probabilities)
        return known.argmax(axis=1).astype(np.int64) if len(known) else np.zeros(0, np.int64)
    if not isinstance(target.class_, int | np.integer) or not 0 <= target.class_ < network.n_classes:
        raise BadInput(
            f"Expected 'predicted' or a class from 0 to {network.n_classes - 1}, got {quoted(target.class_)}.",
            field="class",
        )
    return np.full(len(x), target.class_, np.int64)


def _explained(network: Network, layer: str, analyzer: str, x, classes, softmax: bool):
    """(maps (N, H, W, C), explained scores (N,)) of one batch."""
    softmax = softmax and network.takes_softmax
    see = network.function(("grad_cam", layer, softmax), lambda: _trace_cam(network, layer, softmax))
    batch, wanted = tf.constant(x), tf.constant(classes)
    cams, scores = see(batch, wanted)
    cams = _divided(cams.numpy())
    if analyzer == "grad_cam":
        return cams, scores.numpy()
    back = network.function(("guided", softmax), lambda: _trace_guided(network, softmax))
    return back(batch, wanted).numpy() * cams, scores.numpy()


def _divided(cams: np.ndarray) -> np.ndarray:
    """Each map by its maximum; a map of zeros stays as it is."""
    highest = cams.max(axis=(1, 2, 3), keepdims=True)
    return np.divide(cams, highest, out=np.zeros_like(cams), where=highest > 0)


def _trace_cam(network: Network, layer: str, softmax: bool):
    """Compiled: (N, H, W, C), (N,) classes -> cam (N, H, W, 1) not divided, scores (N,)."""
    seeing = keras.Model(network.model.inputs[0], [network.flat.tensors[layer], network.model.outputs[0]])

    @tf.function(input_signature=[network.signature(), tf.TensorSpec([None], tf.int64)])
    def cam(x, classes):
        with tf.GradientTape() as tape:
            tape.watch(x)
            features, output = seeing(x, training=False)
            score = _score(output, classes, softmax)
        gradient = tf.cast(tape.gradient(score, features), tf.float32)
        weights = tf.reduce_mean(gradient, axis=(1, 2), keepdims=True)
        evidence = tf.nn.relu(tf.reduce_sum(weights * tf.cast(features, tf.float32), axis=3, keepdims=True))
        return tf.image.resize(evidence, tf.shape(x)[1:3], method="bilinear"), score

    return cam


def _trace_guided(network: Network, softmax: bool):
    """Compiled guided backprop: (N, H, W, C), (N,) classes -> (N, H, W, C)."""

    @tf.function(input_signature=[network.signature(), tf.TensorSpec([None], tf.int64)])
    def back(x, classes):
        with tf.GradientTape() as tape:
            tape.watch(x)
            score = _score(network.model(x, training=False), classes, softmax)
        return tape.gradient(score, x)

    with guided_relus(network.flat.operations.values()):
        back.get_concrete_function()
    return back


def _score(output, classes, softmax: bool):
    """(N, K) -> (N,): the logit of each image's class, or its probability."""
    output = tf.cast(output, tf.float32)
    output = tf.nn.softmax(output) if softmax else output
    return tf.gather(output, classes, batch_dims=1)
