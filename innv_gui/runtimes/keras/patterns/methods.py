"""PatternNet and PatternAttribution: the gradient with patterns, or patterns times weights, in place of the weights."""

from __future__ import annotations

from functools import partial

import numpy as np
import tensorflow as tf

from innv_gui.errors import AnalyzerRefused
from innv_gui.runtimes.keras.attribution import compiled
from innv_gui.runtimes.keras.attribution.question import Question
from innv_gui.runtimes.keras.attribution.weighted import Linear
from innv_gui.runtimes.keras.patterns import kept
from innv_gui.runtimes.keras.patterns.layers import Learnable, layout

SOFTMAX = "propagates scores, not probabilities: it has no pattern for their softmax."


def net(question: Question) -> np.ndarray:
    """The signal that the explained value was read from, (n, H, W, C)."""
    return _answer(question, by_weights=False)


def attribution(question: Question) -> np.ndarray:
    """How much of the explained value each input's signal brings, (n, H, W, C)."""
    return _answer(question, by_weights=True)


def _answer(question: Question, by_weights: bool) -> np.ndarray:
    if question.softmax and not question.unchecked:
        hint = "Explain the score, or run it unchecked."
        raise AnalyzerRefused(f"{question.name} {SOFTMAX}", hint, "unchecked", (True,))
    where = (question.layer, question.shape, question.softmax, question.unchecked)
    key = ("patterns", by_weights, question.fit, *where)
    back = compiled.kept(question.network, key, lambda: _traced(question, by_weights))
    maps, question.values = question.memory.call(back, question.x, question.weights)
    return maps


def _traced(question: Question, by_weights: bool):
    known = layout(question.network, question.layer, question.name)
    patterns = {key: tf.constant(one) for key, one in kept.patterns(question.fit, question.name).items()}
    for one in known.learnable.values():
        if one.key not in patterns or patterns[one.key].shape != one.kernel.shape:
            message = f"{question.name} has no pattern of {one.key}: the fit knows other layers than this explanation."
            raise AnalyzerRefused(message, "Explain the scores, or the layer behind its normalization.", "layer")
    kernels = {
        one.key: patterns[one.key] * one.kernel if by_weights else patterns[one.key] for one in known.learnable.values()
    }
    meet = partial(_passed, kernels=kernels, by_weights=by_weights)
    place = question.layer, question.shape, question.softmax
    return compiled.replaced(question.network, *place, lambda x: known.forward(x, meet))


def _passed(one: Learnable | Linear, x, kernels: dict[str, tf.Tensor], by_weights: bool):
    """A layer as it is; its derivative is taken with other weights."""
    linear = one.linear if isinstance(one, Learnable) else one

    @tf.custom_gradient
    def passed(x):
        def back(message):
            if isinstance(one, Learnable):
                return linear.transposed(message, (kernels[one.key],), x)
            return message if by_weights else tf.math.divide_no_nan(message, linear.weights[0])

        return linear.plus_bias(linear.map(x, linear.weights)), back

    return passed(x)
