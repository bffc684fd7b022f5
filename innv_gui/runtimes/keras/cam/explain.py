"""The class activation maps: which region of a spatial layer speaks for a class.

Evidence (`cam_evidence`, `score_cam`) is brought to the input's size bilinearly and divided by its maximum. A map
without positive evidence stays all zero. Guided Grad-CAM = guided backprop x Grad-CAM. The score is the class's logit.
"""

from __future__ import annotations

import time

import keras
import numpy as np
import tensorflow as tf

from innv_gui.errors import AnalyzerRefused, BadInput
from innv_gui.records import Layer, Maps, ModelSource, Target
from innv_gui.runtimes.keras.cam import score_cam
from innv_gui.runtimes.keras.cam.evidence import EVIDENCE
from innv_gui.runtimes.keras.cam.guided import guided_relus
from innv_gui.runtimes.keras.files.quoting import quoted
from innv_gui.runtimes.keras.networks import coverage, loading
from innv_gui.runtimes.keras.networks.network import BATCH, Network

ANALYZERS = (*EVIDENCE, "guided_grad_cam", "score_cam")


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
    run, notes = _way(network, layer, analyzer, params, target.softmax and network.has_link)
    parts = [run(x[i : i + BATCH], classes[i : i + BATCH]) for i in range(0, len(x), BATCH)]
    depth = x.shape[3] if analyzer == "guided_grad_cam" else 1
    empty = (np.zeros((0, *x.shape[1:3], depth), np.float32), np.zeros(0, np.float32))
    values, scores = (np.concatenate(both) for both in zip(empty, *parts, strict=True))
    return Maps(
        values=values[:, None],
        targets=classes[:, None],
        seconds=time.perf_counter() - started,
        engine="native",
        activations=scores[:, None],
        notes=notes,
    )


def layer_for(network: Network, name: str | None) -> str:
    """The layer by name, or the last with spatial output, of those that see the whole picture if there are."""
    layers = network.layers()
    usable = [layer.name for layer in layers if layer.spatial]
    if not usable:
        raise AnalyzerRefused(
            f"Class activation maps do not apply to {network.file}: {_why_none(network)}.",
            "Choose a method that explains the input directly, like gradient or lrp.epsilon.",
        )
    if name is None:
        return network.cam_layer
    if name not in usable:
        raise AnalyzerRefused(
            f"Class activation maps cannot use {_why_not(network, layers, name)} of {network.file}.",
            f"Layers whose output lies over the picture: {_listed(usable)}.",
            field="layer",
            allowed=tuple(usable),
        )
    return name


def _why_none(network: Network) -> str:
    if network.apart or None in network.regions.values():
        return (
            "each layer with spatial output is computed on several parts of the picture, or joins them over each other"
        )
    return "no layer has spatial output (H, W, channels)"


def _why_not(network: Network, layers: tuple[Layer, ...], name: str) -> str:
    found = next((layer for layer in layers if layer.name == name), None)
    if found is None:
        return f"the unknown layer {quoted(name)}"
    if name in network.apart:
        return f"the layer {quoted(name)}, which is computed {network.apart[name]} times apart from each other,"
    if network.regions[name] is None:
        return f"the layer {quoted(name)}, in which different parts of the picture lie over each other,"
    return f"the layer {quoted(name)}, whose output is {tuple(found.output_shape)},"


def _listed(names: list[str], limit: int = 12) -> str:
    shown = ", ".join(names[-limit:])
    return shown if len(names) <= limit else f"..., {shown}"


def _classes(network: Network, x: np.ndarray, target: Target, probabilities: np.ndarray | None) -> np.ndarray:
    """(N,) int64: the class of each image."""
    if target.neuron is not None or target.top_neurons is not None:
        raise BadInput("Class activation maps explain a class, not a neuron.", "Choose a class.", field="neuron")
    if target.class_ in (None, "predicted"):
        known = network.probabilities(network.scores(x)) if probabilities is None else np.asarray(probabilities)
        return known.argmax(axis=1).astype(np.int64) if len(known) else np.zeros(0, np.int64)
    if not isinstance(target.class_, int | np.integer) or not 0 <= target.class_ < network.n_classes:
        raise BadInput(
            f"Expected 'predicted' or a class from 0 to {network.n_classes - 1}, got {quoted(target.class_)}.",
            field="class",
        )
    return np.full(len(x), target.class_, np.int64)


def _way(network: Network, layer: str, analyzer: str, params: dict, softmax: bool):
    """(what gives maps (n, H, W, C) and scores (n,) of a batch and its classes, notes)."""
    notes = _part_notes(network, layer)
    if analyzer == "score_cam":
        return _score_cam(network, layer, params, softmax), (*notes, *score_cam.notes(network, layer, params))
    evidence = "grad_cam" if analyzer == "guided_grad_cam" else analyzer
    see = network.function((evidence, layer, softmax), lambda: _trace_cam(network, layer, evidence, softmax))

    def cam(x, classes):
        cams, scores = see(tf.constant(x), tf.constant(classes))
        return _divided(cams.numpy()), scores.numpy()

    return (_guided(network, softmax, cam) if analyzer == "guided_grad_cam" else cam), notes


def _part_notes(network: Network, layer: str) -> tuple[str, ...]:
    part = coverage.part(network.regions[layer])
    return (f"The layer {layer} sees a part of the picture: {part}. Elsewhere the map is zero.",) if part else ()


def _guided(network: Network, softmax: bool, cam):
    back = network.function(("guided", softmax), lambda: _trace_guided(network, softmax))

    def guided_cam(x, classes):
        cams, scores = cam(x, classes)
        return back(tf.constant(x), tf.constant(classes)).numpy() * cams, scores

    return guided_cam


def _score_cam(network: Network, layer: str, params: dict, softmax: bool):
    def cam(x, classes):
        cams, scores = score_cam.evidence(network, layer, x, classes, params["channels"])
        chosen = network.probabilities(scores) if softmax else scores
        return _divided(cams), np.take_along_axis(chosen, classes[:, None], axis=1)[:, 0]

    return cam


def _divided(cams: np.ndarray) -> np.ndarray:
    """Each map by its maximum; a map of zeros stays as it is."""
    highest = cams.max(axis=(1, 2, 3), keepdims=True)
    return np.divide(cams, highest, out=np.zeros_like(cams), where=highest > 0)


def _trace_cam(network: Network, layer: str, name: str, softmax: bool):
    """Compiled: (N, H, W, C), (N,) classes -> cam (N, H, W, 1) not divided, scores (N,)."""
    seeing = keras.Model(network.model.inputs[0], [network.flat.tensors[layer], network.model.outputs[0]])
    region = network.regions[layer]

    @tf.function(input_signature=[network.signature(), tf.TensorSpec([None], tf.int64)])
    def cam(x, classes):
        with tf.GradientTape() as tape:
            tape.watch(x)
            features, output = seeing(x, training=False)
            score = _score(network, output, classes, softmax)
        slope = tape.gradient(score, features, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        evidence = EVIDENCE[name](tf.cast(features, tf.float32), tf.cast(slope, tf.float32))
        return coverage.placed(evidence, tf.shape(x)[1:3], region), score

    return cam


def _trace_guided(network: Network, softmax: bool):
    """Compiled guided backprop: (N, H, W, C), (N,) classes -> (N, H, W, C)."""

    @tf.function(input_signature=[network.signature(), tf.TensorSpec([None], tf.int64)])
    def back(x, classes):
        with tf.GradientTape() as tape:
            tape.watch(x)
            score = _score(network, network.model(x, training=False), classes, softmax)
        return tape.gradient(score, x)

    with guided_relus(network.flat.operations.values()):
        back.get_concrete_function()
    return back


def _score(network: Network, output, classes, softmax: bool):
    """(N, K) -> (N,): the score of each image's class, or its probability."""
    output = network.link(softmax).traced(tf.cast(output, tf.float32))
    return tf.gather(output, classes, batch_dims=1)
