"""The view of partial occlusion: the probability of each likely class with a window at each place of a grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from innv_gui.runtimes.keras.attribution.question import Question
from innv_gui.runtimes.keras.perturbation.grid import Grid
from innv_gui.runtimes.keras.perturbation.occlusion import answers
from innv_gui.runtimes.keras.views.likeliest import likeliest, named
from innv_gui.runtimes.keras.views.selection import Selection
from innv_gui.views.parts import Grids, Windows

WORDS = ("dark: the class needs this place", "bright: unimportant")
COARSEST = 3  # places along each side of the first step


def partial_occlusion(selection: Selection) -> Iterator[list[Grids]]:
    """One part per image. A fine grid comes in steps, every so many places first; no place is tried twice."""
    grid = Grid.of(selection.x.shape[1:3], selection.params["window"], selection.params["positions"])
    question = _question(selection)
    whole = answers(question, grid.outside, grid.window)[:, 0]
    count, classes = grid.rows.count, likeliest(whole)
    shown = Shown(selection, grid, whole, classes)
    values = np.full((len(whole), classes.shape[1], count, count), np.nan, np.float32)
    for stride, places in steps(count):
        rows, columns = np.divmod(places, count)
        found = answers(question, grid.corners[places], grid.window)
        values[:, :, rows, columns] = np.take_along_axis(found, classes[:, None], axis=2).transpose(0, 2, 1)
        yield shown.parts(values, stride)


def steps(count: int) -> Iterator[tuple[int, np.ndarray]]:
    """(stride, places) of count x count: those of every stride-th row and column that did not come before."""
    stride, there = 1, np.zeros((count, count), bool)
    while -(-count // (2 * stride)) >= COARSEST:
        stride *= 2
    while stride:
        wanted = np.zeros_like(there)
        wanted[::stride, ::stride] = True
        yield stride, np.flatnonzero(wanted & ~there)
        there |= wanted
        stride //= 2


@dataclass(frozen=True)
class Shown:
    """What does not change from step to step. whole (n, K) probabilities; classes (n, k) indices."""

    selection: Selection
    grid: Grid
    whole: np.ndarray
    classes: np.ndarray

    def parts(self, values: np.ndarray, stride: int) -> list[Grids]:
        """values (n, k, R, C), NaN where a place was not tried yet: it has the value of the last one that was."""
        pictures, covers = self.selection.pictures(), self._covers()
        first = np.arange(self.grid.rows.count) // stride * stride
        filled = values[:, :, first][:, :, :, first]
        return [self._part(row, pictures[row], covers[row], filled[row], stride) for row in range(len(values))]

    def _part(self, row: int, picture: np.ndarray, cover: np.ndarray, maps: np.ndarray, stride: int) -> Grids:
        whole, classes, grid = self.whole[row], self.classes[row], self.grid
        names = named(self.selection, classes)
        return Grids(
            self.selection.names[row],
            picture,
            dict(zip(names, maps, strict=True)),
            words=WORDS,
            caption=self._caption(stride),
            windows=Windows(tuple(grid.rows.corners), tuple(grid.columns.corners), grid.window),
            whole=dict(zip(names, whole[classes], strict=True)),
            cover=cover,
        )

    def _covers(self) -> np.ndarray:
        return self.selection.feeding.pictures(self.selection.filled(self.selection.params["fill"]))

    def _caption(self, stride: int) -> str:
        said = "Each map is the class's probability, from 0 to 1, with the window at that place. " + self.grid.words()
        if stride == 1:
            return said
        tried = (-(-self.grid.rows.count // stride)) ** 2
        return f"{said} {tried} were tried so far."


def _question(selection: Selection) -> Question:
    network, name, params = selection.network, selection.name, selection.params
    weights = np.zeros((len(selection.x), network.n_classes), np.float32)
    asked = Question(network, name, params, network.explained_layer, True, True, selection.x, weights)
    asked.feeding, asked.stopped = selection.feeding, selection.stopped
    return asked
