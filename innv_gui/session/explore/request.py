"""What a person asks to explore: checked once, here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from innv_gui.records import Model
from innv_gui.session.datasets import Dataset
from innv_gui.session.explain.request import models_of
from innv_gui.session.feature_layers import features_layer
from innv_gui.session.models import check_by_model, listed_models
from innv_gui.session.suggest.request import SuggestionRequest, check_suggestion

Layers = str | Mapping[str, str | None] | None


def check_exploration(models: Sequence[Model] | Model, dataset: Dataset, layers: Layers = None) -> SuggestionRequest:
    """layers: per model (id or name) where its features are taken; None is the layer before the classifier.

    Raises BadInput for a layer that is not there, and for fewer than two images.
    """
    models = listed_models(models)
    check_by_model(layers, models_of(models), "layers")
    chosen = {model.id: _of(layers, model) or features_layer(model) for model in models if isinstance(model, Model)}
    return check_suggestion(models, dataset, layers={id: (layer,) for id, layer in chosen.items()})


def _of(layers: Layers, model: Model) -> str | None:
    if isinstance(layers, Mapping):
        return layers.get(model.id, layers.get(model.name))
    return layers
