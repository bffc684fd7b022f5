"""One trained network of a run: how far it is, its curve, and the pictures that its classes like best."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from innv_gui.workshop.recipe import Film, TrainState

COLUMNS = ("loss", "accuracy", "held_loss", "held_accuracy")  # of a row, one after each epoch
MOST_POINTS = 200  # of a curve in an answer


@dataclass(frozen=True)
class FilmFacts:
    """What is known of a film without its frames. p: (steps + 1,); others: signed r with other classes' prototypes.

    mean: r is with the mean training image.
    """

    name: str
    p: np.ndarray = field(repr=False)
    stopped: str
    signed_r: float
    others: dict[str, float]
    mean: bool

    @property
    def steps(self) -> int:
        """Of the ascent."""
        return len(self.p) - 1

    @property
    def r(self) -> float:
        """|r| with the class's own prototype."""
        return abs(self.signed_r)


@dataclass
class Trial:
    """rows: (epochs + 1, 4) float64, COLUMNS before training and after each epoch; none before it has begun.

    films_epoch: after which epoch the films were made. measured: where regions are marked.
    state, frames: while they are not in the workspace; they are read from there otherwise.
    """

    seed: int
    way: str
    rows: np.ndarray = field(default_factory=lambda: np.zeros((0, 4)), repr=False)
    films: tuple[FilmFacts, ...] = ()
    films_epoch: int | None = None
    measured: dict = field(default_factory=dict)
    state: TrainState | None = field(default=None, repr=False)
    frames: tuple[np.ndarray, ...] | None = field(default=None, repr=False)

    @property
    def epoch(self) -> int:
        """How many are done."""
        return max(0, len(self.rows) - 1)

    @property
    def begun(self) -> bool:
        """Whether there are weights."""
        return len(self.rows) > 0

    def is_done(self, epochs: int) -> bool:
        """Whether it is trained for so long and has its pictures."""
        return self.epoch == epochs and self.films_epoch == epochs

    def begin(self, state: TrainState, row: np.ndarray) -> None:
        """Nothing is trained yet."""
        self.state, self.rows = state, np.asarray(row, np.float64).reshape(1, 4)

    def go_on(self, state: TrainState, rows: np.ndarray) -> None:
        """Some epochs more."""
        self.state, self.rows = state, np.concatenate([self.rows, rows])

    def show(self, films: tuple[FilmFacts, ...], frames: tuple[np.ndarray, ...], measured: dict) -> None:
        """Pictures of the network as it is now."""
        self.frames, self.films, self.measured, self.films_epoch = frames, films, measured, self.epoch

    def last(self, column: str) -> float | None:
        """The newest number of a column."""
        return float(self.rows[-1, COLUMNS.index(column)]) if self.begun else None

    def curve(self, most: int = MOST_POINTS) -> dict[str, list[float]]:
        """`epoch` and COLUMNS at so many points at most, the first and the last among them."""
        rows = self.rows  # they may grow meanwhile
        shown = np.unique(np.linspace(0, len(rows) - 1, min(most, len(rows))).round().astype(int))
        return {"epoch": shown.tolist()} | {name: rows[shown, k].tolist() for k, name in enumerate(COLUMNS)}


def facts_of(films: tuple[Film, ...], likenesses, names: list[str]) -> tuple[FilmFacts, ...]:
    """likenesses: of the last frames."""
    return tuple(
        FilmFacts(name, np.asarray(film.p, np.float32), film.stopped, like.signed, dict(like.others), like.mean)
        for name, film, like in zip(names, films, likenesses, strict=True)
    )
