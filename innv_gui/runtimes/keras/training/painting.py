"""What marks on training images do while a network is trained.

Filling: what is marked "not here" is replaced from another training image, so that nothing follows from it. Penalty:
the squared gradient of the summed log-probabilities in it is made small (Ross et al. 2017, "Right for the Right
Reasons").
"""

from __future__ import annotations

import tensorflow as tf

from innv_gui.runtimes.keras.training.networks import Trainee, within


def filled(x, regions, donors):
    """x, donors: (N, 28, 28); regions: bool (N, 28, 28), what is replaced."""
    return tf.where(regions, donors, x)


def slope_inside(trainee: Trainee, weights, x, regions, n_classes, key):
    """Scores and kept weights, as Trainee.scores, and (N,): sum over the region of (d sum_k log p_k / d x)^2."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        scores, kept = trainee.scores(weights, x[..., None], key)
        scores = within(scores, n_classes)
        chances = tf.nn.log_softmax(scores)
        total = tf.reduce_sum(tf.where(tf.range(trainee.width) < n_classes, chances, 0.0))
    slope = tape.gradient(total, x)
    return scores, kept, tf.reduce_sum(tf.where(regions, tf.square(slope), 0.0), axis=(1, 2))
