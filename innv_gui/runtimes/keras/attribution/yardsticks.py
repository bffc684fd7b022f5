"""What knows nothing of the model: the input itself, and noise."""

from __future__ import annotations

import numpy as np

from innv_gui.runtimes import averages
from innv_gui.runtimes.keras.attribution.question import Question


def input(question: Question) -> np.ndarray:
    """The network input."""
    return question.x


def random(question: Question) -> np.ndarray:
    """The network input with noise of standard deviation `stddev`."""
    return averages.random(question.x, question.params)
