"""One step of training, compiled: cross-entropy, the penalty on painted pixels, Adam written out."""

from __future__ import annotations

import keras
import tensorflow as tf

from innv_gui.runtimes.keras.networks.network import Network

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7  # Kingma and Ba 2015, with Keras' epsilon
LEAST = 1e-7  # probability


def log_probabilities(network: Network, scores):
    """(N, K) scores -> (N, K) log p, of classes that exclude each other; two classes of one unit are -z and z."""
    outputs, link = network.flat.outputs, network.flat.link
    if outputs.kind == "binary" and link == "sigmoid":
        return tf.nn.log_softmax(scores / 2)  # sigmoid(z) = softmax(-z / 2, z / 2)
    if link == "softmax":
        return tf.nn.log_softmax(scores)
    p = tf.clip_by_value(network.link().traced(scores), LEAST, 1.0)
    return tf.math.log(p / tf.reduce_sum(p, -1, keepdims=True))


def cross_entropy(network: Network, scores, labels):
    """Mean over the batch. Where classes do not exclude each other, an image is of its label's class alone."""
    if network.flat.outputs.exclusive:
        return -tf.reduce_mean(tf.gather(log_probabilities(network, scores), labels, batch_dims=1))
    p = tf.clip_by_value(network.link().traced(scores), LEAST, 1 - LEAST)
    wanted = tf.one_hot(labels, tf.shape(scores)[-1])
    return -tf.reduce_mean(wanted * tf.math.log(p) + (1 - wanted) * tf.math.log(1 - p))


def trace(network: Network, variables: list, penalised: bool):
    """Compiled: (weights, first, second, x, masks, labels, scale, rate, time) -> (weights, first, second, loss)."""

    @tf.function(reduce_retracing=True, autograph=False)
    def step(weights, first, second, x, masks, labels, scale, rate, time):
        with tf.GradientTape() as tape:
            tape.watch(weights)
            loss, penalty = parts(network, variables, weights, x, masks, labels, penalised)
            whole = loss + scale * penalty
        slopes = tape.gradient(whole, weights, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        return (*adam(weights, first, second, slopes, rate, time), loss)

    return step


def trace_parts(network: Network, variables: list):
    """Compiled: (weights, x, masks, labels) -> (cross-entropy, penalty without its scale)."""

    @tf.function(reduce_retracing=True, autograph=False)
    def both(weights, x, masks, labels):
        return parts(network, variables, weights, x, masks, labels, True)

    return both


def parts(network: Network, variables: list, weights, x, masks, labels, penalised: bool):
    """(cross-entropy, penalty): sum over painted pixels of (d sum_k log p_k / dx)^2, a mean (Ross et al. 2017)."""
    if not penalised:
        return cross_entropy(network, scores(network, variables, weights, x), labels), tf.constant(0.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        given = scores(network, variables, weights, x)
        total = tf.reduce_sum(log_probabilities(network, given))
    slopes = tape.gradient(total, x)
    painted = tf.reduce_sum(tf.square(slopes) * masks[..., None], (1, 2, 3))
    return cross_entropy(network, given, labels), tf.reduce_mean(painted)


def scores(network: Network, variables: list, weights, x):
    """(N, K) float32, of the network with these weights instead of its own; as when it predicts."""
    with keras.StatelessScope(state_mapping=list(zip(variables, weights, strict=True))):
        return tf.cast(network.model(x, training=False), tf.float32)


def adam(weights, first, second, slopes, rate, time):
    """(weights, first, second) after one step. time: 1 at the first one."""
    first = [BETA_1 * m + (1 - BETA_1) * g for m, g in zip(first, slopes, strict=True)]
    second = [BETA_2 * v + (1 - BETA_2) * tf.square(g) for v, g in zip(second, slopes, strict=True)]
    rate *= tf.sqrt(1 - BETA_2**time) / (1 - BETA_1**time)
    moved = [w - rate * m / (tf.sqrt(v) + EPSILON) for w, m, v in zip(weights, first, second, strict=True)]
    return moved, first, second
