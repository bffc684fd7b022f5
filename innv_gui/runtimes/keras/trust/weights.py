"""A network whose upper layers have forgotten what they learned, for as long as a block of code runs.

Shuffling the values of each weight keeps their scale, so that what comes out stays in a range that a method can
handle. What a method makes of its layers' weights is part of its compiled function; so the block runs without compiled
functions, operation by operation, and what is compiled inside it is thrown away.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from copy import copy

import keras
import numpy as np
import tensorflow as tf

from innv_gui.runtimes.keras.networks.network import Network

_KEPT = ("moving_mean", "moving_variance")  # statistics of the data, nothing that was learned
_FRONT = (keras.layers.Normalization,)


def layers_with_weights(network: Network) -> list[keras.Layer]:
    """From the input to the scores."""
    found = [one for one in network.flat.operations.values() if isinstance(one, keras.Layer)]
    return [layer for layer in dict.fromkeys(found) if not isinstance(layer, _FRONT) and _learned(layer)]


@contextlib.contextmanager
def shuffled(network: Network, share: float, seed: int) -> Iterator[list[str]]:
    """Shuffle the weights of the last layers, and put them back. Gives the names of the layers.

    share: of the layers with weights, 0..1, at least the last one. seed: the same shuffles the same way, and each layer
    alike whatever the share.
    """
    layers = layers_with_weights(network)
    chosen = layers[len(layers) - max(1, math.ceil(share * len(layers))) :]
    before = [(variable, _values(variable)) for layer in chosen for variable in _learned(layer)]
    compiled, eagerly = network.compiled, tf.config.functions_run_eagerly()
    try:
        network.compiled = {key: copy(found) if isinstance(found, dict) else found for key, found in compiled.items()}
        tf.config.run_functions_eagerly(True)
        for layer in chosen:
            _shuffle(layer, np.random.default_rng((seed, layers.index(layer))))
        yield [layer.name for layer in chosen]
    finally:
        for variable, values in before:
            variable.assign(values)
        tf.config.run_functions_eagerly(eagerly)
        network.compiled = compiled


def _learned(layer: keras.Layer) -> list[keras.Variable]:
    return [one for one in layer.weights if one.name not in _KEPT and keras.backend.is_float_dtype(one.dtype)]


def _shuffle(layer: keras.Layer, rng: np.random.Generator) -> None:
    for variable in _learned(layer):
        values = _values(variable)
        variable.assign(rng.permutation(values.ravel()).reshape(values.shape))


def _values(variable: keras.Variable) -> np.ndarray:
    """A copy: what Keras gives may be the variable's own memory."""
    return np.array(keras.ops.convert_to_numpy(variable))
