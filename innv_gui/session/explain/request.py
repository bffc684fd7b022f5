"""What a person asks to be explained: checked once, here, and trusted from then on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from innv_gui import analyzers
from innv_gui.analyzers.declaration import Analyzer, Targets
from innv_gui.class_names import map_by_name
from innv_gui.datasets.names import shown
from innv_gui.errors import BadInput, shown_value
from innv_gui.named_path import named_path
from innv_gui.records import ClassNames, ImageRef, Model, Target
from innv_gui.session.datasets import Dataset
from innv_gui.session.explain.given_images import as_images, not_images
from innv_gui.session.explain.listed_images import distinguished
from innv_gui.session.models import check_by_model, listed_models
from innv_gui.session.naming import naming_of

ENGINES = ("auto", "native", "innvestigate")
GRIDS = (1, 4, 9, 16)


@dataclass(frozen=True)
class Item:
    """One image of a run. index: its position in the dataset (or in what was given)."""

    index: int
    name: str
    label: str | None = None
    ref: ImageRef | None = None
    row: np.ndarray | None = field(default=None, compare=False, repr=False)  # (H, W, C) network input


@dataclass(frozen=True)
class DatasetItems(Sequence):
    """The images of a dataset, each made when it is asked for: a million of them take no memory."""

    dataset: Dataset

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, position: int | slice) -> Item | tuple[Item, ...]:
        if isinstance(position, slice):
            return tuple(self[one] for one in range(len(self))[position])
        index = int(self.dataset.positions()[position])
        ref = self.dataset.collection.ref(index)
        return Item(index, ref.name, ref.label, ref)


@dataclass(frozen=True)
class Request:
    """One run, complete and checked. targets: one per model, in the order of models."""

    models: tuple[Model, ...]
    items: Sequence[Item]
    analyzer: Analyzer
    params: dict
    targets: tuple[Target, ...]
    engine: str
    unchecked: bool = False
    dataset: Dataset | None = None

    def naming(self, model: Model) -> ClassNames:
        """What the model's classes are called beside these images."""
        return naming_of(model, self.dataset)


def check_request(
    models: Sequence[Model],
    images,
    analyzer: str,
    params: dict | None = None,
    layer: str | dict | None = None,
    neuron: int | None = None,
    top_neurons: int | None = None,
    class_: str | int | None = "predicted",
    engine: str = "auto",
    unchecked: bool = False,
    softmax: bool = False,
) -> Request:
    """Turn what was asked into a Request, or raise BadInput naming the field."""
    models = models_of(models)
    method = analyzers.get(analyzer)
    complete = analyzers.check(method.name, dict(params or {}))
    items, dataset = items_of(images)
    check_by_model(layer, models, "layer")
    wish = _wish(method, layer, neuron, top_neurons, class_)
    targets = tuple(_target(model, method, wish, softmax, naming_of(model, dataset)) for model in models)
    return Request(models, items, method, complete, targets, engine_for(method, engine), unchecked, dataset)


def models_of(models: Sequence[Model]) -> tuple[Model, ...]:
    models = listed_models(models)
    if not models:
        raise BadInput("No model was given; expected at least one.", "Add a model first.", field="models")
    for model in models:
        one_model(model, "models")
    if len({model.id for model in models}) < len(models):
        raise BadInput("The same model was given twice.", "Choose each model once.", field="models")
    return models


def one_model(model, field: str = "model") -> Model:
    """What was given as a model, or BadInput."""
    if not isinstance(model, Model):
        raise BadInput(f"Expected a model from add_model, got {type(model).__name__}.", field=field)
    return model


def engine_for(method: Analyzer, engine: str) -> str:
    """The runtime that does it: for `auto` the method's preferred one."""
    if engine not in ENGINES:
        raise BadInput(f"Unknown engine {engine!r}.", f"Expected one of {', '.join(ENGINES)}.", "engine", ENGINES)
    if engine == "auto":
        return method.runtimes[0]
    if engine not in method.runtimes:
        allowed = ("auto", *method.runtimes)
        raise BadInput(
            f"{method.name} is not available with the engine {engine}.",
            f"Expected {' or '.join(allowed)}.",
            "engine",
            allowed,
        )
    return engine


@dataclass(frozen=True)
class Wish:
    """The target that was asked for, before it is looked up in each model."""

    layer: str | dict | None
    neuron: int | None
    top_neurons: int | None
    class_: str | int | None

    @property
    def neurons(self) -> bool:
        """Whether neurons are meant instead of a class."""
        return self.neuron is not None or self.top_neurons is not None


def _wish(method: Analyzer, layer, neuron, top_neurons, class_) -> Wish:
    wish = Wish(layer, neuron, top_neurons, class_)
    which = "neuron" if neuron is not None else "top_neurons"
    if neuron is not None and top_neurons is not None:
        raise BadInput("Expected either neuron or top_neurons, got both.", field="top_neurons")
    if top_neurons is not None and not (is_whole(top_neurons) and top_neurons in GRIDS):
        raise BadInput(f"Expected 1, 4, 9 or 16 neurons, got {shown_value(top_neurons)}.", "", "top_neurons", GRIDS)
    if wish.neurons and class_ not in (None, "predicted"):
        raise BadInput("Expected a class or neurons, got both.", "Leave one of them out.", which)
    if wish.neurons and method.targets == Targets.CAM:
        raise BadInput(f"{method.name} explains classes, not single neurons.", "Choose a class.", which)
    return wish


def _target(model: Model, method: Analyzer, wish: Wish, softmax: bool, naming: ClassNames) -> Target:
    layer = wish.layer.get(model.id, wish.layer.get(model.name)) if isinstance(wish.layer, dict) else wish.layer
    if layer is not None:
        _check_layer(model, method, layer)
    if wish.neuron is not None:
        _check_neuron(model, layer or model.facts.explained_layer, wish.neuron)
    if wish.neurons:
        return Target(layer, None, wish.neuron, wish.top_neurons, softmax)
    return Target(layer=layer, class_=class_index(wish.class_, model, naming), softmax=softmax)


def check_target(model: Model, method: Analyzer, target: Target, engine: str) -> None:
    """That a target which was checked once is one of this model still, by this version. Raises BadInput."""
    engine_for(method, engine)
    if target.layer is not None:
        _check_layer(model, method, target.layer)
    if target.neuron is not None:
        _check_neuron(model, target.layer or model.facts.explained_layer, target.neuron)
    if target.class_ is not None:
        class_index(target.class_, model, naming_of(model))


def is_whole(value) -> bool:
    """Whether it is a whole number, and neither a switch nor a text."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _check_neuron(model: Model, layer: str, neuron: int) -> None:
    shape = next((known.output_shape for known in model.layers if known.name == layer), (None,))
    last = (shape[-1] or 1) - 1
    if not is_whole(neuron) or not 0 <= neuron <= last:
        got = shown_value(neuron)
        raise BadInput(f"Layer {layer!r} of {model.name} has neurons 0 to {last}, got {got}.", field="neuron")


def _check_layer(model: Model, method: Analyzer, name: str) -> None:
    usable = analyzers.usable_layers(method, model.facts)
    allowed = tuple(layer.name for layer, ok, _ in usable if ok)
    for layer, ok, why_not in usable:
        if layer.name == name and not ok:
            raise BadInput(f"{method.name} cannot use layer {name!r} of {model.name}: {why_not}", "", "layer", allowed)
    if name not in {layer.name for layer, _, _ in usable}:
        some = ", ".join(allowed[:8]) + (", …" if len(allowed) > 8 else "")
        raise BadInput(f"{model.name} has no layer {name!r}.", f"Expected one of {some}.", "layer", allowed)


def class_index(class_: str | int | None, model: Model, naming: ClassNames) -> int | str:
    """A class by name or index -> its index; "predicted" stays."""
    if class_ is None or (isinstance(class_, str) and class_ == "predicted"):
        return "predicted"
    return one_class(class_, model, naming, ("predicted",))


def one_class(class_: str | int, model: Model, naming: ClassNames, also: tuple[str, ...] = ()) -> int:
    """A class by name or index -> its index. also: what a refusal names beside classes."""
    if not is_whole(class_) and not isinstance(class_, str):
        raise BadInput(f"Expected a class by name or index, got {shown_value(class_)}.", field="class")
    fitting = map_by_name(naming.names, [class_])[0] if isinstance(class_, str) else {}
    return fitting[class_] if fitting else _index(class_, model, naming.names, also)


def _index(class_: str | int, model: Model, names: tuple[str, ...], also: tuple[str, ...]) -> int:
    class_ = class_ if isinstance(class_, str) else int(class_)
    try:
        index = int(class_)
    except ValueError:
        index = -1
    if 0 <= index < model.n_classes:
        return index
    some = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    raise BadInput(
        f"{model.name} has no class {class_!r}.",
        f"Expected {''.join(f'{one}, ' for one in also)}an index from 0 to {model.n_classes - 1}, or one of {some}. "
        "For another class choose a model that has it.",
        "class",
        (*also, *names[:50]),
    )


def items_of(images) -> tuple[Sequence[Item], Dataset | None]:
    """Images as a run takes them: a Dataset or a part of one, ImageRefs, paths, or arrays that are network input."""
    if isinstance(images, Dataset):
        return _not_empty(DatasetItems(images)), images
    images = as_images(images)
    if isinstance(images, np.ndarray):
        return _not_empty(_rows(images)), None
    refs = distinguished([_ref(image) for image in images])
    return _not_empty(tuple(Item(index, ref.name, ref.label, ref) for index, ref in enumerate(refs))), None


def _not_empty(items: Sequence[Item]) -> Sequence[Item]:
    if not items:
        raise BadInput("No image was given; expected at least one.", "Choose images first.", field="images")
    return items


def _rows(images: np.ndarray) -> tuple[Item, ...]:
    if images.ndim != 4 or images.dtype.kind not in "fiub":
        raise BadInput(
            f"Expected an array (N, H, W, C) of numbers, got shape {images.shape} of {images.dtype}.",
            "One image is a batch of one: x[None]." if images.ndim == 3 else "",
            field="images",
        )
    rows = images.astype(np.float32)
    if not np.isfinite(rows).all():
        raise BadInput("The array of images holds NaN or infinite values.", "Replace them first.", field="images")
    return tuple(Item(index, f"image {index}", row=row) for index, row in enumerate(rows))


def _ref(image) -> ImageRef:
    if isinstance(image, ImageRef):
        return image
    if not isinstance(image, str | Path):
        raise not_images(image)
    path = named_path(image, "images")
    if not os.path.exists(path):
        raise BadInput(f"There is no image file {str(path)!r}.", "Check the path.", field="images")
    return ImageRef(shown(path.name), str(path.resolve()))
