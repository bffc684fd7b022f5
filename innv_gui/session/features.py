"""What a person asks to be maximised: checked once, here, and trusted from then on; and the shelf of what was asked."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from innv_gui.analyzers import maximize as presets
from innv_gui.cluster.jobs import Jobs
from innv_gui.cluster.pool import Pool
from innv_gui.errors import BadInput, Conflict, NotFound
from innv_gui.records import ClassNames, Features, ImageRef, Layer, Model
from innv_gui.session.extremes import Extremes, search
from innv_gui.session.images import Dataset
from innv_gui.session.maximization import Maximization, ascend
from innv_gui.session.naming import numbered
from innv_gui.session.request import class_index

KEPT = 100  # ascents and searches that can still be asked for
KEPT_BYTES = 1 << 30  # of their pictures
LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True)
class FeatureRequest:
    """One ascent, complete and checked. names: one a target. initial: a name of STARTS, an image, or network input."""

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


def check_features(
    model: Model,
    layer: str | None = None,
    *,
    classes: Sequence | None = None,
    neurons: Sequence | None = None,
    channels: Sequence | None = None,
    naming: ClassNames | None = None,
) -> tuple[Features, tuple[str, ...], str]:
    """(features, a name for each, the layer's name), or BadInput naming the field. naming: of the classes."""
    given = {"class": classes, "neuron": neurons, "channel": channels}
    asked = {kind: list(_several(kind, index)) for kind, index in given.items() if index is not None}
    if len(asked) != 1:
        raise BadInput("Expected one of classes, neurons and channels.", field="classes")
    kind, index = next(iter(asked.items()))
    field_name = plural(kind)
    if not 1 <= len(index) <= presets.MOST_TARGETS:
        message = f"Expected 1 to {presets.MOST_TARGETS} {field_name}, got {len(index)}."
        raise BadInput(message, "", field_name, (f"1 to {presets.MOST_TARGETS}",))
    found, naming = _layer(model, kind, layer), naming or model.naming or numbered(model.n_classes)
    if kind == "class":
        index = [_class(value, model, naming) for value in index]
        names = tuple(naming.names[one] for one in index)
    else:
        index = [_inside(value, found, kind, field_name, model) for value in index]
        names = tuple(f"{kind} {one}" for one in index)
    return Features(kind, layer and found.name, tuple(index)), names, found.name


def plural(kind: str, count: int = 2) -> str:
    """ "class", "classes", "neurons" ..."""
    return kind if count == 1 else "classes" if kind == "class" else f"{kind}s"


def _several(kind: str, index) -> Sequence:
    if isinstance(index, str | int | np.integer):
        return [index]
    if isinstance(index, Sequence | np.ndarray | range):
        return list(dict.fromkeys(index.tolist() if isinstance(index, np.ndarray) else index))
    raise BadInput(f"Expected a list, got {type(index).__name__}.", field=plural(kind))


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
        return "This layer has no neurons that could be told apart."
    if kind == "channel" and len(layer.output_shape) < 2:
        return "Its neurons have no positions to take a mean over; choose neurons."
    return ""


def _class(value, model: Model, naming: ClassNames) -> int:
    index = class_index(value, model, naming)
    if index == "predicted":
        raise BadInput("Expected a class by name or index, got 'predicted'.", field="classes")
    return int(index)


def _inside(value, layer: Layer, kind: str, field_name: str, model: Model) -> int:
    last = layer.output_shape[-1] - 1
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 0 <= value <= last:
        message = f"Layer {layer.name!r} of {model.name} has {kind}s 0 to {last}, got {str(value)[:60]}."
        raise BadInput(message, "", field_name, (f"0 to {last}",))
    return int(value)


def check_request(model: Model, found: tuple, initial="noise", preset="plain", params=None, seed=0) -> FeatureRequest:
    """found: what `check_features` gave. Raises BadInput naming the field."""
    if not isinstance(initial, ImageRef | np.ndarray) and (
        not isinstance(initial, str) or initial not in presets.STARTS
    ):
        allowed = (*presets.STARTS, "image")
        raise BadInput(
            f"There is no start {str(initial)[:60]!r}.", f"Expected {', '.join(allowed)}.", "initial", allowed
        )
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= LARGEST_SEED:
        limits = f"0 to {LARGEST_SEED}"
        raise BadInput(f"The seed must be a whole number from {limits}; got {str(seed)[:60]}.", "", "seed", (limits,))
    features, names, layer = found
    return FeatureRequest(model, features, names, layer, initial, preset, presets.check(preset, params), seed)


class FeatureShelf:
    """The ascents of a session, and the searches for the images that activate most and least, by id."""

    def __init__(self, pool: Callable[[], Pool], jobs: Jobs, scores: Path):
        self._pool, self._jobs, self._scores = pool, jobs, scores
        self._known: OrderedDict[str, Maximization | Extremes] = OrderedDict()
        self._lock, self._resuming = threading.Lock(), threading.Lock()

    def start(self, request: FeatureRequest) -> Maximization:
        """Begin an ascent; `.job` tells how far it is, `.pictures` what is there."""
        self._pool().start("keras")
        return self._go(self._keep(Maximization(request)))

    def resume(self, id: str) -> Maximization:
        """Go on with an ascent that was cancelled or failed, from where it stands."""
        known = self.maximization(id)
        with self._resuming:
            return self._resumed(known)

    def _resumed(self, known: Maximization) -> Maximization:
        if known.job.status not in ("cancelled", "failed") or not known.job.ended(3):
            raise Conflict(f"This ascent is {known.job.status}; only a cancelled one can go on.", field="maximization")
        return self._go(known)

    def _go(self, known: Maximization) -> Maximization:
        pool, count = self._pool(), len(known.targets)
        title = f"Maximising {count} {plural(known.request.features.kind, count)}"
        left = known.most_steps - known.steps_done
        known.job = self._jobs.start("maximize", title, lambda job: ascend(known, pool, job), left, "steps")
        return known

    def start_extremes(self, model: Model, dataset: Dataset, found: tuple, count: int) -> Extremes:
        """Begin to look for the images of a dataset that activate each feature most and least."""
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= 100:
            raise BadInput(f"Expected 1 to 100 images, got {str(count)[:60]}.", "", "count", ("1 to 100",))
        known = self._keep(Extremes(model, dataset, found, count))
        pool = self._pool()
        title = f"Looking for what activates {model.name}"
        work = lambda job: search(known, pool, self._scores, job)  # noqa: E731
        known.job = self._jobs.start("extremes", title, work, len(dataset), "images")
        return known

    def _keep(self, known):
        with self._lock:
            self._known[known.id] = known
            self._forget()
        return known

    def _forget(self) -> None:
        """The oldest that have ended go, while there are too many or their pictures take too much."""
        used = sum(known.n_bytes for known in self._known.values())
        for id, known in list(self._known.items())[:-1]:
            if len(self._known) <= KEPT and used <= KEPT_BYTES:
                return
            if known.job is not None and known.job.ended():
                used -= known.n_bytes
                del self._known[id]

    def maximization(self, id: str) -> Maximization:
        """An ascent by its id."""
        return self._find(id, Maximization, "maximization")

    def extremes(self, id: str) -> Extremes:
        """A search by its id."""
        return self._find(id, Extremes, "search for extremes")

    def _find(self, id: str, sort: type, what: str):
        with self._lock:
            known = self._known.get(id)
        if not isinstance(known, sort):
            raise NotFound(f"There is no {what} {id[:60]!r}.", "Ask for it again.")
        return known
