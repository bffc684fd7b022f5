"""Which layer's activations images are compared in."""

from __future__ import annotations

from collections.abc import Sequence

from innv_gui.records import Layer, Model

PASSED_ON = ("Dropout", "AlphaDropout", "GaussianDropout")  # give what they get once a network is trained
FEW = 8  # neurons: in fewer directions any two images are soon alike


def measurable_layers(model: Model) -> tuple[Layer, ...]:
    """Layers with neurons, in the order of the network."""
    return tuple(layer for layer in model.layers if layer.output_shape and layer.output_shape[-1])


def features_layer(model: Model) -> str:
    """The last layer before the classifier whose output is one vector; the one just before where none is."""
    layers = measurable_layers(model)
    names = [layer.name for layer in layers]
    last = names.index(model.facts.explained_layer) if model.facts.explained_layer in names else len(names)
    before = layers[:last]
    flat = [layer for layer in before if len(layer.output_shape) == 1 and layer.type not in PASSED_ON]
    return (flat or list(before) or list(layers))[-1].name


def comparing_layer(model: Model, measured: Sequence[str]) -> str:
    """The first of the measured layers that has enough neurons to compare images in; the layer before the classifier
    where none has, as the scores of two classes; the first one where that has no more."""
    neurons = {layer.name: layer.output_shape[-1] or 0 for layer in measurable_layers(model)}
    wide = [name for name in (*measured, features_layer(model)) if neurons[name] >= FEW]
    return wide[0] if wide else measured[0]
