"""Activations that come near to zero without reaching it, like swish far below zero.

No sum notices a value of 1e-37, but where all inputs of a neuron are so small relevance is divided by it, and the
quotient is larger than any float32. Such values are taken for zero: they have nothing to propagate.
"""

from __future__ import annotations

import tensorflow as tf

from innv_gui.runtimes.keras.graphs.graph import Step

SMALLEST = 1e-20  # times the smallest weights that matter still is far from what float32 ends at
_NAMES = "silu swish gelu glu mish sigmoid softmax softplus exponential exp log_sigmoid logsigmoid"
_FUNCTIONS = frozenset(_NAMES.split())


def cut(step: Step, outputs: list[tf.Tensor]) -> list[tf.Tensor]:
    """The outputs of a step, without tails if it ends in such an activation."""
    activation = getattr(step.operation, "activation", None)
    has_tail = getattr(activation, "__name__", step.kind).lower() in _FUNCTIONS
    return [tf.where(tf.abs(y) < SMALLEST, 0.0, y) for y in outputs] if has_tail else outputs
