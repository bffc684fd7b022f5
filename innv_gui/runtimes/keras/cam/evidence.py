"""How features and their gradient become evidence for a class, one function per method.

Each takes features A (N, h, w, K) and g = d y_c / d A of the same shape and gives (N, h, w, 1), not negative.
"""

from __future__ import annotations

import tensorflow as tf


def grad_cam(features, slope):
    """relu(sum_k w_k A_k), w_k = mean over space of g_k. Selvaraju et al. 2017, eq. 1 and 2."""
    return _weighted(features, tf.reduce_mean(slope, axis=(1, 2), keepdims=True))


def grad_cam_plus_plus(features, slope):
    """relu(sum_k w_k A_k), w_k = sum over space of a_k relu(g_k). Chattopadhay et al. 2018, eq. 5, 19, 20.

    a_k = g_k^2 / (2 g_k^2 + g_k^3 sum over space of A_k), here divided by g_k^2, which float32 would lose to zero.
    The class's score is exp(y_c) in the paper; its factor is the same everywhere and goes with the division by the
    maximum.
    """
    mass = tf.reduce_sum(features, axis=(1, 2), keepdims=True)
    share = tf.math.divide_no_nan(1.0, 2.0 + mass * slope)
    return _weighted(features, tf.reduce_sum(share * tf.nn.relu(slope), axis=(1, 2), keepdims=True))


def layer_cam(features, slope):
    """relu(sum_k relu(g_k) A_k): each position has its own weight. Jiang et al. 2021, eq. 3 to 5."""
    return _weighted(features, tf.nn.relu(slope))


def _weighted(features, weights):
    return tf.nn.relu(tf.reduce_sum(weights * features, axis=3, keepdims=True))
