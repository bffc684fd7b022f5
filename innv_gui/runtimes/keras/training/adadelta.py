"""Adadelta (Zeiler 2012), written out with the numbers of ShapeShop's Keras: today's default rate is 0.001."""

from __future__ import annotations

import tensorflow as tf

RATE, RHO, EPSILON = 1.0, 0.95, 1e-7


def moved(weights: list, squares: list, steps: list, gradients: list) -> tuple[list, list, list]:
    """One step: weights, running means of squared gradients and of squared steps, as lists of equal shapes."""
    squares = [_mean(old, one) for old, one in zip(squares, gradients, strict=True)]
    changes = [
        one * tf.sqrt(before + EPSILON) / tf.sqrt(square + EPSILON)
        for one, before, square in zip(gradients, steps, squares, strict=True)
    ]
    weights = [one - RATE * change for one, change in zip(weights, changes, strict=True)]
    return weights, squares, [_mean(old, one) for old, one in zip(steps, changes, strict=True)]


def _mean(old, new):
    return RHO * old + (1 - RHO) * tf.square(new)
