"""The numbers of a suggestion, one per image, made of its score table and kept until that grows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from innv_gui.errors import BadInput
from innv_gui.records import Model
from innv_gui.session.datasets import Dataset
from innv_gui.session.labels import label_codes, label_fit
from innv_gui.session.naming import namings_of
from innv_gui.suggestions.agreement import Scatter, scatter_of
from innv_gui.suggestions.classes import CommonClasses, common_classes
from innv_gui.suggestions.distance import class_distance
from innv_gui.suggestions.ranking import joined, js_divergence, mean_of_models

if TYPE_CHECKING:
    from innv_gui.store.scores import ScoreTable

T = TypeVar("T")


class Numbers:
    """All arrays are (n,) over the dataset, NaN (or 0, -1) where there is no score. Asking again costs nothing.

    labels (n,) int32: index into dataset.class_names, -1 without; label_counts: name -> how many images.
    """

    def __init__(self, models: Sequence[Model], dataset: Dataset, table: ScoreTable):
        self.models, self.dataset, self.table = tuple(models), dataset, table
        self.namings = namings_of(models, dataset)
        self.label_fits = [label_fit(model, dataset) for model in models]
        self.class_of = [fit.class_of for fit in self.label_fits]  # as they were scored
        self.class_names = [naming.names for naming in self.namings]
        self.common: CommonClasses = common_classes(self.class_names, self.class_of)
        self.labels = label_codes(dataset)
        counts = np.bincount(self.labels[self.labels >= 0], minlength=len(dataset.class_names or ()))
        self.label_counts = dict(zip(dataset.class_names or (), counts.tolist(), strict=True))
        self._kept: dict[tuple, tuple] = {}
        self._making: dict[tuple, threading.Lock] = {}
        self._lock = threading.Lock()

    @property
    def why_no_single_class(self) -> str:
        """Why nothing that assumes one class for each image can be said: a sentence, empty where it can."""
        several = [model.name for model in self.models if not model.facts.outputs.exclusive]
        if not several:
            return ""
        says = "says" if len(several) == 1 else "say"
        return f"Assumes one class for each image; {joined(several)} {says} yes or no to each class (multilabel)."

    def kept(self, key: tuple, make: Callable[[], T]) -> T:
        """What `make` gives, made again only when there are more scores. Who asks for something else does not wait."""
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            state = self.table.state()
            kept = self._kept.get(key)
            if kept is None or kept[0] != state:
                kept = self._kept[key] = (state, make())
            return kept[1]

    def peek(self, key: tuple):
        """What is kept, however old; None when nothing was made yet."""
        kept = self._kept.get(key)
        return None if kept is None else kept[1]

    def rows_named(self, text: str) -> np.ndarray:
        """(k,) rows of images whose name contains the text, case ignored."""
        found = self.dataset.collection.search(text or None)
        if self.dataset.indices is None:
            return found
        return np.flatnonzero(np.isin(self.dataset.indices, found))

    def of_models(self, name: str) -> np.ndarray:
        """(M, n) one column of every model."""
        return np.stack([self.table.column(model.id, name) for model in self.models])

    def predicted(self) -> np.ndarray:
        """(M, n) int32 predicted classes, as common numbers."""
        columns = [self.table.column(model.id, "predicted") for model in self.models]
        return np.stack([self.common.of(position, column) for position, column in enumerate(columns)])

    def predicted_of(self, row: int) -> np.ndarray:
        """(M,) int32 of one image."""
        columns = [self.table.column(model.id, "predicted")[[row]] for model in self.models]
        return np.concatenate([self.common.of(position, column) for position, column in enumerate(columns)])

    def scatter(self) -> Scatter:
        """S3."""
        return self.kept(("scatter",), lambda: scatter_of(self.predicted(), self.of_models("probability")))

    def mean(self, name: str) -> np.ndarray:
        """A column's mean over the models: entropy, margin, probability, loss."""
        return self.kept(("mean", name), lambda: mean_of_models(self.of_models(name)))

    def mean_activation(self, model: Model, layer: str) -> np.ndarray:
        """S1: (n,) mean over a layer's neurons. Of two classes made of one unit, -z and z, it is z: their mean is 0."""
        if model.facts.outputs.kind == "binary" and layer == model.facts.explained_layer:
            return self.table.neuron(model.id, layer, 1)
        return self.table.column(model.id, f"mean:{layer}")

    def distance(self, class_name: str) -> np.ndarray:
        """S4: mean cosine distance to one class."""
        return self.kept(("distance", class_name), lambda: self._distance(class_name))

    def _distance(self, class_name: str) -> np.ndarray:
        indices = self.indices_of(class_name)
        own = [self.table.probability_of(model.id, index) for model, index in zip(self.models, indices, strict=True)]
        return class_distance(np.stack(own), self.of_models("norm"))

    def label_distance(self) -> np.ndarray:
        """S4 for each image's own label; NaN without one that all models know."""
        return self.kept(
            ("label distance",), lambda: class_distance(np.exp(-self.of_models("loss")), self.of_models("norm"))
        )

    def indices_of(self, class_name: str) -> list[int]:
        """A class's index in each model; raises BadInput when one does not have it."""
        names = self.common.names
        if class_name not in names:
            some = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
            raise BadInput(f"No model has a class {class_name!r}.", f"Expected one of {some}.", "class", names[:50])
        found = [self.common.within(m, names.index(class_name)) for m in range(len(self.models))]
        for model, index in zip(self.models, found, strict=True):
            if index < 0:
                raise BadInput(
                    f"{model.name} has no class {class_name!r}.", "Choose a class that all models have.", "class"
                )
        return found

    def common_class(self, label: str) -> str | None:
        """The class, by its common name, that a label is in the first model that has it; None when none has."""
        for position, class_of in enumerate(self.class_of):
            if label in class_of:
                return self.common.names[int(self.common.of(position, np.array([class_of[label]]))[0])]
        return None

    def is_common(self, class_name: str) -> bool:
        """Whether every model has the class."""
        number = self.common.names.index(class_name)
        return all(self.common.within(position, number) >= 0 for position in range(len(self.models)))

    def label_classes(self) -> np.ndarray:
        """(M, n) int32: each image's label as common number, by model; -1 where the model does not have it."""
        columns = [self.table.column(model.id, "label_class") for model in self.models]
        return np.stack([self.common.of(position, column) for position, column in enumerate(columns)])

    def probabilities(self, positions: Sequence[int], rows: np.ndarray) -> np.ndarray:
        """(M', k, K) float64 over all common classes, of the models at `positions`."""
        return np.stack([self.common.spread(m, self.table.probabilities(self.models[m].id, rows)) for m in positions])

    def blocks(self) -> Iterator[np.ndarray]:
        """All rows that have a score, in blocks of bounded size."""
        return self.table.blocks(self.table.rows())

    def divergence(self) -> np.ndarray:
        """Jensen-Shannon divergence between the models, in nats."""
        return self.kept(("divergence",), self._divergence)

    def _divergence(self) -> np.ndarray:
        found = np.full(self.table.n, np.nan)
        for rows in self.blocks():
            found[rows] = js_divergence(self.probabilities(range(len(self.models)), rows))
        return found
