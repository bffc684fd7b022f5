"""The training of a run: network by network, in slices that are short enough to be watched and stopped.

State travels to a worker and back as arrays, so that a slice which a killed worker took along is done again with the
same numbers, and a run goes on where it was stopped.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field

import numpy as np

from innv_gui.cluster.jobs import Job
from innv_gui.cluster.pool import Pool
from innv_gui.errors import Cancelled, InnvError, StorageFailed, WorkerDied
from innv_gui.session.workshop.request import MOST_STEPS
from innv_gui.session.workshop.run import ShapesRun
from innv_gui.session.workshop.trial import Trial, facts_of
from innv_gui.workshop.copies import copies
from innv_gui.workshop.likeness import likenesses
from innv_gui.workshop.recipe import BATCH, Recipe, marked

SLICE_S = 0.4  # of training in one task
FIRST_SLICE = 2  # epochs: the curve begins soon
KEEP_S = 3.0  # between two writes of a network that is being trained
FASTER = 4  # a slice is at most so many times as long as the one before
TRACING_S = 2.0  # before the first slice of a kind of network
GUESSED_S = {"mlp": 0.0005, "cnn": 0.01, "file": 0.01}  # of a batch, until one was measured


@dataclass
class Speeds:
    """Seconds of a batch for each kind of network, as last measured here; and which kinds are traced."""

    known: dict[str, float] = field(default_factory=dict)
    traced: set[str] = field(default_factory=set)

    def seconds(self, recipe: Recipe, n_trials: int) -> float:
        """About how long the training of so many networks takes."""
        batches = batches_of(recipe) * recipe.epochs
        tracing = 0 if recipe.model in self.traced else TRACING_S
        return tracing + n_trials * batches * self.known.get(recipe.model, GUESSED_S[recipe.model])

    def put(self, recipe: Recipe, batches: int, seconds: float) -> None:
        """What a slice took; the first one, which is traced, says nothing."""
        if recipe.model in self.traced:
            self.known[recipe.model] = seconds / batches
        self.traced.add(recipe.model)


def batches_of(recipe: Recipe) -> int:
    """Of an epoch."""
    return -(-len(copies(recipe).x) // BATCH)


@dataclass
class Training:
    """One job."""

    run: ShapesRun
    pool: Pool
    job: Job
    speeds: Speeds
    _slice: int = FIRST_SLICE
    _batches: int = 1
    _kept_at: float = field(default_factory=time.monotonic)

    def go(self) -> ShapesRun:
        """Train what is not trained yet; what is done is kept, however this ends."""
        try:
            for k in range(len(self.run.trials)):
                self._trial(k)
        finally:
            for k in range(len(self.run.trials)):
                self.run.settle(k)
        return self.run

    def _trial(self, k: int) -> None:
        trial, recipe = self.run.trials[k], self.run.recipe(k)
        if trial.is_done(recipe.epochs):
            return
        if trial.begun:
            trial.state = self.run.state(k)
        else:
            trial.begin(*self._ask("keras.shapes_begin", recipe))
        self._batches = batches_of(recipe)
        while trial.epoch < recipe.epochs:
            self._some_epochs(trial, recipe)
            self._keep_now_and_then(k)
        self._show(trial, recipe)
        self.run.settle(k)

    def _some_epochs(self, trial: Trial, recipe: Recipe) -> None:
        count, began = min(self._slice, recipe.epochs - trial.epoch), time.monotonic()
        state, rows = self._ask("keras.shapes_train", recipe, trial.state, count)
        seconds = max(time.monotonic() - began, 1e-3)
        trial.go_on(state, rows)
        self.job.step(count)
        fitting = round(count * SLICE_S / seconds)
        self._slice = int(np.clip(fitting, 1, FASTER * count))
        self.speeds.put(recipe, self._batches * count, seconds)

    def _keep_now_and_then(self, k: int) -> None:
        """A server that is killed loses seconds; a full disk is reported at the end, when nothing else is lost."""
        if time.monotonic() - self._kept_at > KEEP_S:
            self._kept_at = time.monotonic()
            with contextlib.suppress(StorageFailed):
                self.run.folder.write_trial(k, self.run.trials[k])

    def _show(self, trial: Trial, recipe: Recipe) -> None:
        films = self._ask("keras.shapes_ascend", recipe, trial.state, MOST_STEPS)
        frames = tuple(film.frames for film in films)
        last = np.stack([one[-1] for one in frames])
        facts = facts_of(films, likenesses(recipe, copies(recipe), last), self.run.names)
        measured = self._ask("keras.shapes_measure", recipe, trial.state) if marked(recipe) else {}
        trial.show(facts, frames, measured)

    def _ask(self, task: str, recipe: Recipe, *more):
        self.job.check()
        try:
            return self.pool.run(task, recipe, *more, cancelled=self.job.cancelled, about=self.run.name)
        except WorkerDied as error:
            hint = "Train fewer pictures or a smaller network, or go on: what was trained is kept."
            raise WorkerDied(error.message, hint) from None


def work(run: ShapesRun, pool: Pool, job: Job, speeds: Speeds) -> ShapesRun:
    """Train a run, and note in its record how that ended."""
    ended, error = "failed", None
    try:
        Training(run, pool, job, speeds).go()
        ended = "done"
    except Cancelled:
        ended = "cancelled"
        raise
    except InnvError as known:
        error = known.as_json()["error"]
        raise
    finally:
        run.ended, run.error = ended, error
        run.keep()
    return run


def warm(model: str, pool: Pool, speeds: Speeds) -> None:
    """Trace the training of a kind of network before it is asked for; a failure will be reported when it is."""
    with contextlib.suppress(InnvError):
        pool.run("keras.shapes_warm", model, background=True)
        speeds.traced.add(model)
