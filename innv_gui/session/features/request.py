"""What a person asks to be maximised or looked for: checked once, here, and trusted from then on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from innv_gui.analyzers import maximize
from innv_gui.errors import BadInput, shown_value
from innv_gui.records import ClassNames, Features, ImageRef, Layer, Model
from innv_gui.session.explain.request import is_whole, one_class, one_model
from innv_gui.session.naming import numbered

LARGEST_SEED = 2**31 - 1
OTHER_STARTS = ", an image such as add_dataset(path)[0], or an array (H, W, C) of network input"


@dataclass(frozen=True)
class FeatureRequest:
    """One ascent, complete and checked. names: one per target. initial: of STARTS, an image, or network input."""

    model: Model
    features: Features
    names: tuple[str, ...]
    layer: str
    initial: str | ImageRef | np.ndarray = field(compare=False)
    preset: str = "plain"
    params: dict = field(default_factory=dict, compare=False)
    seed: int = 0
    dataset: str | None = None  # of the initial image, with its index: for the page
    image: int | None = None

    @property
    def initial_name(self) -> str:
        """One of STARTS, "image" or "array"."""
        if isinstance(self.initial, str):
            return self.initial
        return "image" if isinstance(self.initial, ImageRef) else "array"


@dataclass(frozen=True)
class ChosenFeatures:
    """Features of one layer, checked. names: one for each; layer: the name of what was chosen or taken by default."""

    features: Features
    names: tuple[str, ...]
    layer: str


def check_features(
    model: Model,
    layer: str | None = None,
    *,
    classes: Sequence | None = None,
    neurons: Sequence | None = None,
    channels: Sequence | None = None,
    naming: ClassNames | None = None,
) -> ChosenFeatures:
    """What was chosen, or BadInput naming the field. naming: of the classes."""
    one_model(model)
    given = {"class": classes, "neuron": neurons, "channel": channels}
    asked = {kind: list(_several(kind, index)) for kind, index in given.items() if index is not None}
    if len(asked) != 1:
        raise BadInput("Expected one of classes, neurons and channels.", field="classes")
    kind, values = next(iter(asked.items()))
    found, naming = _layer(model, kind, layer), naming or model.naming or numbered(model.n_classes)
    if kind == "class":
        index = _counted(kind, [_class(value, model, naming) for value in values])
        names = tuple(naming.names[one] for one in index)
    else:
        index = _counted(kind, [_inside(value, found, kind, model) for value in values])
        names = tuple(f"{kind} {one}" for one in index)
    return ChosenFeatures(Features(kind, layer and found.name, index), names, found.name)


def plural(kind: str, count: int = 2) -> str:
    """ "class", "classes", "neurons" ..."""
    return kind if count == 1 else "classes" if kind == "class" else f"{kind}s"


def _several(kind: str, index) -> Sequence:
    if isinstance(index, str | int | np.integer):
        return [index]
    if isinstance(index, np.ndarray) and index.ndim:
        return index.tolist()
    if isinstance(index, Sequence):
        return index
    raise BadInput(f"Expected a list, got {type(index).__name__}.", field=plural(kind))


def _counted(kind: str, index: list[int]) -> tuple[int, ...]:
    """Each once; refused where there are none or too many."""
    distinct, limits = tuple(dict.fromkeys(index)), f"1 to {maximize.MOST_TARGETS}"
    if not 1 <= len(distinct) <= maximize.MOST_TARGETS:
        message = f"Expected {limits} {plural(kind)}, got {len(distinct)}."
        raise BadInput(message, "", plural(kind), (limits,))
    return distinct


def _layer(model: Model, kind: str, name: str | None) -> Layer:
    """The layer that was named, or the output."""
    layers = {layer.name: layer for layer in model.layers}
    chosen = layers.get(name or model.facts.explained_layer)
    usable = tuple(layer.name for layer in model.layers if not why_not(model, kind, layer))
    some = ", ".join(usable[-8:]) or "none"
    if chosen is None:
        raise BadInput(f"{model.name} has no layer {str(name)[:60]!r}.", f"Expected one of {some}.", "layer", usable)
    reason = why_not(model, kind, chosen)
    if reason:
        raise BadInput(f"Layer {chosen.name!r} of {model.name} cannot be used: {reason}", "", "layer", usable)
    return chosen


def why_not(model: Model, kind: str, layer: Layer) -> str:
    """In a sentence why this layer has no such features; empty when it has."""
    if kind == "class":
        return "" if layer.name == model.facts.explained_layer else "Classes are at the output only."
    if layer.name == model.layers[0].name:
        return "This is the input itself."
    if not layer.output_shape or layer.output_shape[-1] is None:
        return "This layer has no distinguishable neurons."
    if kind == "channel" and len(layer.output_shape) < 2:
        return "Its neurons have no positions to take a mean over; choose neurons."
    return ""


def _class(value, model: Model, naming: ClassNames) -> int:
    if value is None or (isinstance(value, str) and value == "predicted"):
        raise BadInput(f"Expected a class by name or index, got {shown_value(value)}.", field="classes")
    return one_class(value, model, naming)


def _inside(value, layer: Layer, kind: str, model: Model) -> int:
    last, value = layer.output_shape[-1] - 1, int(value) if is_whole(value) else value
    if not is_whole(value) or not 0 <= value <= last:
        message = f"Layer {layer.name!r} of {model.name} has {kind}s 0 to {last}, got {shown_value(value)}."
        raise BadInput(message, "", plural(kind), (f"0 to {last}",))
    return value


def check_request(
    model: Model, chosen: ChosenFeatures, initial="noise", preset="plain", params=None, seed=0
) -> FeatureRequest:
    """One ascent of what `check_features` gave. Raises BadInput naming the field."""
    if not isinstance(initial, ImageRef | np.ndarray):
        check_start(initial)
    if not is_whole(seed) or not 0 <= seed <= LARGEST_SEED:
        limits = f"0 to {LARGEST_SEED}"
        raise BadInput(f"The seed must be a whole number from {limits}; got {str(seed)[:60]}.", "", "seed", (limits,))
    return FeatureRequest(
        model, chosen.features, chosen.names, chosen.layer, initial, preset, maximize.check(preset, params), int(seed)
    )


def check_start(name, others: tuple[str, ...] = ()) -> None:
    """Raises BadInput for what is not the name of a start. others: further names; without them what Python takes."""
    if isinstance(name, str) and name in maximize.STARTS:
        return
    allowed = (*maximize.STARTS, *others)
    got = f"There is no start {name[:60]!r}." if isinstance(name, str) else _no_start(name)
    raise BadInput(got, f"Expected {', '.join(allowed)}{'' if others else OTHER_STARTS}.", "initial", allowed)


def _no_start(given) -> str:
    return f"The start must be a name, an image or an array; got {type(given).__name__}."
