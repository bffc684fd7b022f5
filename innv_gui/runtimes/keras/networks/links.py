"""From scores to class probabilities: the function that a network ends in, as NumPy and as TensorFlow.

Every function takes (N, K) scores and gives (N, K): softmax over the classes, all others class by class. "identity":
the scores are probabilities themselves, because nothing can be taken off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from scipy.special import expit, log_expit, log_softmax, softmax

from innv_gui.runtimes.keras.networks import keras2_layers


@dataclass(frozen=True)
class Link:
    """exactly: float64 -> float64. traced: the same for tensors. activation: its name in Keras, "" for none."""

    exactly: Callable[[np.ndarray], np.ndarray]
    traced: Callable
    activation: str = ""


def _same(scores):
    return scores


LINKS = {
    "softmax": Link(lambda scores: softmax(scores, axis=-1), tf.nn.softmax, "softmax"),
    "sigmoid": Link(expit, tf.nn.sigmoid, "sigmoid"),
    "hard_sigmoid": Link(
        lambda scores: np.clip(scores / 6 + 0.5, 0, 1), keras.activations.hard_sigmoid, "hard_sigmoid"
    ),
    "hard_sigmoid_of_keras_2": Link(
        lambda scores: np.clip(scores / 5 + 0.5, 0, 1),
        keras2_layers.hard_sigmoid_of_keras_2,
        "innv_gui>hard_sigmoid_of_keras_2",
    ),
    "exp": Link(np.exp, tf.exp, "exponential"),
    "identity": Link(_same, _same),
}

# What a network may end in -> (the link of what stands before it, whether the logarithm of that comes out).
TAKEN_OFF = {
    "softmax": ("softmax", False),
    "log_softmax": ("softmax", True),
    "sigmoid": ("sigmoid", False),
    "log_sigmoid": ("sigmoid", True),
    "hard_sigmoid": ("hard_sigmoid", False),
    "hard_sigmoid_of_keras_2": ("hard_sigmoid_of_keras_2", False),
}


def outcome(function: str, scores: np.ndarray) -> np.ndarray:
    """What comes out of one of TAKEN_OFF for (N, K) scores, float64."""
    logarithms = {"log_softmax": lambda s: log_softmax(s, axis=-1), "log_sigmoid": log_expit}
    scores = np.asarray(scores, np.float64)
    return logarithms[function](scores) if function in logarithms else LINKS[function].exactly(scores)


def probabilities(link: str, scores: np.ndarray) -> np.ndarray:
    """(N, K) scores -> (N, K) float32; computed in float64."""
    if link == "identity":
        return np.asarray(scores, np.float32)
    return LINKS[link].exactly(np.asarray(scores, np.float64)).astype(np.float32)
