"""The compiled ascent of all classes at once, each picture kept after each step and stopping by itself.

A step is ShapeShop's: x <- x + step * g / (sqrt(mean g^2) + 1e-5), g the gradient of the class's probability.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import tensorflow as tf

from innv_gui.runtimes.keras.maximize.direction import normalised
from innv_gui.runtimes.keras.training.networks import MOST_KEPT, Trainee, within
from innv_gui.workshop.recipe import STOPS, Film
from innv_gui.workshop.tiles import SIDE

STOP_AT = 0.99
PROBABILITY, ITERATIONS, FLAT, NOT_FINITE = (STOPS.index(name) + 1 for name in STOPS)  # 0: it goes on


@lru_cache(MOST_KEPT)
def trace(trainee: Trainee):
    """Compiled `run(weights, x, step_size, iterations)`: x (K, 28, 28, 1), picture k for class k.

    Gives frames (T, K, 28, 28), p (T, K), how often each picture moved (K,), and why it stopped (K,).
    """

    weights = [tf.TensorSpec(one.shape, one.dtype) for one in trainee.widened(trainee.drawn(1, 0))]
    pictures, step_size = tf.TensorSpec([None, SIDE, SIDE, 1], tf.float32), tf.TensorSpec([], tf.float32)

    @tf.function(input_signature=[weights, pictures, step_size, tf.TensorSpec([], tf.int32)], autograph=False)
    def run(weights, x, step_size, iterations):
        arrays = [tf.TensorArray(tf.float32, 0, dynamic_size=True, clear_after_read=False) for _ in range(2)]

        def body(i, x, moves, stops, frames, chances):
            p, slope = _slope(trainee, weights, x)
            stops = _stopped(stops, moves, p, slope, iterations)
            going = stops == 0
            frames, chances = frames.write(i, x[..., 0]), chances.write(i, p)
            x = tf.where(going[:, None, None, None], x + step_size * normalised(slope), x)
            return i + 1, x, moves + tf.cast(going, tf.int32), stops, frames, chances

        nothing = tf.zeros([tf.shape(x)[0]], tf.int32)
        going = lambda i, x, moves, stops, *_: tf.reduce_any(stops == 0)  # noqa: E731
        state = (tf.constant(0), x, nothing, nothing, *arrays)
        _, _, moves, stops, frames, chances = tf.while_loop(going, body, state, parallel_iterations=1)
        return frames.stack(), chances.stack(), moves, stops

    return run


def films(frames: np.ndarray, p: np.ndarray, moves: np.ndarray, stops: np.ndarray) -> tuple[Film, ...]:
    """One per class, as long as its picture moved."""
    return tuple(
        Film(frames[: count + 1, k].copy(), p[: count + 1, k].copy(), STOPS[stops[k] - 1])
        for k, count in enumerate(moves)
    )


def _slope(trainee: Trainee, weights, x):
    """(K,) and (K, 28, 28, 1): the probability of each picture's own class and its gradient."""
    count = tf.shape(x)[0]
    with tf.GradientTape() as tape:
        tape.watch(x)
        scores = within(trainee.scores(weights, x, None)[0], count)
        p = tf.gather(tf.nn.softmax(scores), tf.range(count), batch_dims=1)
    return p, tape.gradient(p, x)


def _stopped(stops, moves, p, slope, iterations):
    sizes = tf.reduce_sum(tf.abs(slope), axis=(1, 2, 3))
    found = tf.where(sizes == 0, FLAT, 0)
    found = tf.where(moves >= iterations, ITERATIONS, found)
    found = tf.where(p > STOP_AT, PROBABILITY, found)
    found = tf.where(tf.math.is_finite(p) & tf.math.is_finite(sizes), found, NOT_FINITE)
    return tf.where(stops == 0, found, stops)
