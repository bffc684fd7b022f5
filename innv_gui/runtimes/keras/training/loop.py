"""The compiled epochs: everything that differs between runs is an input, the state goes in and comes out.

Per step: a batch of 4 is gathered, what is marked is filled, the loss is the mean cross-entropy plus the weighted
penalty, Adadelta moves the weights. After each epoch all images are looked at without dropout.
"""

from __future__ import annotations

from functools import lru_cache

import tensorflow as tf

from innv_gui.runtimes.keras.training import adadelta, painting
from innv_gui.runtimes.keras.training.networks import MOST_KEPT, Trainee, within
from innv_gui.workshop.recipe import BATCH, MOST_CLASSES
from innv_gui.workshop.tiles import SIDE

STREAMS = 2  # of random numbers: one for each dropout


@lru_cache(MOST_KEPT)
def trace(trainee: Trainee, penalised: bool):
    """Compiled `run(weights, squares, steps, data, plan)` -> the first three again and rows (E, 4); see `signature`.

    A row: loss, accuracy, held-out loss, held-out accuracy after the epoch; the first plan["epochs"] rows are filled.
    """

    @tf.function(input_signature=signature(trainee), jit_compile=trainee.xla, autograph=False)
    def run(weights, squares, steps, data, plan):
        rows = tf.zeros([tf.shape(plan["order"])[0], 4])

        def body(epoch, weights, squares, steps, rows):
            weights, squares, steps = _epoch(trainee, penalised, (weights, squares, steps), data, plan, epoch)
            row = _looked(trainee, weights, data, plan)
            return epoch + 1, weights, squares, steps, tf.tensor_scatter_nd_update(rows, [[epoch]], row[None])

        going = lambda epoch, *_: epoch < plan["epochs"]  # noqa: E731
        state = (tf.constant(0), weights, squares, steps, rows)
        return tf.while_loop(going, body, state, parallel_iterations=1)[1:]

    return run


def signature(trainee: Trainee) -> list:
    """plan: order, donors (E, S, 4), -1 for none; look, held_look (C, B): all images, in chunks; numbers of each."""
    weights = [tf.TensorSpec(one.shape, one.dtype) for one in trainee.widened(trainee.drawn(1, 0))]
    trained = weights[: len(weights) - trainee.kept]
    pictures, classes = tf.TensorSpec([None, SIDE, SIDE], tf.float32), tf.TensorSpec([None], tf.int32)
    regions = tf.TensorSpec([MOST_CLASSES, SIDE, SIDE], tf.bool)
    data = {"x": pictures, "y": classes, "held": pictures, "held_y": classes, "filled": regions, "penalised": regions}
    places = dict.fromkeys(("order", "donors"), tf.TensorSpec([None, None, BATCH], tf.int32))
    looks = dict.fromkeys(("look", "held_look"), tf.TensorSpec([None, None], tf.int32))
    whole = ("epochs", "steps", "first", "classes", "looks", "held_looks")
    numbers = {name: tf.TensorSpec([], tf.int32) for name in whole}
    numbers |= {"seed": tf.TensorSpec([], tf.int64), "weight": tf.TensorSpec([], tf.float32)}
    return [weights, trained, trained, data, {**places, **looks, **numbers}]


def _epoch(trainee: Trainee, penalised: bool, state: tuple, data: dict, plan: dict, epoch):
    """All batches of one epoch."""

    def body(step, weights, squares, steps):
        trained = len(squares)
        gradients, kept = _slope(trainee, penalised, weights, data, plan, epoch, step)
        weights, squares, steps = adadelta.moved(weights[:trained], squares, steps, gradients)
        return step + 1, weights + kept, squares, steps

    going = lambda step, *_: step < plan["steps"]  # noqa: E731
    return tf.while_loop(going, body, (tf.constant(0), *state), parallel_iterations=1)[1:]


def _slope(trainee: Trainee, penalised: bool, weights, data: dict, plan: dict, epoch, step):
    """Gradients of a batch's loss with respect to the trained weights, and the kept ones after it."""
    images, donors = plan["order"][epoch, step], plan["donors"][epoch, step]
    number = tf.cast((plan["first"] + epoch) * plan["steps"] + step, tf.int64)
    key = tf.stack([plan["seed"] * STREAMS, number])
    given, x, labels = _gathered(data, images)
    x = painting.filled(x, tf.gather(data["filled"], labels), tf.gather(data["x"], donors))
    trained = weights[: len(weights) - trainee.kept]
    with tf.GradientTape() as tape:
        tape.watch(trained)
        whole = trained + weights[len(trained) :]
        if penalised:
            regions = tf.gather(data["penalised"], labels)
            scores, kept, inside = painting.slope_inside(trainee, whole, x, regions, plan["classes"], key)
        else:
            scores, kept = trainee.scores(whole, tf.expand_dims(x, -1), key)
            scores, inside = within(scores, plan["classes"]), 0.0
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, scores) + plan["weight"] * inside
        loss = tf.reduce_sum(given * each) / tf.reduce_sum(given)
    return tape.gradient(loss, trained), kept


def _gathered(data: dict, images):
    """1 for each image that is one and 0 for an empty place; the images (B, 28, 28); their classes."""
    places = tf.maximum(images, 0)
    return tf.cast(images >= 0, tf.float32), tf.gather(data["x"], places), tf.gather(data["y"], places)


def _looked(trainee: Trainee, weights, data: dict, plan: dict):
    """(4,): mean loss and accuracy of the training images, and of those that are held out."""
    trained = _mean(trainee, weights, data, plan, "look")
    held = _mean(trainee, weights, {"x": data["held"], "y": data["held_y"]}, plan, "held_look")
    return tf.concat([trained, held], axis=0)


def _mean(trainee: Trainee, weights, data: dict, plan: dict, name: str):
    """(2,), chunk by chunk."""

    def body(chunk, total, count):
        given, x, labels = _gathered(data, plan[name][chunk])
        scores = within(trainee.scores(weights, tf.expand_dims(x, -1), None)[0], plan["classes"])
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, scores)
        right = tf.cast(tf.argmax(scores, axis=1, output_type=tf.int32) == labels, tf.float32)
        sums = tf.stack([tf.reduce_sum(given * loss), tf.reduce_sum(given * right)])
        return chunk + 1, total + sums, count + tf.reduce_sum(given)

    going = lambda chunk, *_: chunk < plan[f"{name}s"]  # noqa: E731
    state = (tf.constant(0), tf.zeros([2]), tf.constant(0.0))
    _, total, count = tf.while_loop(going, body, state, parallel_iterations=1)
    return total / count
