"""What a plot of a suggestion shows, and which images a bin, a box, some rows or a list of it mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from innv_gui.errors import BadInput, shown_value
from innv_gui.records import Model
from innv_gui.session.suggest.numbers import Numbers
from innv_gui.suggestions.bins import RULES, Bins, bins
from innv_gui.suggestions.conditions import names_that, numbers_that

KINDS = ("scatter", "distance", "layer", "neuron")
NO_LABELS = "the images have no labels"
Range = tuple[float | None, float | None]


@dataclass(frozen=True)
class PlotWish:
    """One plot as it is asked for. x, y: the part that is seen, ends included; None is without an end.

    group: only images with this label. where: column -> condition, see `suggestions/conditions.py`.
    """

    kind: str
    model: str | None = None
    layer: str | None = None
    neuron: int | None = None
    class_: str | None = None
    group: str | None = None
    rule: str | int = "sturges"
    x: Range = (None, None)
    y: Range = (None, None)
    where: Mapping[str, str | list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class View:
    """The images of a plot: rows (k,), their values (k,) float64 and for the scatterplot their whole numbers (k,).

    n_left_out: images that pass the filters and have no value. model, layer, neuron, class_: what was taken where
    nothing was said.
    """

    wish: PlotWish
    rows: np.ndarray = field(repr=False)
    values: np.ndarray = field(repr=False)
    n_groups: np.ndarray | None = field(default=None, repr=False)
    n_left_out: int = 0
    model: Model | None = None
    layer: str | None = None
    neuron: int | None = None
    class_: str | None = None

    @property
    def title(self) -> str | None:
        """What the values are, in words; None for the scatterplot."""
        to = "each image's own label" if self.class_ is None else self.class_
        return {
            "distance": f"mean cosine distance to {to}",
            "layer": f"mean activation of {self.layer}",
            "neuron": f"activation of neuron {self.neuron} of {self.layer}",
        }.get(self.wish.kind)

    def bins(self) -> Bins:
        """The histogram of what is seen."""
        return bins(self.values, self.wish.rule, *self.wish.x)

    def seen(self) -> np.ndarray:
        """(k,) bool: which images are within the chosen ranges."""
        inside = _within(self.values, self.wish.x)
        if self.n_groups is not None:
            found = np.flatnonzero(inside)  # of a million images, few are in view when y matters
            inside[found] = _in_rows(self.rows[found], self.n_groups[found], self.wish.y)
        return inside


def _within(values: np.ndarray, ends: Range) -> np.ndarray:
    low, high = ends
    inside = np.isfinite(values)
    inside &= values >= low if low is not None else True
    inside &= values <= high if high is not None else True
    return inside


def _in_rows(rows: np.ndarray, n_groups: np.ndarray, ends: Range) -> np.ndarray:
    """By where points are drawn, beside their whole number; an end that is a whole number takes all its points."""
    from innv_gui.plots.suggest_figures import JITTER, drawn_y  # Bokeh takes a second, and only plots need it

    low, high = ends
    low = low - JITTER if low is not None and float(low).is_integer() else low
    high = high + JITTER if high is not None and float(high).is_integer() else high
    return _within(drawn_y(rows, n_groups), (low, high))


class Views:
    """All plots of one suggestion. layers, neurons: per model id what it was asked with; class_: likewise."""

    def __init__(self, numbers: Numbers, layers: dict[str, str], neurons: dict[str, int], class_: str | None):
        self._numbers, self._layers, self._neurons, self._class = numbers, layers, neurons, class_

    def of(self, wish: PlotWish) -> View:
        """One plot. Raises BadInput for a model, layer, neuron, class or label that is not there, naming the field."""
        if isinstance(wish.rule, str) and wish.rule not in RULES:
            raise _unknown("binning", wish.rule, tuple(RULES), "rule", "A histogram")
        rows = self.rows(wish)
        make = {"scatter": self._scatter, "distance": self._distance}.get(wish.kind, self._activation)
        values, more = make(wish)
        there = np.isfinite(values[rows])
        kept = rows[there]
        groups = {"n_groups": self._numbers.scatter().n_groups[kept]} if wish.kind == "scatter" else {}
        return View(wish, kept, values[kept].astype(np.float64), n_left_out=int((~there).sum()), **groups, **more)

    def rows(self, wish: PlotWish) -> np.ndarray:
        """Images with all scores that the label and the filters leave."""
        rows = self._numbers.table.rows()
        if wish.group is not None:
            rows = rows[self._numbers.labels[rows] == self._label(wish.group)]
        for column, condition in wish.where.items():
            rows = rows[self._meets(column, condition, rows)]
        return rows

    def _label(self, name: str) -> int:
        names = self._numbers.dataset.class_names or ()
        if name not in names:
            raise _unknown("label", name, names, "group", self._numbers.dataset.name)
        return names.index(name)

    def _meets(self, column: str, condition: str | list[str], rows: np.ndarray) -> np.ndarray:
        numbers = self._numbers
        if column == "label":
            return names_that(numbers.labels[rows], numbers.dataset.class_names or (), condition)
        if column == "name" and isinstance(condition, str):
            return np.isin(rows, numbers.rows_named(condition))
        if column == "predicted":
            said = [names_that(of_model[rows], numbers.common.names, condition) for of_model in numbers.predicted()]
            return np.any(said, axis=0)
        columns = self.columns()
        if column not in columns or not isinstance(condition, str):
            raise _unknown("column", column, ("name", "label", "predicted", *columns), "where", "This suggestion")
        return numbers_that(columns[column]()[rows], condition, column)

    def columns(self) -> dict:
        """Numbers that every image has, by name; each a function that gives (n,)."""
        numbers = self._numbers
        if numbers.why_no_single_class:
            return {}
        columns = {
            "confidence": lambda: numbers.scatter().confidence,
            "n_classes": lambda: numbers.scatter().n_groups,
            "entropy": lambda: numbers.mean("entropy"),
            "margin": lambda: numbers.mean("margin"),
        }
        if self._class is not None or self.labels_fit:
            columns["distance"] = self.distance
        if any(numbers.label_counts.values()):
            columns["loss"] = lambda: numbers.mean("loss")
        return columns

    def distance(self) -> np.ndarray:
        """(n,) to the class that was asked for, else to the only label, else to each image's own."""
        class_ = self._class or self.same_label()
        return self._numbers.label_distance() if class_ is None else self._numbers.distance(class_)

    @cached_property
    def labels_fit(self) -> bool:
        """Whether at least one label is a class of every model, so that there is a distance to it."""
        used = [name for name, count in self._numbers.label_counts.items() if count]
        fitting = [set(class_of) & set(used) for class_of in self._numbers.class_of]
        return bool(set.intersection(*fitting))

    def same_label(self) -> str | None:
        """The label that all labelled images have, as a class of the models; None when labels differ."""
        used = [name for name, count in self._numbers.label_counts.items() if count]
        return self._common_class(used[0]) if len(used) == 1 else None

    def _common_class(self, label: str) -> str | None:
        """The class that a label is; None where models that all know the label have no class in common for it."""
        found = self._numbers.common_class(label)
        if found is None or self._numbers.is_common(found):
            return found
        return None if all(label in class_of for class_of in self._numbers.class_of) else found

    # -- one kind each: values (n,) and what was taken

    def _scatter(self, wish: PlotWish) -> tuple[np.ndarray, dict]:
        if len(self._numbers.models) < 2:
            raise BadInput("The scatterplot compares models; there is only one.", "Choose two or more models.", "kind")
        self._check_single_class("scatterplot")
        return self._numbers.scatter().confidence, {}

    def _check_single_class(self, plot: str) -> None:
        why_not = self._numbers.why_no_single_class
        if why_not:
            raise BadInput(f"The {plot} is not available. {why_not}", "Choose the histogram of a layer.", "kind")

    def _distance(self, wish: PlotWish) -> tuple[np.ndarray, dict]:
        self._check_single_class("distance")
        class_ = wish.class_ or (self._group_class(wish.group) if wish.group else self._class or self.same_label())
        if class_ is not None:
            return self._numbers.distance(class_), {"class_": class_}
        if not self.labels_fit:
            has = "no label is a class of all models" if any(self._numbers.label_counts.values()) else NO_LABELS
            raise BadInput(
                f"The distance needs a class, and {has}.", "Choose the class that all images belong to.", "class"
            )
        return self._numbers.label_distance(), {}

    def _group_class(self, label: str) -> str | None:
        if self._numbers.common_class(label) is None:
            raise BadInput(f"No model has a class {label!r}.", "Choose a class.", "class")
        return self._common_class(label)

    def _activation(self, wish: PlotWish) -> tuple[np.ndarray, dict]:
        model = self._model(wish.model)
        layer = wish.layer or self._layers[model.id]
        scored = self._numbers.table.models[model.id].files.about["layers"]
        if layer not in scored:
            raise _unknown("scored layer", layer, tuple(scored), "layer", model.name)
        taken = {"model": model, "layer": layer}
        if wish.kind == "layer":
            refuse_constant_mean(model, layer)
            return self._numbers.mean_activation(model, layer), taken
        neuron = self._neurons.get(model.id) if wish.neuron is None else wish.neuron
        self._check_neuron(model, layer, neuron, scored[layer]["units"])
        return self._numbers.table.neuron(model.id, layer, neuron), taken | {"neuron": neuron}

    def _model(self, id: str | None) -> Model:
        models = {model.id: model for model in self._numbers.models}
        if id is not None and id not in models:
            raise _unknown("model", id, tuple(models), "model", "This suggestion")
        return models[id] if id is not None else self._numbers.models[0]

    def _check_neuron(self, model: Model, layer: str, neuron: int | None, units: int) -> None:
        if neuron is None:
            raise BadInput("No neuron was named.", f"Expected 0 to {units - 1}.", "neuron")
        if isinstance(neuron, bool) or not isinstance(neuron, int | np.integer) or not 0 <= neuron < units:
            got = shown_value(neuron)
            raise BadInput(f"Layer {layer!r} of {model.name} has neurons 0 to {units - 1}, got {got}.", "", "neuron")


def refuse_constant_mean(model: Model, layer: str) -> None:
    """The mean over a softmax is 1/K for every image: raise BadInput instead of drawing that."""
    is_softmax = {known.name: known.type for known in model.layers}.get(layer) == "Softmax"
    outputs = model.facts.outputs
    sums_to_one = layer == model.facts.explained_layer and outputs.bounded and outputs.exclusive
    if is_softmax or sums_to_one:
        what = "is a softmax" if is_softmax else "gives probabilities, which sum to 1"
        before = "" if sums_to_one else f"{model.facts.explained_layer!r}, the layer before it, or "
        raise BadInput(
            f"{layer!r} of {model.name} {what}: its mean is 1/{model.n_classes} for every image.",
            f"Choose {before}one of its neurons.",
            "layer",
        )


def _unknown(what: str, given: str, allowed: tuple, field_: str, owner: str) -> BadInput:
    some = ", ".join(allowed[:8]) + (", …" if len(allowed) > 8 else "")
    return BadInput(f"{owner} has no {what} {given!r}.", f"Expected one of {some or 'none'}.", field_, allowed[:50])
