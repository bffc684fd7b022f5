"""The job: what the model does now, training in slices that can be watched and stopped, what it does afterwards."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from innv_gui.cluster.jobs import Job
from innv_gui.cluster.pool import Pool
from innv_gui.errors import Conflict, StorageFailed
from innv_gui.session.explain.pictures import contents_of
from innv_gui.session.retraining.record import Retraining

KEEP_S = 30.0  # between two writes of what is done
SLICE_S, FIRST_SLICE, FASTER = 0.4, 4, 4  # of training in one task; steps; a slice grows so many times at most


@dataclass
class Work:
    """One job of a retraining; goes on where an earlier one was stopped."""

    of: Retraining
    pool: Pool
    job: Job
    keep: Callable[[Retraining], None]
    steps: int = FIRST_SLICE
    kept: float = field(default_factory=time.monotonic)  # when

    def go(self) -> Retraining:
        """Raises what a worker refuses."""
        of, plan = self.of, self.of.request.plan
        self._check_content()
        if of.state is None:
            of.state, of.problems = self._ask("keras.retrain_begin")
        if of.before is None:
            of.before = self._ask("keras.retrain_measure", None)
        while of.step < plan.steps:
            self._slice()
            self._keep_now_and_then()
        of.after = self._ask("keras.retrain_measure", of.state) if plan.steps else of.before
        found = of.finding
        self.job.message = "" if found is None else found.title
        return of

    def _check_content(self) -> None:
        """Raises Conflict where the pictures are others than those that an earlier part was trained and measured on."""
        of = self.of
        parts = contents_of(self.pool, of.request.plan.refs, self.job.cancelled)
        content = hashlib.sha256("".join(f"{part} " for part in parts).encode()).hexdigest()
        if of.content not in ("", content):
            name = of.request.dataset.name
            raise Conflict(
                f"Some pictures of {name} are others than when this began: what was measured before is of those.",
                "Put the earlier pictures back, or begin a new retraining.",
                field="images",
            )
        of.content = content

    def _slice(self) -> None:
        found = self._ask("keras.retrain_step", self.of.state, self.steps, background=True)
        with self.of.lock:
            done = found.state.step - self.of.step
            self.of.state = found.state
            self.of.losses = np.concatenate([self.of.losses, found.losses])
            self.of.looks = np.concatenate([self.of.looks, found.looks])
        self.job.step(done)
        if done == self.steps:
            self.steps = int(np.clip(round(done * SLICE_S / max(found.seconds, 1e-3)), 1, FASTER * done))

    def _keep_now_and_then(self) -> None:
        """A full disk is reported at the end, when nothing else is lost."""
        if time.monotonic() - self.kept > KEEP_S:
            self.kept = time.monotonic()
            with contextlib.suppress(StorageFailed):
                self.keep(self.of)

    def _ask(self, task: str, *more, background: bool = False):
        self.job.check()
        plan = self.of.request.plan
        about = self.of.request.model.name
        return self.pool.run(task, plan, *more, cancelled=self.job.cancelled, about=about, background=background)
