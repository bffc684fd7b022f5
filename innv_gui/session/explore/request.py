"""What a person asks to explore: checked once, here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from innv_gui.records import Layer, Model
from innv_gui.session.datasets import Dataset
from innv_gui.session.models import listed_models
from innv_gui.session.suggest.request import SuggestionRequest, check_suggestion

PASSED_ON = ("Dropout", "AlphaDropout", "GaussianDropout")  # give what they get once a network is trained
Layers = str | Mapping[str, str | None] | None


def check_exploration(models: Sequence[Model] | Model, dataset: Dataset, layers: Layers = None) -> SuggestionRequest:
    """layers: per model (id or name) where its features are taken; None is the layer before the classifier.

    Raises BadInput for a layer that is not there, and for fewer than two images.
    """
    models = listed_models(models)
    chosen = {model.id: _of(layers, model) or features_layer(model) for model in models if isinstance(model, Model)}
    return check_suggestion(models, dataset, layers={id: (layer,) for id, layer in chosen.items()})


def _of(layers: Layers, model: Model) -> str | None:
    if isinstance(layers, Mapping):
        return layers.get(model.id, layers.get(model.name))
    return layers


def usable_layers(model: Model) -> tuple[Layer, ...]:
    """Layers with neurons, in the order of the network."""
    return tuple(layer for layer in model.layers if layer.output_shape and layer.output_shape[-1])


def features_layer(model: Model) -> str:
    """The last layer before the classifier whose output is one vector; the one just before where none is."""
    layers = usable_layers(model)
    names = [layer.name for layer in layers]
    last = names.index(model.facts.explained_layer) if model.facts.explained_layer in names else len(names)
    before = layers[:last]
    flat = [layer for layer in before if len(layer.output_shape) == 1 and layer.type not in PASSED_ON]
    return (flat or list(before) or list(layers))[-1].name
