"""The methods of the family, a function of a Question each.

Evidence (`evidence`, `score_cam`) is brought to the input's size bilinearly and divided by its maximum. A map without
positive evidence stays all zero. Guided Grad-CAM = guided backprop x Grad-CAM.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from innv_gui.runtimes.keras.cam import evidence
from innv_gui.runtimes.keras.cam import score_cam as by_score
from innv_gui.runtimes.keras.cam.guided import guided_relus
from innv_gui.runtimes.keras.cam.question import Question
from innv_gui.runtimes.keras.networks import coverage
from innv_gui.runtimes.keras.networks.network import Network

Evidence = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]  # of `evidence.py`


def grad_cam(question: Question) -> np.ndarray:
    """Selvaraju et al. 2017: channels weighed by their mean gradient."""
    return _cam(question, evidence.grad_cam)


def grad_cam_plus_plus(question: Question) -> np.ndarray:
    """Chattopadhay et al. 2018: by positive gradients, each with its own factor."""
    return _cam(question, evidence.grad_cam_plus_plus)


def layer_cam(question: Question) -> np.ndarray:
    """Jiang et al. 2021: each position by its own positive gradient."""
    return _cam(question, evidence.layer_cam)


def guided_grad_cam(question: Question) -> np.ndarray:
    """Selvaraju et al. 2017: guided backprop inside the region of Grad-CAM, signed."""
    network, softmax = question.network, question.softmax
    back = network.function(("guided", softmax), lambda: _trace_guided(network, softmax))
    return back(tf.constant(question.x), tf.constant(question.classes)).numpy() * grad_cam(question)


def score_cam(question: Question) -> np.ndarray:
    """Wang et al. 2020: channels weighed by what the class gains when only their region is shown."""
    network, layer, channels = question.network, question.layer, question.params["channels"]
    for note in by_score.notes(network, layer, question.params):
        question.note(note)
    cams, scores = by_score.evidence(network, layer, question.x, question.classes, channels)
    chosen = network.probabilities(scores) if question.softmax else scores
    question.scores = np.take_along_axis(chosen, question.classes[:, None], axis=1)[:, 0]
    return _divided(cams)


def _cam(question: Question, of: Evidence) -> np.ndarray:
    network, layer, softmax = question.network, question.layer, question.softmax
    see = network.function((of.__name__, layer, softmax), lambda: _trace_cam(network, layer, of, softmax))
    cams, scores = see(tf.constant(question.x), tf.constant(question.classes))
    question.scores = scores.numpy()
    return _divided(cams.numpy())


def _divided(cams: np.ndarray) -> np.ndarray:
    """Each map by its maximum; a map of zeros stays as it is."""
    highest = cams.max(axis=(1, 2, 3), keepdims=True)
    return np.divide(cams, highest, out=np.zeros_like(cams), where=highest > 0)


def _trace_cam(network: Network, layer: str, of: Evidence, softmax: bool):
    """Compiled: (N, H, W, C), (N,) classes -> cam (N, H, W, 1) not divided, scores (N,)."""
    seeing = keras.Model(network.model.inputs[0], [network.flat.tensors[layer], network.model.outputs[0]])
    region = network.regions[layer]

    @tf.function(input_signature=[network.signature(), tf.TensorSpec([None], tf.int64)], autograph=False)
    def cam(x, classes):
        with tf.GradientTape() as tape:
            tape.watch(x)
            features, output = seeing(x, training=False)
            score = _score(network, output, classes, softmax)
        slope = tape.gradient(score, features, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        found = of(tf.cast(features, tf.float32), tf.cast(slope, tf.float32))
        return coverage.placed(found, tf.shape(x)[1:3], region), score

    return cam


def _trace_guided(network: Network, softmax: bool):
    """Compiled guided backprop: (N, H, W, C), (N,) classes -> (N, H, W, C)."""

    @tf.function(input_signature=[network.signature(), tf.TensorSpec([None], tf.int64)], autograph=False)
    def back(x, classes):
        with tf.GradientTape() as tape:
            tape.watch(x)
            score = _score(network, network.model(x, training=False), classes, softmax)
        return tape.gradient(score, x)

    with guided_relus(network.flat.operations.values()):
        back.get_concrete_function()
    return back


def _score(network: Network, output, classes, softmax: bool):
    """(N, K) -> (N,): the score of each image's class, or its probability."""
    output = network.link(softmax).traced(tf.cast(output, tf.float32))
    return tf.gather(output, classes, batch_dims=1)
