"""The methods that propagate relevance layer by layer: a Method says by which rules, this runs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from innv_gui.errors import AnalyzerRefused
from innv_gui.runtimes.keras.attribution import compiled
from innv_gui.runtimes.keras.attribution.method import Method
from innv_gui.runtimes.keras.attribution.question import Question


class Propagation:
    """A method by rules. method: settings -> Method, as data."""

    def __init__(self, method: Callable[[dict[str, Any]], Method]):
        self.method = method

    def __call__(self, question: Question) -> np.ndarray:
        """The relevance of the input, (n, H, W, C)."""
        if question.softmax and not question.unchecked:
            raise AnalyzerRefused(
                f"{question.name} propagates scores, not probabilities: it has no rule for their softmax.",
                "Explain the score, or run it unchecked.",
                "unchecked",
                (True,),
            )
        back, notes = self._compiled(question)
        for note in notes:
            question.note(note)
        maps, question.values = question.memory.call(back, question.x, question.weights)
        return maps

    def settings(self, question: Question) -> dict[str, Any]:
        """Those of the question, all of them known."""
        return question.params

    def _compiled(self, question: Question):
        params = self.settings(question)
        key = (question.name, tuple(sorted(params.items())))
        more = (question.softmax, question.unchecked)
        where = (question.layer, question.shape, more)
        return compiled.relevance(question.network, key, question.name, self.method(params), *where)
