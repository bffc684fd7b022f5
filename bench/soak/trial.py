"""A trial: one load or one fault, with what came of it."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Outcome:
    """held: None where the trial cannot be made on this machine. figure: what was measured, in words."""

    held: bool | None
    figure: str


@dataclass(frozen=True)
class Trial:
    """What is done, in words, and the function that does it in a folder of its own."""

    group: str
    name: str
    words: str
    run: Callable[[Path], Outcome]


@dataclass
class Trials:
    """Trials in the order in which they were written down."""

    group: str
    listed: list[Trial] = field(default_factory=list)

    def __call__(self, words: str):
        """Decorates a function of a folder; its name is the trial's."""

        def add(run: Callable[[Path], Outcome]):
            self.listed.append(Trial(self.group, run.__name__, words, run))
            return run

        return add


def tried(trial: Trial, folder: Path) -> dict:
    """The row of a trial; whatever it raises is a failure with its reason."""
    started = time.monotonic()
    try:
        outcome = trial.run(folder)
    except Exception as error:  # the border around one trial: the others go on
        traceback.print_exc()
        outcome = Outcome(False, f"{type(error).__name__}: {error}"[:300])
    row = {"group": trial.group, "name": trial.name, "words": trial.words}
    return row | {"held": outcome.held, "figure": outcome.figure, "seconds": round(time.monotonic() - started, 1)}
