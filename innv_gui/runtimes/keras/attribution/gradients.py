"""The methods that read the derivative of a neuron's value with respect to the input."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from innv_gui.runtimes import averages
from innv_gui.runtimes.keras.attribution import compiled
from innv_gui.runtimes.keras.attribution.question import Question

AT_ONCE = 8  # neurons of which the mean is taken, map by map
SIZES = {"abs": np.abs, "square": np.square, "none": lambda values: values}

# x (n, H, W, C), weights (n, U) -> maps (n, H, W, C) and the neurons' values (n, U), or None
Run = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray | None]]


def gradient(question: Question) -> np.ndarray:
    """The derivative, its size or its square."""
    is_linear = question.params["postprocess"] == "none"
    return _answer(question, _sized(question, _back(question, "gradient")), is_linear)


def input_times_gradient(question: Question) -> np.ndarray:
    """The derivative times the input."""
    back = _back(question, "gradient")

    def run(x, weights):
        found, values = back(x, weights)
        return x * found, values

    return _answer(question, run, is_linear=True)


def deconvnet(question: Question) -> np.ndarray:
    """The derivative through ReLUs that pass what is positive on the way back."""
    return _answer(question, _back(question, "deconvnet"), is_linear=False)


def guided_backprop(question: Question) -> np.ndarray:
    """The derivative through ReLUs that pass what is positive on both ways."""
    return _answer(question, _back(question, "guided_backprop"), is_linear=False)


def integrated_gradients(question: Question) -> np.ndarray:
    """The mean derivative on the way from a reference to the input, times the difference."""
    return _averaged(question, averages.integrated_gradients)


def smoothgrad(question: Question) -> np.ndarray:
    """The mean derivative of noisy copies."""
    return _averaged(question, averages.smoothgrad)


def _averaged(question: Question, average) -> np.ndarray:
    one = _sized(question, _back(question, "gradient"))

    def run(x, weights):
        def of_copies(copies):
            return one(copies, np.tile(weights, (len(copies) // len(weights), 1)))[0]

        return average(of_copies, x, question.params), None

    return _answer(question, run, is_linear=question.params["postprocess"] == "none")


def _back(question: Question, way: str) -> Run:
    """The compiled way back; ways differ by what they do at a ReLU alone."""
    back = compiled.gradient(
        question.network, way, question.layer, question.shape, question.softmax, question.unchecked
    )
    return partial(question.memory.call, back)


def _sized(question: Question, back: Run) -> Run:
    size = SIZES[question.params["postprocess"]]

    def run(x, weights):
        found, values = back(x, weights)
        return size(found), values

    return run


def _answer(question: Question, run: Run, is_linear: bool) -> np.ndarray:
    maps, question.values = (run if is_linear else _neuron_by_neuron(run))(question.x, question.weights)
    return maps


def _neuron_by_neuron(run: Run) -> Run:
    """For methods of which the mean over neurons is not the method of the mean: one map per neuron, then the mean."""

    def each(x, weights):
        if (np.count_nonzero(weights, axis=1) <= 1).all():
            return run(x, weights)
        total = np.zeros_like(x)
        rows, columns = np.nonzero(weights)
        for start in range(0, len(rows), AT_ONCE):
            row, column = rows[start : start + AT_ONCE], columns[start : start + AT_ONCE]
            maps, _ = run(x[row], np.eye(weights.shape[1], dtype=np.float32)[column])
            np.add.at(total, row, maps * weights[row, column][:, None, None, None])
        return total, None

    return each
