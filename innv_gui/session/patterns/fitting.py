"""One fit as a job: images go to a worker some at a time, which keeps what it has summed in the workspace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from innv_gui.cluster.jobs import Job
from innv_gui.cluster.pool import Pool
from innv_gui.errors import Conflict
from innv_gui.records import Fit, FitStep, Model
from innv_gui.session.datasets import Dataset

PATTERNS, SUMS = "patterns.npz", "sums.npz"
CHUNK = 64  # images a task, a multiple of those that a worker takes at once
FEWEST = 2  # images: one says nothing about what changes together


def fit(model: Model, dataset: Dataset, folder: Path, pool: Pool, job: Job, is_open: Callable[[Model], bool]) -> Fit:
    """Goes through the dataset once; what was summed before an interruption is used again."""
    done, state = 0, None
    while state is None or not state.sha256:
        job.check()
        if not is_open(model):
            again = "Add it again and fit again: what was summed is kept."
            raise Conflict(f"{model.name} was removed while its patterns were being fitted.", again, "model")
        state = _step(model, dataset, done, folder, pool, job)
        job.skip(state.done) if done == 0 and state.done > CHUNK else job.step(state.done - done)
        done = state.done
    (folder / SUMS).unlink(missing_ok=True)
    counts = {name: getattr(state, name) for name in ("sha256", "n_layers", "n_neurons", "n_without")}
    return Fit(str(folder), dataset=dataset.name, n_images=state.used, n_problems=len(state.problems), **counts)


def _step(model: Model, dataset: Dataset, done: int, folder: Path, pool: Pool, job: Job) -> FitStep:
    """The images from `done` on; a worker that was further, or that was started again, says so and does nothing."""
    positions = dataset.positions()[done : done + CHUNK]
    refs = tuple(dataset.collection.ref(int(position)) for position in positions)
    return pool.run(
        "keras.patterns",
        model.source,
        model.preprocessing,
        refs,
        done,
        str(folder),
        done + len(refs) == len(dataset),
        cancelled=job.cancelled,
        about=model.name,
        background=True,
    )


def summary(fit: Fit) -> str:
    """ "Patterns of 42 layers from 80 images; 3 of 5,000 neurons have none." """
    parts = [f"Patterns of {fit.n_layers} layers from {fit.n_images:,} images"]
    if fit.n_without:
        parts.append(
            f"{fit.n_without:,} of {fit.n_neurons:,} neurons have none: they never change, or are never active"
        )
    if fit.n_problems:
        parts.append(f"{fit.n_problems:,} images could not be used")
    return "; ".join(parts) + "."
