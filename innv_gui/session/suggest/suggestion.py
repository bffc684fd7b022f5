"""A suggestion: the scores of some models on a dataset, as a table, plots and lists; it grows while it is computed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from innv_gui.cluster.jobs import ENDED, Job
from innv_gui.errors import BadInput, NotFound
from innv_gui.records import ImageRef, Model, Problem
from innv_gui.session.datasets import Dataset
from innv_gui.session.suggest.lists import Lists
from innv_gui.session.suggest.numbers import Numbers
from innv_gui.session.suggest.request import SuggestionRequest
from innv_gui.session.suggest.views import KINDS, PlotWish, Views

if TYPE_CHECKING:
    import pandas

    from innv_gui.store.scores import ScoreTable


class Suggestion:
    """What `Session.suggest` gives. An image takes part once every model has scored it."""

    def __init__(self, request: SuggestionRequest, folders: Mapping[str, Path], job: Job, id: str | None = None):
        self.id = id or f"s-{uuid.uuid4().hex[:12]}"
        self.models: tuple[Model, ...] = request.models
        self.dataset: Dataset = request.dataset
        self.layers, self.neurons, self.class_ = request.layers, request.neurons, request.class_
        self.more, self.compared, self.job = request.more, request.compared, job
        self._folders = dict(folders)

    @property
    def layer(self) -> str | dict[str, str]:
        """The layer that is looked at: a name, or with several models one per model name."""
        named = {model.name: self.layers[model.id] for model in self.models}
        return next(iter(named.values())) if len(named) == 1 else named

    @property
    def neuron(self) -> int | dict[str, int] | None:
        """The neuron that is looked at, in the same form; None when none was asked for."""
        named = {model.name: self.neurons[model.id] for model in self.models if model.id in self.neurons}
        return next(iter(named.values()), None) if len(self.models) == 1 else named or None

    def is_outdated(self, models: Sequence[Model]) -> bool:
        """Whether its models (given as they are now) have other class names, or know other labels, than it does."""
        pairs = zip(self.models, models, strict=True)
        return any((old.naming, old.by_hand) != (new.naming, new.by_hand) for old, new in pairs)

    @cached_property
    def table(self) -> ScoreTable:
        """The scores as they were written."""
        from innv_gui.store.scores import ScoreTable  # pyarrow takes half a second

        return ScoreTable(self._folders)

    @cached_property
    def numbers(self) -> Numbers:
        """What is made of them."""
        return Numbers(self.models, self.dataset, self.table)

    @cached_property
    def views(self) -> Views:
        """Its plots."""
        return Views(self.numbers, self.layers, self.neurons, self.class_)

    @cached_property
    def lists(self) -> Lists:
        """Its top lists."""
        return Lists(self.numbers, self.compared, lambda: self.job.status in ENDED)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Images that could not be scored, in the order of the dataset."""
        return tuple(Problem(bad.name, bad.reason) for bad in self.table.problems())

    @property
    def scores(self) -> pandas.DataFrame:
        """One row per scored image, in the dataset's order; an image with a problem has a row without numbers.

        image, label; confidence (0-100), n_classes; distance, where a class was given or there are labels;
        mean_activation, and activation where a neuron was given ("<name>.mean_activation" with several models); per
        model "<name>.class" (text) and "<name>.probability". The index is the position among the images given.
        """
        from innv_gui.session.suggest.frame import frame_of  # pandas takes half a second

        return frame_of(self.numbers, self.views.columns(), self.layers, self.neurons)

    def figure(self, kind: str = "scatter", **wishes):
        """A Bokeh figure: "scatter", "distance", "layer" or "neuron".

        wishes: model (one of its models, or its id; default: the first), layer, neuron, class_, group (a label), rule
        (of binning), theme ("light", "dark"), width, height (px).
        """
        from innv_gui.session.suggest.plots import drawn

        look = {name: wishes.pop(name) for name in ("theme", "width", "height") if name in wishes}
        if kind not in KINDS:
            raise BadInput(f"There is no plot {kind!r}.", f"Expected {', '.join(KINDS)}.", "kind", KINDS)
        if isinstance(wishes.get("model"), Model):
            wishes["model"] = wishes["model"].id
        return drawn(self.views.of(PlotWish(kind, **wishes)), len(self.models), **look).figure

    def save(self, path: str | Path) -> Path:
        """Write `scores` as Parquet, or as CSV when the name ends so. Raises WorkFailed when it cannot be written."""
        from innv_gui.store.score_export import save_frame

        return save_frame(self.scores, Path(path))

    def model(self, id: str) -> Model:
        """One of its models by id."""
        for model in self.models:
            if model.id == id:
                return model
        raise NotFound(f"Model {id!r} is not part of this suggestion.", field="model")

    def index_of(self, row: int) -> int:
        """A row's position in the whole collection: another one when the dataset is a part of it."""
        return int(self.dataset.positions()[row])

    def ref(self, row: int) -> ImageRef:
        """The image of a row."""
        return self.dataset.collection.ref(self.index_of(row))

    def __len__(self) -> int:
        """How many images every model has finished, good or bad."""
        return len(self.table.scored())

    def __repr__(self) -> str:
        names = ", ".join(model.name for model in self.models)
        return f"Suggestion({names} on {self.dataset.name}, {self.job.status}, {len(self)} of {len(self.dataset)})"
