"""A run of the workshop: its trials while they are trained and afterwards, and the numbers and pictures of them."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from innv_gui.cluster.jobs import Job
from innv_gui.errors import Conflict, NotFound
from innv_gui.notebook import card
from innv_gui.records import Model
from innv_gui.session.workshop.kept import KeptFacts, RunFolder
from innv_gui.session.workshop.request import ShapesRequest
from innv_gui.session.workshop.trial import COLUMNS, Trial
from innv_gui.workshop.copies import copies
from innv_gui.workshop.likeness import prototypes
from innv_gui.workshop.recipe import Recipe, TrainState

if TYPE_CHECKING:
    import pandas as pd


@dataclass(eq=False)
class ShapesRun:
    """Small networks, trained on the same classes: one per seed, and with marks one without them and one with them.

    `wait()` until they are trained; then `films`, `r`, `curve` of the first one and `frame` of all.
    """

    name: str
    request: ShapesRequest
    place: Path = field(repr=False)  # folder of all runs
    to_model: Callable[[ShapesRun, int], Model] = field(repr=False)
    id: str = field(default_factory=lambda: f"w-{uuid.uuid4().hex[:12]}")
    pinned: bool = False
    created: float = field(default_factory=time.time)
    ended: str = "running"  # done, cancelled or failed once it has
    error: dict | None = None  # why it failed
    sha256: str = ""  # of a person's model
    output: int | None = None  # the chosen one of it
    job: Job | None = field(default=None, repr=False)
    trials: list[Trial] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self):
        self.folder = RunFolder(self.place / self.id)
        self.trials = self.trials or [Trial(seed, way) for seed, way in self.request.trials]

    @classmethod
    def read(cls, path: Path, to_model, request: ShapesRequest, facts: KeptFacts) -> ShapesRun:
        """One of the workspace; what was running when the server ended can go on like a cancelled one."""
        names = [one.name for one in request.recipe.classes]
        folder, epochs = RunFolder(path), request.recipe.epochs
        trials = [folder.read_trial(k, seed, way, names) for k, (seed, way) in enumerate(request.trials)]
        is_whole = all(trial.is_done(epochs) for trial in trials)
        ended = "done" if is_whole else "failed" if facts.status == "failed" else "cancelled"
        known = {name: getattr(facts, name) for name in ("pinned", "created", "error", "sha256", "output")}
        return cls(facts.name, request, path.parent, to_model, path.name, ended=ended, trials=trials, **known)

    @property
    def status(self) -> str:
        """queued, running, done, cancelled or failed."""
        return self.job.status if self.job is not None else self.ended

    @property
    def names(self) -> list[str]:
        """Of the classes, in their order."""
        return [one.name for one in self.request.recipe.classes]

    @cached_property
    def prototypes(self) -> np.ndarray:
        """(K, 28, 28) float32: each class as it is without noise, or the mean of its training images."""
        return prototypes(self.request.recipe, copies(self.request.recipe))

    def recipe(self, trial: int) -> Recipe:
        """What one network follows from."""
        return self.request.of(self.trial(trial).seed, self.trial(trial).way)

    def trial(self, k: int) -> Trial:
        """Raises NotFound where there is none."""
        if not 0 <= k < len(self.trials):
            raise NotFound(f"{self.name} has {len(self.trials)} networks, not {k + 1}.", "Count from 0.", "trial")
        return self.trials[k]

    def frames(self, k: int = 0) -> tuple[np.ndarray, ...]:
        """For each class (steps + 1, 28, 28) float32, from the initial picture to the last."""
        found = self.trial(k).frames or self.folder.frames(k)
        if not self.trial(k).films or found is None:
            raise Conflict(f"{self.name} has no pictures yet.", "Wait until it is trained.", "run")
        return found

    def state(self, k: int = 0) -> TrainState:
        """The weights as they are now."""
        found = self.trial(k).state or self.folder.state(k)
        if not self.trial(k).begun or found is None:
            raise Conflict(f"{self.name} has no weights yet.", "Wait until its training has begun.", "run")
        return found

    # -- from Python

    def wait(self) -> ShapesRun:
        """Until all is trained; raises what made it fail."""
        if self.job is not None:
            self.job.wait()
        return self

    @property
    def films(self) -> dict[str, np.ndarray]:
        """Of the first network, by class: (steps + 1, 28, 28) float32."""
        return dict(zip(self.names, self.frames(), strict=True))

    @property
    def r(self) -> dict[str, float]:
        """Of the first network, by class: |r| of the last picture with the class's prototype."""
        return {film.name: film.r for film in self.trials[0].films}

    @property
    def curve(self) -> pd.DataFrame:
        """Of the first network: epoch, loss, accuracy, held_loss, held_accuracy; epoch 0 is before training."""
        import pandas as pd

        return pd.DataFrame(self.trials[0].rows, columns=list(COLUMNS)).rename_axis("epoch").reset_index()

    @property
    def frame(self) -> pd.DataFrame:
        """One row per network and class: seed, way, accuracy, loss, held_loss, class, r, signed_r, steps, p, stopped.

        model: mlp, cnn or file; file: the name of a person's model.
        accuracy and held_loss are of the held-out images, loss of those it was trained on, as `curve` has them.
        """
        import pandas as pd

        return pd.DataFrame(rows_of(self), columns=ROW)

    def model(self, trial: int = 0) -> Model:
        """A network as a model of the session, like an uploaded one; waits until it is loaded."""
        return self.to_model(self, trial)

    def _repr_html_(self) -> str:
        r = ", ".join(f"{name} {value:.2f}" for name, value in self.r.items())
        facts = [("classes", ", ".join(self.request.labels)), ("model", self.request.recipe.model)]
        return card(self.name, [*facts, ("status", self.status), ("|r|", r)])

    # -- kept

    def keep(self) -> None:
        """Write the record."""
        state = self.name, self.pinned, self.created, self.ended, self.error
        self.folder.write(self.request, KeptFacts(*state, self.request.file, self.sha256, self.output))

    def settle(self, k: int) -> None:
        """Write a network to the workspace, and no longer keep it in memory."""
        trial = self.trials[k]
        if trial.begun and (trial.state is not None or trial.frames is not None):
            self.folder.write_trial(k, trial)
            trial.state = trial.frames = None


ROW = "run name model file initial step_size epochs seed way accuracy loss held_loss replaced_accuracy".split()
ROW += "class r signed_r steps p stopped r_with_mean".split()


def rows_of(run: ShapesRun) -> list[tuple]:
    """ROW for each network and class; networks without pictures have one row without a class."""
    recipe, rows = run.request.recipe, []
    for trial in run.trials:
        numbers = tuple(trial.last(name) for name in ("held_accuracy", "loss", "held_loss"))
        numbers += (trial.measured.get("replaced_accuracy"),)
        more = (
            recipe.model,
            run.request.file or None,
            recipe.initial,
            recipe.step_size,
            trial.epoch,
            trial.seed,
            trial.way,
        )
        head = (run.id, run.name, *more, *numbers)
        films = [
            (film.name, film.r, film.signed_r, film.steps, float(film.p[-1]), film.stopped, film.mean)
            for film in trial.films
        ]
        rows += [(*head, *film) for film in films or [(None,) * 7]]
    return rows
