"""Layers with low-rank factors (LoRA): Keras stores the merged kernel, and the model predicts the same."""

import keras
import numpy as np
import pytest

from innv_gui.records import ModelSource
from innv_gui.runtimes.keras.networks import loading

L = keras.layers
SHAPE = (8, 8, 3)


def dense(x):
    layer = L.Dense(4)
    return layer(L.Flatten()(x)), [layer]


def convolution(x):
    layer = L.Conv2D(4, 3)
    return L.Flatten()(layer(x)), [layer]


def product(x):
    layer = L.EinsumDense("abc,cd->abd", output_shape=(None, 5))
    return L.GlobalAveragePooling1D()(layer(L.Reshape((64, 3))(x))), [layer]


def inside(x):
    layers = [L.Conv2D(4, 3), L.Dense(5)]
    return keras.Sequential([keras.Input(SHAPE), layers[0], L.Flatten(), layers[1]])(x), layers


def attention(x):
    """Its parts have factors that its own description does not mention."""
    layer, rows = L.MultiHeadAttention(2, 3), L.Reshape((64, 3))(x)
    return L.GlobalAveragePooling1D()(layer(rows, rows)), [layer.query_dense, layer.output_dense]


def all_of_them(x):
    """Side by side."""
    ends, layers = zip(*(body(x) for body in (dense, convolution, product, inside, attention)), strict=True)
    return L.Concatenate()(ends), [layer for some in layers for layer in some]


def with_factors(body, alpha):
    start = keras.Input(SHAPE)
    end, layers = body(start)
    model = keras.Model(start, L.Dense(3)(end))
    for layer in layers:
        layer.enable_lora(2, lora_alpha=alpha)
        layer.lora_kernel_b.assign(np.random.default_rng(0).normal(0, 0.3, layer.lora_kernel_b.shape))
    return model


def saved(model, path, trusted=False):
    model.save(path)
    return ModelSource("keras", str(path), trusted=trusted)


def check_same(network, model):
    x = np.random.default_rng(1).random((2, *SHAPE), dtype=np.float32)
    np.testing.assert_allclose(network.predict(x), np.asarray(model(x)), atol=1e-5)


@pytest.mark.parametrize("trusted", [False, True])
@pytest.mark.parametrize("alpha", [None, 5.0])
def test_a_model_with_factors_predicts_the_same(alpha, trusted, tmp_path):
    model = with_factors(all_of_them, alpha)
    network = loading.load(saved(model, tmp_path / "low.keras", trusted))
    check_same(network, model)
    assert not [weight.path for weight in network.model.weights if "lora" in weight.path]


def test_a_file_in_the_layout_of_keras_2_holds_the_factors(tmp_path):
    model = with_factors(dense, None)
    model.save(tmp_path / "low.h5")
    check_same(loading.load(ModelSource("hdf5", str(tmp_path / "low.h5"))), model)


def test_weights_beside_an_architecture(tmp_path):
    model = with_factors(dense, None)
    (tmp_path / "low.json").write_text(model.to_json())
    model.save_weights(tmp_path / "low.weights.h5")
    source = ModelSource("json", str(tmp_path / "low.json"), weights=str(tmp_path / "low.weights.h5"))
    check_same(loading.load(source), model)
