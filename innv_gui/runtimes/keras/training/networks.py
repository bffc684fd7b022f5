"""The two networks that the Workshop offers, as functions of their weights.

Both have room for 18 classes, so that one trace serves any number of them: scores beyond K are put out of reach, and
the weights that would make them stay 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from innv_gui.workshop.copies import WHITE
from innv_gui.workshop.recipe import MOST_CLASSES
from innv_gui.workshop.tiles import SIDE

OUT_OF_REACH = -1e9  # a score that no probability is left for
MOST_KEPT = 8  # compiled functions of one kind
UNITS = 128
MLP_SHAPES = ((SIDE * SIDE, UNITS), (UNITS,), (UNITS, UNITS), (UNITS,), (UNITS, 0), (0,))  # 0: the number of classes
CNN_SHAPES = ((3, 3, 1, 32), (32,), (3, 3, 32, 32), (32,), (12 * 12 * 32, UNITS), (UNITS,), (UNITS, 0), (0,))
DROPPED = (0.25, 0.5)

Arrays = tuple[np.ndarray, ...]


@dataclass(frozen=True, eq=False)
class Trainee:
    """A network to be trained.

    width: scores it gives. roomy: the last two weights have room for as many, else it is made for n_classes alone.
    drawn(n_classes, seed): its first weights; the last `kept` of them are not trained, but change in training.
    scores(weights, x, key): (N, 28, 28, 1) -> (N, width) before the softmax, and the kept weights as they are then.
    key: two whole numbers, of which random numbers in training follow; None outside it.
    xla: whether the loop gains by it.
    model(weights, n_classes): the same as a Keras network, from pixels 0 to 255 to probabilities.
    """

    name: str
    width: int
    drawn: Callable[[int, int], Arrays]
    scores: Callable
    model: Callable[[Arrays, int], keras.Model]
    kept: int = 0
    xla: bool = False
    roomy: bool = True

    def widened(self, arrays: Arrays) -> list:
        """Weights, or means of their gradients, with room for all classes."""
        return [*arrays[:-2], *(_padded(one, self.width) for one in arrays[-2:])] if self.roomy else list(arrays)

    def narrowed(self, arrays: list, n_classes: int) -> Arrays:
        """The same without that room."""
        plain = [np.asarray(one) for one in arrays]
        return (*plain[:-2], *(one[..., :n_classes] for one in plain[-2:])) if self.roomy else tuple(plain)


def within(scores, n_classes):
    """Scores (N, width) with those of no class out of reach."""
    return tf.where(tf.range(scores.shape[-1]) < n_classes, scores, OUT_OF_REACH)


def glorot(shapes: tuple, n_classes: int, rng: np.random.Generator) -> Arrays:
    """Glorot uniform for kernels (Glorot and Bengio 2010), 0 for biases; an output of 0 stands for n_classes."""
    return tuple(
        np.zeros(shape[-1] or n_classes, np.float32)
        if len(shape) == 1
        else glorot_of((*shape[:-1], shape[-1] or n_classes), rng)
        for shape in shapes
    )


def glorot_of(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """One kernel, its last axes inputs and outputs, whatever is before them positions."""
    positions = int(np.prod(shape[:-2]))
    limit = np.sqrt(6 / (positions * (shape[-2] + shape[-1])))
    return rng.uniform(-limit, limit, shape).astype(np.float32)


def _padded(array: np.ndarray, width: int) -> np.ndarray:
    return np.pad(array, [(0, 0)] * (array.ndim - 1) + [(0, width - array.shape[-1])])


def mlp_scores(weights, x, key):
    """Flatten, 128 tanh, 128 tanh, K."""
    h = tf.reshape(x, [-1, SIDE * SIDE])
    h = tf.tanh(h @ weights[0] + weights[1])
    h = tf.tanh(h @ weights[2] + weights[3])
    return h @ weights[4] + weights[5], []


def cnn_scores(weights, x, key):
    """32 3 x 3 ReLU twice, maximum of 2 x 2, dropout 0.25, 128 ReLU, dropout 0.5, K."""
    h = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, weights[0], 1, "VALID"), weights[1]))
    h = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(h, weights[2], 1, "VALID"), weights[3]))
    h = tf.reshape(tf.nn.max_pool2d(h, 2, 2, "VALID"), [-1, CNN_SHAPES[4][0]])
    h = tf.nn.relu(_dropped(h, 0, key) @ weights[4] + weights[5])
    return _dropped(h, 1, key) @ weights[6] + weights[7], []


def _dropped(h, place: int, key):
    """Inverted dropout; nothing is dropped outside training."""
    if key is None:
        return h
    share = DROPPED[place]
    drawn = tf.random.stateless_uniform(tf.shape(h), key + tf.constant([place, 0], tf.int64))
    return tf.where(drawn >= share, h / (1 - share), 0.0)


def mlp_model(weights: Arrays, n_classes: int) -> keras.Model:
    """W4's perceptron in Keras."""
    hidden = [layers.Dense(UNITS, activation="tanh") for _ in range(2)]
    return _model([layers.Flatten(), *hidden], weights, n_classes)


def cnn_model(weights: Arrays, n_classes: int) -> keras.Model:
    """W4's convolutional network in Keras."""
    seen = [layers.Conv2D(32, 3, activation="relu"), layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D()]
    dense = [layers.Dropout(DROPPED[0]), layers.Flatten(), layers.Dense(UNITS, activation="relu")]
    return _model([*seen, *dense, layers.Dropout(DROPPED[1])], weights, n_classes)


def _model(hidden: list, weights: Arrays, n_classes: int) -> keras.Model:
    end = layers.Dense(n_classes, activation="softmax")
    model = keras.Sequential([keras.Input((SIDE, SIDE, 1)), layers.Rescaling(1 / WHITE), *hidden, end])
    model.set_weights(list(weights))
    return model


def _of_shapes(shapes: tuple) -> Callable[[int, int], Arrays]:
    return lambda n_classes, seed: glorot(shapes, n_classes, np.random.default_rng((seed, 2)))


MLP = Trainee("mlp", MOST_CLASSES, _of_shapes(MLP_SHAPES), mlp_scores, mlp_model, xla=True)
CNN = Trainee("cnn", MOST_CLASSES, _of_shapes(CNN_SHAPES), cnn_scores, cnn_model)
