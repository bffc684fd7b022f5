"""A retraining: how far it is, what the model did before and does after, and what to make of that."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import numpy as np

from innv_gui.cluster.jobs import Job
from innv_gui.errors import Conflict
from innv_gui.notebook import card
from innv_gui.records import Problem
from innv_gui.session.retraining.finding import Finding, finding
from innv_gui.session.retraining.request import RetrainRequest
from innv_gui.workshop.retraining import Behaviour, RetrainState

MOST_POINTS = 200


@dataclass(eq=False)
class Retraining:
    """state: the newest weights. losses: of each step; looks: rows of (step, usual, replaced) on held-out images."""

    request: RetrainRequest
    created: float = field(default_factory=time.time)
    job: Job = field(init=False, repr=False)
    state: RetrainState | None = field(default=None, repr=False)
    losses: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32), repr=False)
    looks: np.ndarray = field(default_factory=lambda: np.zeros((0, 3)), repr=False)
    before: Behaviour | None = None
    after: Behaviour | None = None
    problems: tuple[Problem, ...] = ()
    content: str = ""  # SHA-256 over those of all images, once it has begun
    added: tuple[str, int] = ("", 0)  # id of the new model, once it is among the models, and the step of its weights
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def id(self) -> str:
        """Opaque."""
        return self.request.plan.id

    @property
    def name(self) -> str:
        """What the new model is called."""
        return f"{self.request.model.name}, {'painted out' if self.request.plan.steps else 'measured'}"

    @property
    def title(self) -> str:
        """What its job is called."""
        return f"{'Retraining' if self.request.plan.steps else 'Measuring'} {self.request.model.name}"

    @property
    def total(self) -> int:
        """Steps of its job."""
        return max(self.request.plan.steps, 1)

    @property
    def step(self) -> int:
        """How many are done."""
        return 0 if self.state is None else self.state.step

    @property
    def trained(self) -> RetrainState:
        """The weights; raises Conflict as long as there are none."""
        if self.state is None or not self.state.step:
            raise Conflict("Nothing is trained yet.", "Wait until training has begun.", "retraining")
        return self.state

    @property
    def agreement(self) -> float | None:
        """Share of the held-out images that both models answer alike."""
        if self.before is None or self.after is None:
            return None
        return float(np.mean(self.before.answers == self.after.answers))

    @property
    def finding(self) -> Finding | None:
        """What came of it, in words; None until it is known."""
        if self.before is None or self.after is None:
            return None
        return finding(self.request, self.before, self.after)

    def curve(self) -> dict[str, list[float]]:
        """step and loss at 200 points at most, each loss the mean of the steps since the point before."""
        n = len(self.losses)
        ends = np.unique(np.linspace(0, n, min(MOST_POINTS, n) + 1).round().astype(int))[1:] if n else np.zeros(0, int)
        starts = np.concatenate([[0], ends[:-1]])
        means = [float(self.losses[a:b].mean()) for a, b in zip(starts, ends, strict=False)]
        return {"step": ends.tolist(), "loss": means}

    def wait(self) -> Retraining:
        """Until it is done; raises what made it fail."""
        self.job.wait()
        return self

    def _repr_html_(self) -> str:
        found = self.finding
        facts: list[tuple[str, object]] = [("images", self.request.n_trained), ("steps", self.step)]
        facts += [("", f"{found.title} {found.detail}")] if found is not None else []
        return card(self.name, facts)
