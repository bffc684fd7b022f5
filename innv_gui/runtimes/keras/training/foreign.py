"""A custom Keras file as a network of the Workshop: its architecture alone, its weights are drawn again.

The last dense layer gets as many units as there are classes.
"""

from __future__ import annotations

from functools import lru_cache

import keras
import numpy as np
import tensorflow as tf

from innv_gui.errors import ModelRefused
from innv_gui.records import ModelSource
from innv_gui.runtimes.keras.files.quoting import first_line, quoted
from innv_gui.runtimes.keras.maximize.starts import valid_range
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.networks.network import Network
from innv_gui.runtimes.keras.networks.preprocessing_detection import preprocessing
from innv_gui.runtimes.keras.training.networks import Arrays, Trainee, glorot_of
from innv_gui.workshop.tiles import SIDE

MOST_KEPT = 4
ONES = ("gamma", "moving_variance")  # vectors that begin as 1, all others as 0
STREAM = 2  # of random numbers, as that of the offered networks


@lru_cache(MOST_KEPT)
def trainee(source: ModelSource, n_classes: int) -> Trainee:
    """The file as it is trained for n_classes classes. Raises ModelRefused where it cannot be."""
    network = loading.load(source)
    _check(network, n_classes)
    model = _copy(network, n_classes)
    variables = [*model.trainable_variables, *model.non_trainable_variables]
    low, high, _ = valid_range(network, source, preprocessing(network).rule)
    made = Trainee(
        "file",
        n_classes,
        lambda _, seed: _drawn(variables, seed),
        _scores(model, low, high - low),
        lambda weights, _: _filled(model, variables, weights),
        kept=len(model.non_trainable_variables),
        roomy=False,
    )
    _try(made, network)
    return made


def fits(source: ModelSource, n_classes: int) -> None:
    """Raises ModelRefused with the reason why a file cannot be trained in the Workshop."""
    trainee(source, n_classes)


def _check(network: Network, n_classes: int) -> None:
    height, width, channels = network.input_shape
    if height not in (SIDE, None) or width not in (SIDE, None) or channels != 1:
        got = " × ".join("any" if side is None else str(side) for side in network.input_shape)
        raise _refused(network, f"expected an input of 28 × 28 × 1, got {got}.")
    outputs = network.flat.outputs
    if outputs.kind not in ("softmax", "logits"):
        kind = outputs.kind.replace("_", " ")
        raise _refused(network, f"expected an output per class with softmax, or logits; its outputs are {kind}.")
    if network.n_classes != n_classes and not isinstance(_last(network), keras.layers.Dense):
        said = f"expected {n_classes} outputs, or a dense layer at the end, whose units can be changed; got"
        raise _refused(network, f"{said} {network.n_classes} outputs of {quoted(network.explained_layer)}.")


def _refused(network: Network, why: str) -> ModelRefused:
    return ModelRefused(f"{network.file}: {why}", "Choose another file, or one of the Workshop's own networks.")


def _last(network: Network):
    return network.flat.operations[network.explained_layer]


def _copy(network: Network, n_classes: int) -> keras.Model:
    """New layers, all of them trained, without touching the network that others use."""
    last = network.explained_layer

    def new(layer):
        config = layer.get_config() | (
            {"units": n_classes} if layer.name == last and "units" in layer.get_config() else {}
        )
        made = type(layer).from_config(config)
        made.trainable = True
        return made

    model = keras.models.clone_model(network.model, clone_function=new)
    odd = [one for one in model.trainable_variables if one.dtype != "float32"]
    if not model.trainable_variables or odd:
        what = f"{quoted(odd[0].path)} is {odd[0].dtype}" if odd else "it has none"
        raise _refused(network, f"expected weights of float32 to train, but {what}.")
    return model


def _drawn(variables: list, seed: int) -> Arrays:
    """Glorot uniform for arrays, 0 or 1 for vectors; states of random layers follow the seed."""
    rng = np.random.default_rng((seed, STREAM))
    return tuple(_first(variable, rng) for variable in variables)


def _first(variable, rng: np.random.Generator) -> np.ndarray:
    shape, kind = tuple(variable.shape), np.dtype(variable.dtype)
    if kind.kind == "u":
        return rng.integers(0, 2**31, shape).astype(kind)
    if kind.kind != "f":
        return np.zeros(shape, kind)
    if len(shape) > 1:
        return glorot_of(shape, rng)
    return np.full(shape, float(variable.path.rpartition("/")[-1] in ONES), kind)


def _scores(model: keras.Model, low: np.ndarray, span: np.ndarray):
    count = len(model.trainable_variables)

    def scores(weights, x, key):
        given = tf.constant(low, tf.float32) + tf.constant(span, tf.float32) * x
        found = model.stateless_call(weights[:count], weights[count:], given, training=key is not None)
        return tf.cast(found[0], tf.float32), list(found[1])

    return scores


def _filled(model: keras.Model, variables: list, weights: Arrays) -> keras.Model:
    """With softmax behind it; the copy's own variables are nobody else's."""
    for variable, value in zip(variables, weights, strict=True):
        variable.assign(value)
    return keras.Model(model.inputs, keras.layers.Softmax(name="probabilities")(model.outputs[0]), name=model.name)


def _try(made: Trainee, network: Network) -> None:
    """One gradient of two images: what cannot be trained says so now."""
    weights = [tf.constant(one) for one in made.drawn(made.width, 0)]
    trained = weights[: len(weights) - made.kept]
    x = tf.constant(np.random.default_rng(0).random((2, SIDE, SIDE, 1), np.float32))
    try:
        with tf.GradientTape() as tape:
            tape.watch(trained)
            scores, _ = made.scores(trained + weights[len(trained) :], x, tf.constant([0, 0], tf.int64))
            total = tf.reduce_sum(tf.square(scores))
        slopes = tape.gradient(total, trained)
    except Exception as error:  # a layer of anybody's
        raise _refused(network, f"it cannot be trained: {first_line(error)}") from error
    if any(slope is None for slope in slopes):
        raise _refused(network, "some of its weights do not change its outputs, so they cannot be trained.")
