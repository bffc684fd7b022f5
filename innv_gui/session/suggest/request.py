"""What a person asks to be suggested: checked once, here, and trusted from then on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from innv_gui.class_names import map_by_name
from innv_gui.errors import BadInput, shown_value
from innv_gui.records import Model
from innv_gui.session.datasets import Dataset
from innv_gui.session.explain.request import models_of
from innv_gui.session.feature_layers import comparing_layer
from innv_gui.session.models import check_by_model
from innv_gui.session.naming import naming_of
from innv_gui.session.scoring.scoring import layer_names

FEWEST_IMAGES = 2


@dataclass(frozen=True)
class SuggestionRequest:
    """One suggestion, complete and checked.

    layers: per model id the layer that is looked at, the last before softmax by default. neurons: per model id one
    of that layer's neurons, only where one was asked for. class_: name of the class that all images are said to be
    of. more: per model id further layers whose neurons are measured. compared: per model id the layer in whose
    activations images are compared with each other.
    """

    models: tuple[Model, ...]
    dataset: Dataset
    layers: dict[str, str]
    neurons: dict[str, int]
    class_: str | None
    more: dict[str, tuple[str, ...]]
    compared: dict[str, str]

    def measured(self) -> dict[str, tuple[str, ...]]:
        """Per model id all layers whose neurons are measured."""
        return {
            id: tuple(dict.fromkeys((layer, *self.more[id], self.compared[id]))) for id, layer in self.layers.items()
        }


def check_suggestion(
    models: Sequence[Model] | Model,
    dataset: Dataset,
    layer: str | dict | None = None,
    neuron: int | dict | None = None,
    class_: str | int | None = None,
    layers: Sequence[str] | dict = (),
) -> SuggestionRequest:
    """Turn what was asked into a SuggestionRequest, or raise BadInput naming the field.

    layer, neuron: one for all models, or a dictionary by model (its id or name). layers: further ones to measure.
    """
    models = models_of(models)
    _check_images(dataset)
    for field, given in (("layer", layer), ("layers", layers), ("neuron", neuron)):
        check_by_model(given, models, field)
    chosen = {model.id: str(_of(layer, model, str, "layer") or model.facts.explained_layer) for model in models}
    more = {model.id: tuple(_of(layers, model, None, "layers") or ()) for model in models}
    for model in models:
        layer_names(model, (chosen[model.id], *more[model.id]))
    wanted = {model.id: _of(neuron, model, int, "neuron") for model in models}
    neurons = {id: int(index) for id, index in wanted.items() if index is not None}
    for model in models:
        if model.id in neurons:
            _check_neuron(model, chosen[model.id], neurons[model.id])
    compared = {model.id: comparing_layer(model, (chosen[model.id], *more[model.id])) for model in models}
    return SuggestionRequest(models, dataset, chosen, neurons, _class_name(class_, models, dataset), more, compared)


def _check_images(dataset) -> None:
    if not isinstance(dataset, Dataset):
        raise BadInput(f"Expected a dataset from add_dataset, got {type(dataset).__name__}.", field="dataset")
    if len(dataset) < FEWEST_IMAGES:
        raise BadInput(
            f"{dataset.name} has {len(dataset)} image{'' if len(dataset) == 1 else 's'}; at least {FEWEST_IMAGES} are "
            "needed to compare.",
            "Open a folder with more images.",
            field="dataset",
        )


def _of(given, model: Model, kind: type | None, field: str) -> Any:
    """What was given for one model: the same for all, or by id or name. None when nothing was."""
    if isinstance(given, dict):
        given = given.get(model.id, given.get(model.name))
    if kind is None:
        return (given,) if isinstance(given, str) else given
    expected = (int, np.integer) if kind is int else kind
    if given is not None and (isinstance(given, bool) or not isinstance(given, expected)):
        what = "a number" if kind is int else "a name"
        raise BadInput(f"Expected {what} for {field}, got {shown_value(given)}.", field=field)
    return given


def _check_neuron(model: Model, layer: str, neuron: int) -> None:
    last = next(known.output_shape[-1] for known in model.layers if known.name == layer) - 1
    if not 0 <= neuron <= last:
        raise BadInput(f"Layer {layer!r} of {model.name} has neurons 0 to {last}, got {neuron}.", field="neuron")


def _class_name(class_: str | int | None, models: tuple[Model, ...], dataset: Dataset) -> str | None:
    """A class by name or by index in the first model -> its name, which every model must know."""
    if class_ is None:
        return None
    if isinstance(class_, bool) or not isinstance(class_, str | int | np.integer):
        raise BadInput(f"Expected a class by name or index, got {class_!r}.", field="class")
    first = naming_of(models[0], dataset).names
    name = str(class_)
    if not _knows(first, name) and re.fullmatch("[0-9]{1,9}", name) and int(name) < len(first):
        name = first[int(name)]
    for model in models:
        names = naming_of(model, dataset).names
        if not _knows(names, name):
            some = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
            raise BadInput(f"{model.name} has no class {name!r:.80}.", f"Expected one of {some}.", "class", names[:50])
    return name if name in first else first[map_by_name(first, [name])[0][name]]


def _knows(names: tuple[str, ...], name: str) -> bool:
    return bool(map_by_name(names, [name])[0])
