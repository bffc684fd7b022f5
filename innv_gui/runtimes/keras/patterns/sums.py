"""What is summed over images, and the pattern that comes out of it.

For a neuron y = w x + b, over all positions of all images,

    a = (E'[x y] - E'[x] E[y]) / (w E'[x y] - w E'[x] E[y]),

E' over the positions where y > 0 where a ReLU follows (the two-component estimator, eq. 12 of the paper), and over all
of them elsewhere: then a = cov(x, y) / var(y), the linear one. Either way w a = 1. A convolution's x is the patch under
its kernel, with zeros where that is padded. Sums are float64: what is left of them is small differences.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from innv_gui.runtimes.keras.patterns.layers import Layout, Learnable

NOTHING = 1e-9  # of the terms that a denominator is the difference of: below it is rounding


@dataclass(frozen=True, eq=False)
class Sums:
    """Of one layer. xy, x: of the kernel's shape, over the counted positions. y: (U,), over all of them.

    counted: (U,), how many positions are counted; n: how many there are.
    """

    xy: np.ndarray
    x: np.ndarray
    y: np.ndarray
    counted: np.ndarray
    n: np.ndarray

    def plus(self, other: Sums) -> Sums:
        """Of the images of both."""
        return Sums(*(one + more for one, more in zip(self.parts(), other.parts(), strict=True)))

    def parts(self) -> tuple[np.ndarray, ...]:
        """In the order of the fields."""
        return self.xy, self.x, self.y, self.counted, self.n


def traced(known: Layout, signature: tf.TensorSpec):
    """Compiled: x (N, H, W, C) -> sums of each learnable layer, in the order of the layout, each as its parts."""

    @tf.function(input_signature=[signature], autograph=False)
    def run(x):
        found = []

        def meet(one, x):
            linear = one.linear if isinstance(one, Learnable) else one
            z = linear.plus_bias(linear.map(x, linear.weights))
            if isinstance(one, Learnable):
                found.append(_of_layer(one, x, z))
            return z

        known.forward(x, meet)
        return found

    return run


def _of_layer(one: Learnable, x: tf.Tensor, z: tf.Tensor) -> tuple[tf.Tensor, ...]:
    y = tf.cast(z, tf.float64)
    counted = tf.cast(y > 0, tf.float64) if one.rectified else tf.ones_like(y)
    over = list(range(len(y.shape) - 1))
    n = tf.cast(tf.size(y) // tf.shape(y)[-1], tf.float64)
    xy, x = _patches_times(one, tf.cast(x, tf.float64), y * counted, counted)
    return xy, x, tf.reduce_sum(y, over), tf.reduce_sum(counted, over), n


def _patches_times(one: Learnable, x: tf.Tensor, *messages: tf.Tensor) -> list[tf.Tensor]:
    """Sum over positions of the patch of x times each message: the derivative of W x with respect to W."""
    kernel = tf.cast(one.kernel, tf.float64)
    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        tape.watch(kernel)
        y = one.linear.map(x, (kernel,))
    return [tape.gradient(y, kernel, message) for message in messages]


def by_key(known: Layout, found: list) -> dict[str, Sums]:
    """Sums of each key: of a layer that is called several times, those of all calls."""
    sums: dict[str, Sums] = {}
    for one, parts in zip(known.learnable.values(), found, strict=True):
        of_call = Sums(*(part.numpy() for part in parts))
        sums[one.key] = sums[one.key].plus(of_call) if one.key in sums else of_call
    return sums


def pattern(one: Learnable, sums: Sums) -> tuple[np.ndarray, np.ndarray]:
    """(pattern, of the kernel's shape, float32; (U,) bool, which neurons have one: the others' is zero)."""
    shape = one.shape[len(one.axes) :]
    mean = np.reshape(sums.y / sums.n, shape)
    counted = np.reshape(np.maximum(sums.counted, 1), shape)
    kernel, xy, x = one.kernel.numpy().astype(np.float64), sums.xy / counted, sums.x / counted
    above = xy - x * mean
    below = (kernel * above).sum(one.axes)
    terms = (np.abs(kernel) * (np.abs(xy) + np.abs(x * mean))).sum(one.axes)
    has_one = (np.abs(below) > NOTHING * terms) & (np.reshape(sums.counted, shape) > 0)
    found = np.where(has_one, above / np.where(has_one, below, 1.0), 0.0)
    return found.astype(np.float32), has_one.reshape(-1)
