"""The order of a model's layers as its file lists them.

Weights of Keras 2 are given out by that order, and Keras 3 sorts the layers of a graph in its own way: layers of
the same shape (query, key and value of attention) would take each other's weights.
"""

from __future__ import annotations

import keras
from keras.src.models.functional import Functional


def restore(model, node: dict) -> None:
    """Puts the layers of a model, and of models and layers inside, in the order of its configuration."""
    config = node.get("config")
    if not isinstance(config, dict):
        return
    listed = config.get("layers")
    if isinstance(listed, list):
        names = [one["config"]["name"] for one in listed if _has_name(one)]
        if isinstance(model, Functional):
            _sort(model, {name: place for place, name in enumerate(names)})
        inner = {layer.name: layer for layer in model.layers}
        for one in listed:
            if _has_name(one) and one["config"]["name"] in inner:
                restore(inner[one["config"]["name"]], one)
    if isinstance(config.get("layer"), dict) and isinstance(getattr(model, "layer", None), keras.Layer):
        restore(model.layer, config["layer"])


def _sort(model, places: dict[str, int]) -> None:
    """What the configuration does not name, a mask's comparison for one, goes last."""
    model._operations = sorted(model._operations, key=lambda one: places.get(one.name, len(places)))
    model._layers = [one for one in model._operations if isinstance(one, keras.Layer)]


def _has_name(node) -> bool:
    return (
        isinstance(node, dict) and isinstance(node.get("config"), dict) and isinstance(node["config"].get("name"), str)
    )
