"""Activations of a suggestion's layers as short unit vectors, for comparing images with each other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from innv_gui.session.suggest.numbers import Numbers
from innv_gui.suggestions.features import N_SAMPLE, Projection, fit, pairs_above
from innv_gui.suggestions.neighbours import Nearest, apart, closest, nearest
from innv_gui.suggestions.ranking import SAME, joined

SAMPLED_PARTS = 50
LEAST_DIRECTIONS, MOST_ALIKE = 3, 0.05  # in fewer, with more pairs alike, similarity is not one of the images
N_PAIRED = 1000  # images
SAME_PLACE = 1e-4  # of the spread of all activations


class Features:
    """layers: per model id where similarity is measured; several models stand side by side, each of the same weight."""

    def __init__(self, numbers: Numbers, layers: dict[str, str]):
        self._numbers, self._layers = numbers, layers

    @property
    def where(self) -> str:
        """ "logits of digits_cnn and logits of digits_mlp"."""
        return joined([f"{self._layers[model.id]} of {model.name}" for model in self._numbers.models])

    @property
    def few(self) -> bool:
        """Whether images differ in so few directions that most angles between them say nothing; distances still do."""
        return self._projection().directions < LEAST_DIRECTIONS and self._alike() > MOST_ALIKE

    def closest(self) -> tuple[np.ndarray, np.ndarray]:
        """Distances (k, 10) of every image that was scored to its nearest others, and their positions in `rows`.

        In units of the spread of all activations; where there are few directions.
        """

        return self._numbers.kept(("closest",), lambda: closest(np.concatenate([*map(self._points, self._blocks())])))

    def _points(self, rows: np.ndarray) -> np.ndarray:
        spread = np.sqrt(len(self._numbers.models))  # each model's activations have that of 1
        return self._projection().points(self._together(rows))[:, :LEAST_DIRECTIONS] / spread

    def _alike(self) -> float:
        """Share of all pairs of images that are as similar as two of a list may be."""

        def make() -> float:
            rows = self._sample()
            return pairs_above(self.of(rows[:: -(-len(rows) // N_PAIRED) or 1]), SAME)

        return self._numbers.kept(("alike",), make)

    def same_place(self) -> np.ndarray:
        """(k, 10) bool: which of the `closest` have the same activations."""
        return self.closest()[0] <= SAME_PLACE

    def distinct(self, rows: np.ndarray) -> np.ndarray:
        """Those of rows that have other activations than all before them; where there are few directions."""
        return rows[apart(self._points(rows), SAME_PLACE)] if len(rows) else rows

    def of(self, rows: np.ndarray) -> np.ndarray:
        """(k, D) float32 unit vectors of some images."""
        return self._projection()(self._together(rows))

    def rows(self) -> np.ndarray:
        """(k,) the images that `all` has."""
        return self._numbers.kept(("featured",), self._numbers.table.rows)

    def all(self) -> np.ndarray:
        """(k, D) of every image that was scored."""
        return self._numbers.kept(("features",), self._all)

    def _all(self) -> np.ndarray:
        blocks = [self.of(rows) for rows in self._blocks()]
        return np.concatenate(blocks or [np.zeros((0, 1), np.float32)])

    def _blocks(self) -> Iterator[np.ndarray]:
        return self._numbers.table.blocks(self.rows())

    def nearest(self) -> Nearest:
        """The most similar other image of each; positions are those in `rows`."""
        return self._numbers.kept(("nearest",), lambda: nearest(self.all()))

    def partner(self, row: int) -> int:
        """The row of the image that is most similar to one."""
        rows = self.rows()
        partners = self.closest()[1][:, 0] if self.few else self.nearest().partner
        return int(rows[partners[np.searchsorted(rows, row)]])

    def _projection(self) -> Projection:
        return self._numbers.kept(("projection",), lambda: fit(self._activations(self._sample())))

    def _sample(self) -> np.ndarray:
        """Images from many places of the dataset (folders are sorted by class), out of few parts (each is a file)."""
        rows = self._numbers.table.rows()
        if len(rows) <= N_SAMPLE:
            return rows
        generator = np.random.default_rng(0)
        parts = list(self._numbers.table.blocks(rows, parts=1))
        chosen = generator.permutation(len(parts))[:SAMPLED_PARTS]
        each = -(-N_SAMPLE // len(chosen))
        return np.sort(np.concatenate([generator.permutation(parts[part])[:each] for part in chosen]))

    def _together(self, rows: np.ndarray) -> np.ndarray:
        return np.concatenate(self._activations(rows), axis=1)

    def _activations(self, rows: np.ndarray) -> list[np.ndarray]:
        table = self._numbers.table
        return [table.activations(model.id, self._layers[model.id], rows) for model in self._numbers.models]
