"""The class activation maps: which region of a spatial layer speaks for a class.

The layer and the classes are looked up here; what a method computes is in `methods.py`. The score is the class's
logit.
"""

from __future__ import annotations

import time

import numpy as np

from innv_gui import analyzers
from innv_gui.analyzers.declaration import Targets
from innv_gui.errors import AnalyzerRefused, BadInput
from innv_gui.records import Layer, Maps, ModelSource, Target, replace
from innv_gui.runtimes.code import method_of
from innv_gui.runtimes.keras.answers import checked_maps, own_copy
from innv_gui.runtimes.keras.cam.question import Question
from innv_gui.runtimes.keras.files.quoting import quoted
from innv_gui.runtimes.keras.networks import coverage, loading
from innv_gui.runtimes.keras.networks.network import BATCH, Network


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
    method, answer = method_of(analyzer, "native")
    if method.targets != Targets.CAM:
        raise BadInput(f"{quoted(analyzer)} is not a class activation map.", field="analyzer")
    network = loading.load(source)
    layer = layer_for(network, target.layer)
    classes = _classes(network, x, target, probabilities)
    question = Question(network, analyzer, params, layer, target.softmax and network.has_link, x, classes)
    question.own = own_copy(source, network, analyzer, analyzers.origin(analyzer))
    for note in _part_notes(network, layer):
        question.note(note)
    depth = 1 if method.display.kind == "cam" else x.shape[3]
    values, scores = [np.zeros((0, *x.shape[1:3], depth), np.float32)], [np.zeros(0, np.float32)]
    for start in range(0, len(x), BATCH):
        rows = slice(start, start + BATCH)
        asked = replace(question, x=x[rows], classes=classes[rows], scores=None)
        values.append(checked_maps(answer, method, asked))
        scores.append(asked.score_of(asked.x, asked.classes) if asked.scores is None else asked.scores)
    return Maps(
        values=np.concatenate(values[1:] or values)[:, None],
        targets=classes[:, None],
        seconds=time.perf_counter() - started,
        engine="native",
        activations=np.concatenate(scores)[:, None],
        notes=tuple(question.notes),
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
            f"Layers with spatial output: {_listed(usable)}.",
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
        return f"the layer {quoted(name)}, in which different parts of the picture overlap,"
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


def _part_notes(network: Network, layer: str) -> tuple[str, ...]:
    part = coverage.part(network.regions[layer])
    return (f"The layer {layer} sees a part of the picture: {part}. Elsewhere the map is zero.",) if part else ()
