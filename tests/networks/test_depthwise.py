"""Convolutions with one group per channel: the numbers of Keras, by TensorFlow's operation for depthwise ones."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from innv_gui.records import ModelSource
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.networks.depthwise import compute_by_channel

L = keras.layers
TAKEN = {
    "one for one": L.Conv2D(4, 3, groups=4, padding="same"),
    "two for one": L.Conv2D(8, (3, 2), groups=4, strides=2, padding="same"),
    "dilated": L.Conv2D(4, 2, groups=4, dilation_rate=(2, 1), use_bias=False, activation="gelu"),
}
LEFT = {
    "two channels a group": L.Conv2D(4, 3, groups=2),
    "steps of two sizes": L.Conv2D(4, 3, groups=4, strides=(2, 1)),
    "one channel": L.Conv2D(3, 3),
}


def both(layer, path, n_channels=4):
    """(the model as Keras has it, the network that was loaded from its file)."""
    inner = keras.Sequential([keras.Input((9, 8, n_channels)), layer], name="inner")  # found in nested models, too
    start = keras.Input((9, 8, 3))
    x = inner(L.Conv2D(n_channels, 1, name="widen")(start))
    model = keras.Model(start, L.Dense(3)(L.GlobalAveragePooling2D()(L.Activation("tanh")(x))))
    model.save(path)
    return keras.models.load_model(path), loading.load(ModelSource("keras", str(path)))


def kinds(network):
    graph = network.function("scores", network.trace_scores).get_concrete_function().graph
    return {operation.type for operation in graph.get_operations()}


@pytest.mark.parametrize("name", TAKEN)
def test_a_group_a_channel_gives_what_keras_gives(tmp_path, name):
    model, network = both(TAKEN[name], tmp_path / "model.keras")
    x = np.random.default_rng(5).normal(size=(3, 9, 8, 3)).astype(np.float32)
    np.testing.assert_allclose(network.predict(x), np.asarray(model(x)), rtol=1e-5, atol=1e-6)
    assert "DepthwiseConv2dNative" in kinds(network)
    slopes = []
    for one in (model, network.model):
        with tf.GradientTape() as tape:
            given = tf.constant(x)
            tape.watch(given)
            score = one(given)[:, 1]
        slopes.append(tape.gradient(score, given).numpy())
    assert slopes[0].any()
    np.testing.assert_allclose(slopes[1], slopes[0], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", LEFT)
def test_other_convolutions_stay_as_they_are(tmp_path, name):
    model, network = both(LEFT[name], tmp_path / "model.keras", 1 if name == "one channel" else 4)
    x = np.random.default_rng(6).normal(size=(3, 9, 8, 3)).astype(np.float32)
    np.testing.assert_allclose(network.predict(x), np.asarray(model(x)), rtol=1e-5, atol=1e-6)
    assert "DepthwiseConv2dNative" not in kinds(network)


def test_a_layer_that_nothing_ever_called_is_no_hindrance():
    class Spare(keras.Model):
        def __init__(self):
            super().__init__()
            self.used, self.spare = L.Conv2D(2, 1), L.Conv2D(4, 3, groups=4)

        def call(self, x):
            return self.used(x)

    model = Spare()
    model(np.zeros((1, 4, 4, 2)))
    compute_by_channel(model)
    assert model.spare in list(model._flatten_layers()) and not model.spare.built
